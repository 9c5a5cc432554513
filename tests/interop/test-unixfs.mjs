// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// The same bytes and options give the same root CID as ipfs-unixfs-importer.

import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'

import { HASHES, MiB, label, ourRoot, same, theirRoot } from './lib/importer.mjs'
import { temporaryDir } from './lib/programs.mjs'

// Bytes that are the same in every run and not compressible: a cipher over nothing.
async function writeNoise (file, size) {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, size % 251), Buffer.alloc(16))
  const handle = await open(file, 'w')
  for (let left = size; left > 0; left -= Math.min(left, MiB)) {
    await handle.write(cipher.update(Buffer.alloc(Math.min(left, MiB))))
  }
  await handle.close()
}

const variants = []
for (const name of Object.keys(HASHES)) {
  for (const rawLeaves of [false, true]) {
    for (const links of [174, 1024]) {
      variants.push({ hash: name, rawLeaves, links, cidVersion: 1 })
    }
  }
}
variants.push({ hash: 'sha2-256', rawLeaves: false, links: 174, cidVersion: 0 })

const sizes = {
  0: 0,
  1: 1,
  '1 MiB - 1': MiB - 1,
  '1 MiB': MiB,
  '1 MiB + 1': MiB + 1,
  '3.7 MiB': Math.floor(3.7 * MiB),
  // The boundaries of a tree level: full, and one more.
  '174 MiB': 174 * MiB,
  '174 MiB + 1': 174 * MiB + 1,
  '200 MiB': 200 * MiB
}

for (const [name, size] of Object.entries(sizes)) {
  test(`a file of ${name} bytes has the importer's root`, async (t) => {
    const dir = await temporaryDir(t)
    const file = path.join(dir, 'file')
    await writeNoise(file, size)
    for (const options of variants) {
      await t.test(label(options), async () => {
        const theirs = await theirRoot(
          [{ content: createReadStream(file, { highWaterMark: MiB }) }], options)
        same(await ourRoot(path.join(dir, 'store'), file, options), theirs.cid)
      })
    }
  })
}

test('a tree with folders, links and an empty file has the importer\'s root', async (t) => {
  const dir = await temporaryDir(t)
  const tree = path.join(dir, 'tree')
  const files = {
    README: 10, 'a-b': 20, 'a/one': MiB + 5, 'a/two': 0, 'a/b/three': 3 * MiB, 'z é': 7
  }
  await mkdir(path.join(tree, 'a', 'b'), { recursive: true })
  await mkdir(path.join(tree, 'empty'))
  for (const [name, size] of Object.entries(files)) await writeNoise(path.join(tree, name), size)
  const links = { 'a/link': '../README', dangling: 'nowhere/at all' }
  for (const [name, target] of Object.entries(links)) await symlink(target, path.join(tree, name))

  for (const options of variants) {
    await t.test(label(options), async () => {
          const candidates = [
        ...Object.keys(files).map((name) => (
          { path: `tree/${name}`, content: createReadStream(path.join(tree, name)) })),
        ...Object.entries(links).map(([name, link]) => ({ path: `tree/${name}`, link })),
        { path: 'tree/empty' }
      ]
      const theirs = await theirRoot(candidates, options)
      same(await ourRoot(path.join(dir, 'store'), tree, options), theirs.cid)
    })
  }
})

test('another byte gives another root', async (t) => {
  const dir = await temporaryDir(t)
  const options = variants[0]
  await writeFile(path.join(dir, 'one'), 'one')
  await writeFile(path.join(dir, 'two'), 'two')
  const theirs = await theirRoot([{ content: Buffer.from('one') }], options)
  assert.notEqual(await ourRoot(path.join(dir, 'store'), path.join(dir, 'two'), options),
    theirs.cid.toString())
})
