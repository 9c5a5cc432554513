// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// The same bytes and options give the same root CID as ipfs-unixfs-importer. That importer
// always hashes with sha2-256, so its one hash module is replaced by a hook: with it, trees
// are built by its code and named by the hash the test asks for.

import assert from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, symlink, writeFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import path from 'node:path'
import { test } from 'node:test'

import * as Digest from 'multiformats/hashes/digest'

import { call, temporaryDir } from './lib/programs.mjs'

const HASHES = {
  'sha2-256': { code: 0x12, node: 'sha256' },
  'sha3-256': { code: 0x16, node: 'sha3-256' }
}

let hash = HASHES['sha2-256']
globalThis.shoalDigest = (bytes) =>
  Digest.create(hash.code, createHash(hash.node).update(bytes).digest())

registerHooks({
  resolve (specifier, context, next) {
    const fromImporter = context.parentURL?.includes('/ipfs-unixfs-importer/')
    if (fromImporter && specifier === 'multiformats/hashes/sha2') {
      return {
        shortCircuit: true,
        url: 'data:text/javascript,export const sha256 = { digest: (b) => globalThis.shoalDigest(b) }'
      }
    }
    return next(specifier, context)
  }
})

const { importer } = await import('ipfs-unixfs-importer')
const { fixedSize } = await import('ipfs-unixfs-importer/chunker')
const { balanced } = await import('ipfs-unixfs-importer/layout')

const MiB = 1024 * 1024
const nowhere = { put: async (cid) => cid }

async function theirRoot (candidates, options) {
  let last
  for await (const entry of importer(candidates, nowhere, {
    chunker: fixedSize({ chunkSize: MiB }),
    layout: balanced({ maxChildrenPerNode: options.links }),
    rawLeaves: options.rawLeaves,
    cidVersion: options.cidVersion,
    leafType: 'file',
    reduceSingleLeafToSelf: true,
    wrapWithDirectory: options.wrap ?? false
  })) last = entry
  return last.cid
}

async function ourRoot (store, file, options) {
  const args = ['add', store, file, '--hash-only', '--hash', options.hash,
    '--links', String(options.links), '--cid-version', String(options.cidVersion)]
  if (options.rawLeaves) args.push('--raw-leaves')
  const { stdout } = await call('store-probe', args)
  return stdout.trim()
}

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

const label = (v) =>
  `${v.hash} v${v.cidVersion} ${v.links} links${v.rawLeaves ? ' raw leaves' : ''}`

const same = (ours, theirs) => {
  // A CIDv0 has one text form only; ours prints base32 for v1.
  assert.equal(ours, theirs.toString())
}

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
        hash = HASHES[options.hash]
        const theirs = await theirRoot(
          [{ content: createReadStream(file, { highWaterMark: MiB }) }], options)
        same(await ourRoot(path.join(dir, 'store'), file, options), theirs)
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
      hash = HASHES[options.hash]
      const candidates = [
        ...Object.keys(files).map((name) => (
          { path: `tree/${name}`, content: createReadStream(path.join(tree, name)) })),
        ...Object.entries(links).map(([name, link]) => ({ path: `tree/${name}`, link })),
        { path: 'tree/empty' }
      ]
      const theirs = await theirRoot(candidates, options)
      same(await ourRoot(path.join(dir, 'store'), tree, options), theirs)
    })
  }
})

test('another byte gives another root', async (t) => {
  const dir = await temporaryDir(t)
  const options = variants[0]
  await writeFile(path.join(dir, 'one'), 'one')
  await writeFile(path.join(dir, 'two'), 'two')
  hash = HASHES[options.hash]
  const theirs = await theirRoot([{ content: Buffer.from('one') }], options)
  assert.notEqual(await ourRoot(path.join(dir, 'store'), path.join(dir, 'two'), options),
    theirs.toString())
})
