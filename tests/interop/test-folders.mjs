// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Sharded folders travel between the daemon and helia, both ways.

import assert from 'node:assert/strict'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'

import { unixfs } from '@helia/unixfs'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'

import { DEADLINE_MS, start } from './lib/daemon.mjs'
import { addressOf } from './lib/peers.mjs'

// Few entries with long names are enough for shards.
const named = (n, name) => Array.from({ length: n }, (_, i) => name(i).padEnd(110, '.'))

test('helia lists and reads the shards of ours', async (t) => {
  const { dir, ctl, helia, ours } = await start(t)
  const names = named(2000, (i) => `one of many entries ${i}`)
  await mkdir(path.join(dir, 'tree'))
  for (const name of names) await writeFile(path.join(dir, 'tree', name), name)
  const { cid } = await ctl('add', path.join(dir, 'tree'))
  const root = CID.parse(cid)
  const signal = AbortSignal.timeout(DEADLINE_MS)
  await helia.libp2p.dial(multiaddr(ours))
  const fs = unixfs(helia)
  assert.equal((await fs.stat(root, { signal })).unixfs?.type, 'hamt-sharded-directory')
  for (const name of [names[0], names[777], names[1999]]) {
    const parts = []
    for await (const part of fs.cat(root, { path: name, signal })) parts.push(part)
    assert.equal(Buffer.concat(parts).toString(), name)
  }
  const listed = []
  for await (const entry of fs.ls(root, { signal })) listed.push(entry.name)
  assert.deepEqual(listed.sort(), names.slice().sort())
})

test('shoalctl gets the shards of helia', async (t) => {
  const { dir, ctl, helia } = await start(t)
  const names = named(2000, (i) => `${i} é of helia`)
  let root
  for await (const entry of unixfs(helia).addAll(names.map((name) => (
    { path: `tree/${name}`, content: Buffer.from(name) })))) root = entry
  assert.equal(root.unixfs.type, 'hamt-sharded-directory')
  await ctl('connect', addressOf(helia))
  await ctl('get', String(root.cid), '-o', path.join(dir, 'out'))
  assert.deepEqual((await readdir(path.join(dir, 'out'))).sort(), names.slice().sort())
  for (const name of names) {
    assert.equal(await readFile(path.join(dir, 'out', name), 'utf8'), name)
  }
  // What came is what there is: the same folder has the same name here.
  const { cid } = await ctl('add', '--hash', 'sha2-256', '--raw-leaves', path.join(dir, 'out'))
  assert.ok(root.cid.equals(CID.parse(cid)))
})
