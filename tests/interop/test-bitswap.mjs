// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Blocks between our node and helia over TCP + Noise + Yamux, both ways: files of awkward
// sizes, both hashes, raw leaves and not, and a directory.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { unixfs } from '@helia/unixfs'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import { addressOf, startHelia } from './lib/peers.mjs'
import { Running, temporaryDir } from './lib/programs.mjs'

const MIB = 1 << 20
const SIZES = [0, 1, MIB - 1, MIB, MIB + 1, 3879731]
const LARGE = 200 * MIB
const DEADLINE_MS = 400_000 // for the largest file, on a busy machine

const after = (prefix) => (text) => {
  if (text.startsWith('failed ')) throw new Error(text)
  return text.startsWith(prefix + ' ') && text.slice(prefix.length + 1)
}

// What answers `predicate` may throw: pass that on instead of waiting for the deadline.
async function ask (ours, command, answer) {
  ours.write(command)
  const text = await ours.line((line) => /^(failed|added|connected|got|usage) /.test(line) && line,
    DEADLINE_MS)
  return after(answer)(text)
}

async function start (t) {
  const dir = await temporaryDir(t)
  const ours = new Running('swap-probe', [path.join(dir, 'store')])
  t.after(() => ours.stop())
  const address = await ours.line(after('listen'))
  const helia = await startHelia()
  t.after(() => helia.stop())
  return { dir, ours, address, helia }
}

const sha256 = (data) => createHash('sha256').update(data).digest('hex')

async function sha256File (file) {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part)
  return hash.digest('hex')
}

async function cat (helia, cid) {
  const hash = createHash('sha256')
  let size = 0
  for await (const part of unixfs(helia).cat(CID.parse(cid), { signal: AbortSignal.timeout(DEADLINE_MS) })) {
    hash.update(part)
    size += part.byteLength
  }
  return { size, hash: hash.digest('hex') }
}

async function randomFile (file, size) {
  const data = randomBytes(size)
  await writeFile(file, data)
  return sha256(data)
}

test('helia fetches what we have', async (t) => {
  const { dir, ours, address, helia } = await start(t)
  await helia.libp2p.dial(multiaddr(address))
  for (const hash of ['sha3-256', 'sha2-256']) {
    for (const leaves of ['', ' raw']) {
      for (const size of SIZES) {
        const file = path.join(dir, 'file')
        const digest = await randomFile(file, size)
        const cid = await ask(ours, `add ${file} ${hash}${leaves}`, 'added')
        assert.deepEqual(await cat(helia, cid), { size, hash: digest },
          `${size} bytes, ${hash}${leaves}`)
      }
    }
  }
})

test('helia fetches 200 MiB from us', async (t) => {
  const { dir, ours, address, helia } = await start(t)
  const file = path.join(dir, 'file')
  const digest = await randomFile(file, LARGE)
  const cid = await ask(ours, `add ${file}`, 'added')
  await helia.libp2p.dial(multiaddr(address))
  const begin = performance.now()
  assert.deepEqual(await cat(helia, cid), { size: LARGE, hash: digest })
  t.diagnostic(`${(LARGE / 1e3 / (performance.now() - begin)).toFixed(1)} MB/s`)
})

test('we fetch what helia has', async (t) => {
  const { dir, ours, helia } = await start(t)
  await ask(ours, `connect ${addressOf(helia)}`, 'connected')
  for (const rawLeaves of [true, false]) {
    for (const size of SIZES) {
      const data = randomBytes(size)
      const out = path.join(dir, `out-${size}-${rawLeaves}`)
      const cid = await unixfs(helia).addBytes(data, { rawLeaves })
      await ask(ours, `get ${cid} ${out}`, 'got')
      assert.equal(await sha256File(out), sha256(data), `${size} bytes, raw ${rawLeaves}`)
    }
  }
})

test('we fetch 200 MiB from helia', async (t) => {
  const { dir, ours, helia } = await start(t)
  const digest = createHash('sha256')
  async function * content () {
    for (let n = 0; n < LARGE; n += MIB) {
      const part = randomBytes(MIB)
      digest.update(part)
      yield part
    }
  }
  const cid = await unixfs(helia).addByteStream(content())
  await ask(ours, `connect ${addressOf(helia)}`, 'connected')
  const answer = await ask(ours, `get ${cid} ${path.join(dir, 'out')}`, 'got')
  t.diagnostic(`${(LARGE / 1e6 / Number(answer.split(' ')[0])).toFixed(1)} MB/s`)
  assert.equal(await sha256File(path.join(dir, 'out')), digest.digest('hex'))
})

test('a directory travels both ways', async (t) => {
  const { dir, ours, address, helia } = await start(t)
  const tree = path.join(dir, 'tree')
  await mkdir(path.join(tree, 'sub', 'deep'), { recursive: true })
  const files = { 'a.txt': 10, 'sub/b.bin': 2 * MIB + 5, 'sub/deep/c': 0 }
  const digests = {}
  for (const [name, size] of Object.entries(files)) {
    digests[name] = await randomFile(path.join(tree, name), size)
  }
  await symlink('../a.txt', path.join(tree, 'sub', 'link'))
  const cid = await ask(ours, `add ${tree}`, 'added')
  await helia.libp2p.dial(multiaddr(address))
  const fs = unixfs(helia)
  for (const [name, size] of Object.entries(files)) {
    const stat = await fs.stat(CID.parse(cid), { path: name })
    assert.deepEqual(await cat(helia, String(stat.cid)), { size, hash: digests[name] }, name)
  }
  const names = []
  for await (const entry of fs.ls(CID.parse(cid), { path: 'sub' })) names.push(entry.name)
  assert.deepEqual(names, ['b.bin', 'deep', 'link'])

  let root = await fs.addDirectory()
  for (const [name, size] of Object.entries({ one: 1, two: MIB + 1 })) {
    const data = randomBytes(size)
    digests[name] = sha256(data)
    root = await fs.cp(await fs.addBytes(data), root, name)
  }
  const out = path.join(dir, 'out')
  await ask(ours, `get ${root} ${out}`, 'got')
  assert.deepEqual((await readdir(out)).sort(), ['one', 'two'])
  for (const name of ['one', 'two']) {
    assert.equal(sha256(await readFile(path.join(out, name))), digests[name])
  }
})

test('what is not there fails in good time', async (t) => {
  const { ours, helia } = await start(t)
  await ask(ours, `connect ${addressOf(helia)}`, 'connected')
  await assert.rejects(
    ask(ours, 'get bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy /nowhere', 'got'),
    /failed/)
})
