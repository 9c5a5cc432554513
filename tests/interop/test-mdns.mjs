// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// js-libp2p finds us by mDNS and we find it, in a network of their own: this file runs
// itself again inside `unshare`, and skips itself where that is not allowed.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startLibp2p } from './lib/peers.mjs'
import { Running } from './lib/programs.mjs'
import { mdns } from '@libp2p/mdns'

const INSIDE = 'SHOAL_INSIDE_NETWORK'
const ADDRESS = '/ip4/10.98.76.5/tcp/0'
const SETUP = [
  'ip link set lo up',
  'ip link add shoal0 type veth peer name shoal1',
  'ip addr add 10.98.76.5/24 dev shoal0',
  'ip link set shoal0 up',
  'ip link set shoal1 up',
  'ip route add 224.0.0.0/4 dev shoal0'
].join(' && ')

const after = (prefix) => (text) => {
  if (text.startsWith('error ')) throw new Error(text)
  return text.startsWith(prefix + ' ') && text.slice(prefix.length + 1)
}

const ours = (t, ...listen) => {
  const node = new Running('mdns-probe', listen)
  t.after(() => node.stop())
  return node
}

async function theirs (t, found = new Map()) {
  const node = await startLibp2p({
    addresses: { listen: [ADDRESS] },
    peerDiscovery: [mdns({ interval: 2000 })]
  })
  t.after(() => node.stop())
  node.addEventListener('peer:discovery', ({ detail }) => found.set(detail.id.toString(), detail))
  return node
}

// Waits until `condition` answers with something true for, at most a minute.
async function until (condition) {
  const end = Date.now() + 60_000
  for (;;) {
    const answer = condition()
    if (answer) return answer
    assert.ok(Date.now() < end, `not within a minute: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

if (process.env[INSIDE]) {
  test('they are there first', async (t) => {
    const found = new Map()
    const js = await theirs(t, found)
    const c = ours(t, ADDRESS)
    const peer = await c.line(after('peer'))
    const listening = await c.line(after('listening'))
    const heard = await c.line(after('found'))
    assert.equal(heard, `${js.peerId.toString()} ${js.getMultiaddrs()[0]}`)
    assert.equal(await c.line(after('connected')), js.peerId.toString())
    const { id } = await until(() => found.get(peer))
    const { addresses } = await js.peerStore.get(id)
    const bare = listening.replace(/\/p2p\/.*/, '')
    assert.ok(addresses.some(({ multiaddr }) => String(multiaddr).startsWith(bare)))
  })

  test('we are there first', async (t) => {
    const found = new Map()
    const c = ours(t, ADDRESS)
    const peer = await c.line(after('peer'))
    const js = await theirs(t, found)
    const { id } = await until(() => found.get(peer))
    await js.dial(id)
    assert.equal(js.getConnections()[0].remotePeer.toString(), peer)
    assert.match(await c.line(after('found')), new RegExp(`^${js.peerId.toString()} `))
  })

  test('we find each other, and say goodbye', async (t) => {
    const a = ours(t, ADDRESS)
    const b = ours(t, ADDRESS)
    const [peerA, peerB] = [await a.line(after('peer')), await b.line(after('peer'))]
    await a.line((text) => text.startsWith(`found ${peerB} `))
    await b.line((text) => text.startsWith(`found ${peerA} `))
    b.child.stdin.end()
    assert.equal(await a.line(after('lost')), peerB)
  })
} else {
  const unshare = (...command) => spawnSync('unshare', ['-rn', ...command], {
    encoding: 'utf8', env: { ...process.env, [INSIDE]: '1', PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  })
  const probe = unshare('sh', '-c', SETUP)
  const skip = probe.status !== 0 && `no network of its own can be made here: ${probe.stderr || probe.error}`
  if (skip) console.error(skip)
  test('mDNS with js-libp2p', { skip }, (t) => {
    const run = unshare('sh', '-c', `${SETUP} && exec "$0" "$@"`, process.execPath,
      '--test-reporter=tap', fileURLToPath(import.meta.url))
    t.diagnostic(run.stdout)
    assert.equal(run.status, 0, run.stdout + run.stderr)
  })
}
