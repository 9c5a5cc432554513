// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// The harness itself: two foreign peers find each other and a file crosses. When this
// fails, the installation is at fault and not Shoal.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unixfs } from '@helia/unixfs'
import { multiaddr } from '@multiformats/multiaddr'
import { addressOf, startHelia, startLibp2p } from './lib/peers.mjs'

test('two js-libp2p hosts ping each other', async (t) => {
  const a = await startLibp2p()
  t.after(() => a.stop())
  const b = await startLibp2p()
  t.after(() => b.stop())
  const rtt = await a.services.ping.ping(multiaddr(addressOf(b)))
  assert.ok(rtt >= 0)
})

test('a file crosses between two helia nodes by bitswap alone', async (t) => {
  const a = await startHelia()
  t.after(() => a.stop())
  const b = await startHelia()
  t.after(() => b.stop())
  const bytes = new Uint8Array(3_000_000).map((_, i) => (i * 7919) >> 8)
  const cid = await unixfs(a).addBytes(bytes)
  await b.libp2p.dial(multiaddr(addressOf(a)))
  const parts = []
  for await (const part of unixfs(b).cat(cid, { signal: AbortSignal.timeout(60_000) })) {
    parts.push(part)
  }
  assert.ok(Buffer.concat(parts).equals(bytes))
})
