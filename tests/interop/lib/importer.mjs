// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Root CIDs of ipfs-unixfs-importer and of our own importer. Theirs always hashes with
// sha2-256, so its one hash module is replaced by a hook: with it, trees are built by its
// code and named by the hash a test asks for.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { registerHooks } from 'node:module'

import * as Digest from 'multiformats/hashes/digest'

import { call } from './programs.mjs'

export const HASHES = {
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

export const MiB = 1024 * 1024
const nowhere = { put: async (cid) => cid }

// The entry of the root: its cid and its unixfs.
export async function theirRoot (candidates, options) {
  hash = HASHES[options.hash]
  let last
  for await (const entry of importer(candidates, nowhere, {
    chunker: fixedSize({ chunkSize: MiB }),
    layout: balanced({ maxChildrenPerNode: options.links }),
    rawLeaves: options.rawLeaves,
    cidVersion: options.cidVersion,
    leafType: 'file',
    reduceSingleLeafToSelf: true,
    shardSplitStrategy: options.split ?? 'links-bytes',
    wrapWithDirectory: options.wrap ?? false
  })) last = entry
  return last
}

export async function ourRoot (store, file, options) {
  const args = ['add', store, file, '--hash-only', '--hash', options.hash,
    '--links', String(options.links), '--cid-version', String(options.cidVersion)]
  if (options.rawLeaves) args.push('--raw-leaves')
  if (options.split === 'block-bytes') args.push('--split-block')
  if (options.chunk) args.push('--chunk', String(options.chunk))
  const { stdout } = await call('store-probe', args)
  return stdout.trim()
}

export const label = (v) =>
  `${v.hash} v${v.cidVersion} ${v.links} links${v.rawLeaves ? ' raw leaves' : ''}`

export const same = (ours, theirs) => {
  // A CIDv0 has one text form only; ours prints base32 for v1.
  assert.equal(ours, theirs.toString())
}
