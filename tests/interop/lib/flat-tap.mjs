// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// A reporter of node:test for harnesses that know no subtests: one line of TAP for each
// test, with the names of those around it, then what it has to say as comments. A test
// whose only fault is that one within it failed is not told of.

import { inspect } from 'node:util'

function comment(text) {
  return String(text).trimEnd().split('\n').map((line) => `# ${line}\n`).join('')
}

// A `#` would begin a directive.
function title(path) {
  return path.join(' > ').replaceAll('#', '\\#').replaceAll('\n', ' ')
}

export default async function* flatTap(source) {
  const path = []
  let count = 0
  yield 'TAP version 13\n'
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      path.splice(data.nesting, Infinity, data.name)
    } else if (type === 'test:pass' && data.details.type !== 'suite') {
      const directive = data.skip !== undefined ? ` # SKIP ${data.skip}`
        : data.todo !== undefined ? ` # TODO ${data.todo}` : ''
      yield `ok ${++count} - ${title([...path.slice(0, data.nesting), data.name])}${directive}\n`
    } else if (type === 'test:fail'
               && data.details.error?.failureType !== 'subtestsFailed') {
      const { error } = data.details
      yield `not ok ${++count} - ${title([...path.slice(0, data.nesting), data.name])}\n`
      yield comment(inspect(error.cause ?? error, { depth: 4 }))
    } else if (type === 'test:diagnostic') {
      yield comment(data.message)
    } else if (type === 'test:stdout' || type === 'test:stderr') {
      yield comment(data.message)
    }
  }
  yield `1..${count}\n`
}
