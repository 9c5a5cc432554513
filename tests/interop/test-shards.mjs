// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Folders too large for one block are sharded at the same size and in the same way as by
// ipfs-unixfs-importer, and have the roots that IPIP-499 publishes.

import assert from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'

import { MiB, label, ourRoot, same, theirRoot } from './lib/importer.mjs'
import { temporaryDir } from './lib/programs.mjs'

// Of these all for the first folder, and the first two for each other.
const variants = [
  { hash: 'sha3-256', rawLeaves: false, links: 174, cidVersion: 1 },
  { hash: 'sha2-256', rawLeaves: true, links: 174, cidVersion: 1 },
  { hash: 'sha3-256', rawLeaves: true, links: 174, cidVersion: 1 },
  { hash: 'sha2-256', rawLeaves: false, links: 174, cidVersion: 1 },
  { hash: 'sha2-256', rawLeaves: false, links: 174, cidVersion: 0 }
]

// Folders that are split into shards, or just not: 4096 names and CIDs of together 64 bytes
// are 256 KiB, at which a folder stays whole.
const name = (i, length) => String(i).padStart(length, '0')
const named = (n, name) => Array.from({ length: n }, (_, i) => name(i))
const folders = {
  '5,000 names': { names: named(5000, (i) => `one of many entries ${i}`), isWhole: false },
  '20,000 names': { names: named(20000, (i) => `entry ${i} é.txt`), isWhole: false },
  'names of 256 KiB': { names: named(4096, (i) => name(i, 28)), isWhole: true },
  'names of 256 KiB + 1': {
    names: named(4096, (i) => name(i, i === 4095 ? 29 : 28)), isWhole: false
  }
}

async function writeFolder (tree, names) {
  await mkdir(tree, { recursive: true })
  for (const name of names) await writeFile(path.join(tree, name), name)
}

for (const [i, [title, { names, isWhole }]] of Object.entries(folders).entries()) {
  test(`a folder of ${title} has the importer's root`, async (t) => {
    const dir = await temporaryDir(t)
    const tree = path.join(dir, 'tree')
    await writeFolder(tree, names)
    for (const options of variants.slice(0, i === 0 ? 5 : 2)) {
      await t.test(label(options), async () => {
        const theirs = await theirRoot(names.map((name) => (
          { path: `tree/${name}`, content: Buffer.from(name) })), options)
        same(await ourRoot(path.join(dir, 'store'), tree, options), theirs.cid)
        assert.equal(theirs.unixfs.type, isWhole ? 'directory' : 'hamt-sharded-directory')
      })
    }
  })
}

test('a sharded folder in folders has the importer\'s root', async (t) => {
  const dir = await temporaryDir(t)
  const tree = path.join(dir, 'tree')
  const options = variants[0]
  const names = [
    ...named(6000, (i) => `deep/wide/a fairly long name of file ${i}`), 'deep/beside', 'README'
  ]
  await mkdir(path.join(tree, 'deep', 'wide'), { recursive: true })
  for (const name of names) await writeFile(path.join(tree, name), name)
  const theirs = await theirRoot(names.map((name) => (
    { path: `tree/${name}`, content: Buffer.from(name) })), options)
  same(await ourRoot(path.join(dir, 'store'), tree, options), theirs.cid)
})

// The vectors of IPIP-499, made by Kubo: names drawn from ChaCha20 by a seed, each a file
// of the one byte "x".
function drawNames (count, length, lastLength, seed) {
  const letters = 'abcdefghijklmnopqrstuvwxyz01234567890-_'
  const key = createHash('sha256').update(seed).digest()
  const stream = createCipheriv('chacha20', key, Buffer.alloc(16)).update(Buffer.alloc(MiB))
  let at = 0
  return named(count, (i) => {
    const end = at + (i === count - 1 ? lastLength : length)
    const drawn = [...stream.subarray(at, end)].map((byte) => letters[byte % letters.length])
    at = end
    return drawn.join('')
  })
}

const V0 = { hash: 'sha2-256', rawLeaves: false, links: 174, cidVersion: 0, chunk: MiB / 4 }
const V1 = { hash: 'sha2-256', rawLeaves: true, links: 1024, cidVersion: 1, split: 'block-bytes' }
const published = [
  ['unixfs-v0-2015 at the threshold', V0, [4096, 30, 30, 'hamt-unixfs-v0-2015'],
    'QmX5GtRk3TSSEHtdrykgqm4eqMEn3n2XhfkFAis5fjyZmN'],
  ['unixfs-v0-2015 over the threshold', V0, [4033, 31, 31, 'hamt-unixfs-v0-2015'],
    'QmeMiJzmhpJAUgynAcxTQYek5PPKgdv3qEvFsdV3XpVnvP'],
  ['unixfs-v1-2025 at the threshold', V1, [4766, 11, 21, 'hamt-unixfs-v1-2025'],
    'bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4'],
  ['unixfs-v1-2025 over the threshold', V1, [4766, 11, 22, 'hamt-unixfs-v1-2025'],
    'bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu']
]
for (const [title, options, drawn, expected] of published) {
  test(`the folder of IPIP-499 has Kubo's root: ${title}`, async (t) => {
    const dir = await temporaryDir(t)
    const tree = path.join(dir, 'tree')
    await mkdir(tree)
    for (const name of drawNames(...drawn)) await writeFile(path.join(tree, name), 'x')
    assert.equal(await ourRoot(path.join(dir, 'store'), tree, options), expected)
  })
}
