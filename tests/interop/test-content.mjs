// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// The daemon itself and helia: helia fetches by CID what `shoalctl add` added, and
// `shoalctl get` fetches what helia has.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, readlink, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { unixfs } from '@helia/unixfs'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import { DEADLINE_MS, start } from './lib/daemon.mjs'
import { addressOf } from './lib/peers.mjs'

const MIB = 1 << 20
const SIZES = [0, 1, MIB - 1, MIB, MIB + 1, 3879731, 200 * MIB]
const VARIANTS = [['--hash', 'sha3-256'], ['--hash', 'sha2-256', '--raw-leaves']]

const sha256 = (data) => createHash('sha256').update(data).digest('hex')

async function cat (fs, cid, options) {
  const hash = createHash('sha256')
  for await (const part of fs.cat(CID.parse(cid), { signal: AbortSignal.timeout(DEADLINE_MS), ...options })) {
    hash.update(part)
  }
  return hash.digest('hex')
}

test('helia fetches what shoalctl added', async (t) => {
  const { dir, ctl, helia, ours } = await start(t)
  const file = path.join(dir, 'file')
  await helia.libp2p.dial(multiaddr(ours))
  for (const options of VARIANTS) {
    for (const size of SIZES) {
      const data = randomBytes(size)
      await writeFile(file, data)
      const { cid } = await ctl('add', ...options, file)
      assert.equal(await cat(unixfs(helia), cid), sha256(data), `${size} bytes, ${options.join(' ')}`)
    }
  }
})

test('shoalctl gets what helia has', async (t) => {
  const { dir, ctl, helia } = await start(t)
  await ctl('connect', addressOf(helia))
  for (const rawLeaves of [true, false]) {
    for (const size of SIZES) {
      const data = randomBytes(size)
      const out = path.join(dir, `out-${size}-${rawLeaves}`)
      const cid = await unixfs(helia).addBytes(data, { rawLeaves })
      await ctl('get', String(cid), '-o', out)
      assert.equal(sha256(await readFile(out)), sha256(data), `${size} bytes, raw ${rawLeaves}`)
    }
  }
})

test('a folder with links travels both ways', async (t) => {
  const { dir, ctl, helia, ours } = await start(t)
  const tree = path.join(dir, 'tree')
  const data = randomBytes(2 * MIB + 5)
  await mkdir(path.join(tree, 'sub', 'deep'), { recursive: true })
  await writeFile(path.join(tree, 'sub', 'b.bin'), data)
  await writeFile(path.join(tree, 'sub', 'deep', 'empty'), '')
  await symlink('../b.bin', path.join(tree, 'sub', 'deep', 'link'))
  const { cid } = await ctl('add', tree)
  await helia.libp2p.dial(multiaddr(ours))
  const fs = unixfs(helia)
  assert.equal(await cat(fs, cid, { path: 'sub/b.bin' }), sha256(data))
  const names = []
  for await (const entry of fs.ls(CID.parse(cid), { path: 'sub/deep' })) names.push(entry.name)
  assert.deepEqual(names, ['empty', 'link'])

  const root = await fs.cp(await fs.addBytes(data), await fs.addDirectory(), 'two')
  const out = path.join(dir, 'out')
  await ctl('get', String(root), '-o', out)
  assert.deepEqual(await readdir(out), ['two'])
  assert.equal(sha256(await readFile(path.join(out, 'two'))), sha256(data))
  const back = path.join(dir, 'back')
  await ctl('get', cid, '-o', back)
  assert.equal(await readlink(path.join(back, 'sub', 'deep', 'link')), '../b.bin')
})
