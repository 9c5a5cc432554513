// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// The peers we did not write: a js-libp2p host and a helia node, both over
// TCP + Noise + Yamux on the loopback, port 0, with nothing else switched on
// (no bootstrap, no DHT, no gateway), so a block can only come from the peer
// under test. No time-out of theirs plays a part, however slow the machine is.

import { createHeliaLight } from 'helia'
import { withBitswap } from '@helia/bitswap'
import { withLibp2pLight } from '@helia/libp2p'
import { identify, identifyPush } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { sha3256, sha3512 } from '@multiformats/sha3'
import { createLibp2p } from 'libp2p'

// How long a foreign peer waits for anything, in each of its many settings.
export const PATIENCE_MS = 60_000

const connectionManager = {
  dialTimeout: PATIENCE_MS,
  addressDialTimeout: PATIENCE_MS,
  inboundUpgradeTimeout: PATIENCE_MS,
  inboundStreamProtocolNegotiationTimeout: PATIENCE_MS,
  outboundStreamProtocolNegotiationTimeout: PATIENCE_MS
}

// The services of every host, and more: `baseServices ({ dht: kadDHT (...) })`.
export const baseServices = (more = {}) => ({
  identify: identify({ timeout: PATIENCE_MS }),
  identifyPush: identifyPush({ timeout: PATIENCE_MS }),
  ping: ping({ timeout: PATIENCE_MS }),
  ...more
})

// For kadDHT: its time-out adapts, and begins with five seconds.
export const patientKad = {
  networkDialTimeout: { minTimeout: PATIENCE_MS },
  onPeerConnectTimeout: PATIENCE_MS
}

export const libp2pOptions = (extra = {}) => ({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionGater: { denyDialMultiaddr: () => false },
  // It closes connections whose peer is too slow to answer a ping.
  connectionMonitor: { enabled: false },
  services: baseServices(),
  ...extra,
  connectionManager: { ...connectionManager, ...extra.connectionManager }
})

// A started js-libp2p host. Stop it with `await host.stop()`.
export const startLibp2p = (extra = {}) => createLibp2p(libp2pOptions(extra))

// A started helia node with bitswap and sha3; `node.libp2p` is its host. Options go to
// libp2p (`libp2p`), to bitswap (`bitswap`) and to helia itself (the rest).
export async function startHelia ({ libp2p = {}, bitswap = {}, ...helia } = {}) {
  const light = createHeliaLight({ hashers: [sha3256, sha3512], ...helia })
  const patient = { messageReceiveTimeout: PATIENCE_MS, messageSendTimeout: PATIENCE_MS }
  const node = withBitswap(withLibp2pLight(light, libp2pOptions(libp2p)), { ...patient, ...bitswap })
  await node.start()
  return node
}

// The address another peer dials, with /p2p/.
export const addressOf = (host) => String((host.libp2p ?? host).getMultiaddrs()[0])
