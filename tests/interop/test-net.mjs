// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Our host and js-libp2p over TCP + Noise + Yamux: both ping and identify the other, carry
// bulk both ways, and refuse who is not who it must be.

import assert from 'node:assert/strict'
import { randomBytes, createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { addressOf, startLibp2p } from './lib/peers.mjs'
import { Running } from './lib/programs.mjs'

const ECHO = '/shoal/test/echo/1.0.0'
const DEADLINE_MS = 400_000 // for 50 MB, on a busy machine

const after = (prefix) => (text) => {
  if (text.startsWith('error ')) throw new Error(text)
  return text.startsWith(prefix + ' ') && text.slice(prefix.length + 1)
}

const failure = (text) => text.startsWith('error ') && text

async function startOurs (t, ...listen) {
  const ours = new Running('interop-host', listen)
  t.after(() => ours.stop())
  return ours
}

async function startTheirs (t, extra) {
  const theirs = await startLibp2p(extra)
  t.after(() => theirs.stop())
  return theirs
}

// Sends `size` random bytes to the peer's echo and compares what comes back.
async function echo (node, address, size) {
  const stream = await node.dialProtocol(multiaddr(address), ECHO)
  const sent = createHash('sha256')
  const received = createHash('sha256')
  let n = 0
  const reading = (async () => {
    for await (const chunk of stream) {
      for (const part of chunk.subarray ? [chunk.subarray()] : [chunk]) {
        received.update(part)
        n += part.byteLength
      }
    }
  })()
  for (let left = size; left > 0;) {
    const part = randomBytes(Math.min(left, 256 * 1024))
    sent.update(part)
    left -= part.byteLength
    if (!stream.send(part)) await stream.onDrain()
  }
  await stream.close()
  await reading
  assert.equal(n, size)
  assert.equal(received.digest('hex'), sent.digest('hex'))
}

// Why this machine can't use the loopback of IPv6, or false.
async function missing6 () {
  const server = createServer().listen(0, '::1')
  try {
    await once(server, 'listening')
    return false
  } catch (error) {
    return `there is no IPv6 here: ${error.message}`
  } finally {
    server.close()
  }
}

for (const [family, listen, skip] of [
  ['IPv4', '/ip4/127.0.0.1/tcp/0', false],
  ['IPv6', '/ip6/::1/tcp/0', await missing6()]
]) {
  test(`they dial us over ${family}`, { skip }, async (t) => {
    const ours = await startOurs(t, listen)
    const theirs = await startTheirs(t)
    const address = await ours.line(after('listening'))
    const rtt = await theirs.services.ping.ping(multiaddr(address))
    assert.ok(rtt >= 0)
    const [connection] = theirs.getConnections()
    assert.equal(connection.encryption, '/noise')
    assert.equal(connection.multiplexer, '/yamux/1.0.0')
    const info = await theirs.services.identify.identify(connection)
    assert.match(info.agentVersion, /^shoal\//)
    assert.ok(info.protocols.includes(ECHO))
    assert.ok(info.protocols.includes('/ipfs/ping/1.0.0'))
    assert.equal(String(info.listenAddrs[0]), address.replace(/\/p2p\/.*/, ''))
    assert.ok(info.signedPeerRecord != null, 'they accept our signed peer record')
    for (const size of [0, 1, 65507, 65536, 1_000_000, 50_000_000]) await echo(theirs, address, size)
  })

  test(`we dial them over ${family}`, { skip }, async (t) => {
    const theirs = await startTheirs(t, { addresses: { listen: [listen] } })
    await theirs.handle(ECHO, async (stream) => {
      for await (const chunk of stream) if (!stream.send(chunk)) await stream.onDrain()
      await stream.close()
    })
    const ours = await startOurs(t)
    const peer = theirs.peerId.toString()
    ours.write(`connect ${addressOf(theirs)}`)
    assert.equal(await ours.line(after('connected')), peer)
    ours.write(`identify ${peer}`)
    const [agent, observed, signed, ...protocols] = (await ours.line(after('identified'))).split('\t')
    assert.match(agent, /libp2p/)
    assert.match(observed, /^\/ip[46]\//)
    assert.equal(signed, 'signed')
    assert.ok(protocols.includes('/ipfs/ping/1.0.0'), protocols.join(' '))
    ours.write(`ping ${peer}`)
    assert.ok(Number(await ours.line(after('rtt'))) >= 0)
    for (const size of [0, 1, 65507, 65536, 1_000_000, 50_000_000]) {
      ours.write(`echo ${peer} ${size}`)
      assert.equal(Number(await ours.line(after('echoed'), DEADLINE_MS)), size)
    }
  })
}

test('a wrong peer is refused from either side', async (t) => {
  const stranger = peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
  const ours = await startOurs(t, '/ip4/127.0.0.1/tcp/0')
  const theirs = await startTheirs(t)
  const address = await ours.line(after('listening'))
  await assert.rejects(theirs.dial(multiaddr(address.replace(/\/p2p\/.*/, `/p2p/${stranger}`))))
  ours.write(`connect ${addressOf(theirs).replace(/\/p2p\/.*/, `/p2p/${stranger}`)}`)
  assert.match(await ours.line(failure), /^error Auth .*answered instead of/)
})

test('they speak none of what we want', async (t) => {
  const ours = await startOurs(t)
  const theirs = await startTheirs(t)
  ours.write(`connect ${addressOf(theirs)}`)
  const peer = await ours.line(after('connected'))
  ours.write(`echo ${peer} 1`)
  assert.match(await ours.line(failure), /^error Unsupported /)
})

for (const bits of [2048, 4096]) {
  test(`a peer with an RSA key of ${bits} bits, from either side`, async (t) => {
    const ours = await startOurs(t, '/ip4/127.0.0.1/tcp/0')
    const theirs = await startTheirs(t, { privateKey: await generateKeyPair('RSA', bits) })
    const peer = theirs.peerId.toString()
    const address = await ours.line(after('listening'))
    ours.write(`connect ${addressOf(theirs)}`)
    assert.equal(await ours.line(after('connected')), peer)
    ours.write(`identify ${peer}`)
    const [agent, , signed] = (await ours.line(after('identified'))).split('\t')
    assert.match(agent, /libp2p/)
    assert.equal(signed, 'signed', 'we accept its signed peer record')
    ours.write(`ping ${peer}`)
    assert.ok(Number(await ours.line(after('rtt'))) >= 0)
    await theirs.hangUp(multiaddr(address))
    assert.ok(await theirs.services.ping.ping(multiaddr(address)) >= 0)
    await echo(theirs, address, 65536)
  })
}

test('a peer with a key of kind secp256k1 gets a clear error', async (t) => {
  const ours = await startOurs(t)
  const theirs = await startTheirs(t, { privateKey: await generateKeyPair('secp256k1') })
  ours.write(`connect ${addressOf(theirs)}`)
  assert.match(await ours.line(failure), /^error Unsupported .*Secp256k1/)
})
