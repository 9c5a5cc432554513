// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Our own programs, run by a test. Meson names them in the environment:
// SHOAL_PROGRAM_<NAME> for each entry of `programs` in meson.build.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)

// Where `name` was built; an error says what to do when the test is run by hand.
export function program (name) {
  const key = 'SHOAL_PROGRAM_' + name.toUpperCase().replaceAll('-', '_')
  const file = process.env[key]
  if (!file) throw new Error(`${key} is not set: run this test through meson`)
  return file
}

// Runs a program to its end: { stdout, stderr }; a non-zero exit is an error that
// carries both. `options` go to execFile (timeout, env, cwd).
export const call = (name, args = [], options = {}) =>
  run(program(name), args, { timeout: 60_000, maxBuffer: 64 << 20, ...options })

// A program that stays: `line (predicate)` waits for a line of its stdout, `write` gives
// it a line on stdin, `stop` ends it (SIGTERM) and waits.
export class Running {
  #lines = []
  #waiters = []
  #ended = null

  constructor (name, args = [], options = {}) {
    this.child = spawn(program(name), args, { stdio: ['pipe', 'pipe', 'inherit'], ...options })
    this.exit = once(this.child, 'exit').then(([code, signal]) => {
      this.#ended = `${name} ended with ${signal ?? code}`
      this.#wake()
      return { code, signal }
    })
    createInterface({ input: this.child.stdout }).on('line', (text) => {
      this.#lines.push(text)
      this.#wake()
    })
  }

  #wake () {
    for (const waiter of [...this.#waiters]) waiter()
  }

  // The first line, not yet taken, that `predicate` answers with something true for;
  // returns that answer. What the predicate throws is thrown.
  line (predicate = (text) => text, timeoutMs = 60_000) {
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer)
        this.#waiters = this.#waiters.filter((other) => other !== look)
        settle(value)
      }
      const timer = setTimeout(() => done(reject, new Error(
        `no such line in ${timeoutMs} ms; seen: ${this.#lines.join(' | ')}`)), timeoutMs)
      const look = () => {
        for (let i = 0; i < this.#lines.length; i++) {
          let answer
          try {
            answer = predicate(this.#lines[i])
          } catch (error) {
            this.#lines.splice(0, i + 1)
            return done(reject, error)
          }
          if (answer) {
            this.#lines.splice(0, i + 1)
            return done(resolve, answer)
          }
        }
        if (this.#ended) done(reject, new Error(this.#ended))
      }
      this.#waiters.push(look)
      look()
    })
  }

  write (text) {
    this.child.stdin.write(text + '\n')
  }

  async stop (signal = 'SIGTERM') {
    if (!this.#ended) this.child.kill(signal)
    return await this.exit
  }
}

// A temporary folder that is gone when the test `t` (node:test) ends.
export async function temporaryDir (t) {
  const dir = await mkdtemp(path.join(tmpdir(), 'shoal-interop-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}
