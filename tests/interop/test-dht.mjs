// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Our DHT and js-libp2p's kad-dht, on the protocol of the internet and on that of the LAN:
// provider records and values entered by one kind are found by the other, peers are found
// both ways, a js client uses our servers and ours theirs, and a worse value does not push
// out a better one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { kadDHT, passthroughMapper, removePublicAddressesMapper } from '@libp2p/kad-dht'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { addressOf, baseServices, patientKad, startLibp2p } from './lib/peers.mjs'
import { Running } from './lib/programs.mjs'

const LISTEN = '/ip4/127.0.0.1/tcp/0'
const DEADLINE_MS = 60_000
const NETWORKS = {
  wan: { protocol: '/ipfs/kad/1.0.0', peerInfoMapper: passthroughMapper },
  lan: { protocol: '/ipfs/lan/kad/1.0.0', peerInfoMapper: removePublicAddressesMapper }
}

const encode = (text) => new TextEncoder().encode(text)
const decode = (bytes) => new TextDecoder().decode(bytes)
const cidOf = async (text) => CID.createV1(raw.code, await sha256.digest(encode(text)))

async function waitFor (condition, what) {
  const end = performance.now() + DEADLINE_MS
  while (!await condition()) {
    assert.ok(performance.now() < end, `not in time: ${what}`)
    await pause(50)
  }
}

class Ours {
  static async start (t, mode, network) {
    const ours = new Ours()
    ours.program = new Running('interop-dht', [mode, network, LISTEN])
    t.after(() => ours.program.stop())
    ours.address = await ours.#answer('listening')
    ours.peer = ours.address.split('/').at(-1)
    return ours
  }

  #answer (word) {
    return this.program.line((text) => {
      if (text.startsWith('error ')) throw new Error(text)
      return text.startsWith(word + ' ') && text.slice(word.length + 1)
    })
  }

  ask (command, word) {
    this.program.write(command)
    return this.#answer(word)
  }

  async fails (command) {
    this.program.write(command)
    return await this.program.line((text) => text.startsWith('error ') && text.split(' ')[1])
  }

  async tableSize () {
    const [wan, lan] = (await this.ask('tables', 'tables')).split(' ')
    return Number(wan) + Number(lan)
  }
}

// Values are texts that begin with v; the greater is better, as ours have it.
const validate = async (key, value) => {
  if (value[0] !== 'v'.charCodeAt(0)) throw new Error('not a value')
}
const select = (key, values) => {
  const texts = values.map(decode)
  return texts.indexOf([...texts].sort().at(-1))
}

async function startTheirs (t, network, extra = {}) {
  const theirs = await startLibp2p({
    services: baseServices({
      dht: kadDHT({
        ...patientKad,
        ...NETWORKS[network],
        clientMode: false,
        allowQueryWithZeroPeers: true,
        validators: { test: validate },
        selectors: { test: select },
        ...extra
      })
    })
  })
  t.after(() => theirs.stop())
  return theirs
}

const theirTable = (host) => host.services.dht.routingTable.size

// Ours and theirs in a row, each connected to the next, all in each other's tables.
async function network (t, kind) {
  const ours = [await Ours.start(t, 'server', kind), await Ours.start(t, 'server', kind)]
  const theirs = [await startTheirs(t, kind), await startTheirs(t, kind)]
  await ours[0].ask(`connect ${addressOf(theirs[0])}`, 'connected')
  await theirs[0].dial(multiaddr(ours[1].address))
  await ours[1].ask(`connect ${addressOf(theirs[1])}`, 'connected')
  // Those in the middle of the row know two.
  await waitFor(async () => await ours[0].tableSize() >= 1, 'our first table')
  await waitFor(async () => theirTable(theirs[0]) >= 2, 'their first table')
  await waitFor(async () => await ours[1].tableSize() >= 2, 'our second table')
  await waitFor(async () => theirTable(theirs[1]) >= 1, 'their second table')
  return { ours, theirs }
}

async function theirProviders (host, cid) {
  const found = []
  for await (const event of host.services.dht.findProviders(cid, { signal: AbortSignal.timeout(DEADLINE_MS) })) {
    if (event.name !== 'PEER_RESPONSE' && event.name !== 'PROVIDER') continue
    for (const provider of event.providers ?? []) found.push(String(provider.id))
  }
  return found
}

async function drain (events) {
  const names = []
  for await (const event of events) names.push(event.name)
  return names
}

for (const kind of Object.keys(NETWORKS)) {
  test(`${kind}: a provider of ours is found by theirs, and one of theirs by ours`, async (t) => {
    const { ours, theirs } = await network(t, kind)
    const one = await cidOf('ours')
    const other = await cidOf('theirs')
    await ours[0].ask(`provide ${one}`, 'provided')
    await drain(theirs[1].services.dht.provide(other, { signal: AbortSignal.timeout(DEADLINE_MS) }))
    await waitFor(async () => (await theirProviders(theirs[1], one)).includes(ours[0].peer), 'our record')
    await waitFor(async () => (await ours[0].ask(`providers ${other}`, 'providers'))
      .split(' ').slice(1).includes(String(theirs[1].peerId)), 'their record')
    assert.equal(await ours[1].ask(`providers ${await cidOf('nobody')}`, 'providers'), String(await cidOf('nobody')))
  })

  test(`${kind}: values go both ways, and the better one stays`, async (t) => {
    const { ours, theirs } = await network(t, kind)
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const read = async (host, key) => {
      for await (const event of host.services.dht.get(encode(key), { signal })) {
        if (event.name === 'VALUE') return decode(event.value)
      }
    }
    await ours[0].ask('put /test/ours v1', 'put')
    assert.equal(await read(theirs[1], '/test/ours'), 'v1')
    const names = await drain(theirs[1].services.dht.put(encode('/test/theirs'), encode('v5'), { signal }))
    assert.ok(names.includes('PEER_RESPONSE'))
    assert.equal(await ours[0].ask('get /test/theirs', 'got'), '/test/theirs v5')
    assert.equal(await ours[1].fails('get /test/none'), 'NotFound')
    assert.equal(await ours[1].fails('put /test/bad no'), 'Invalid')
    await ours[1].ask('put /test/theirs v7', 'put')
    assert.equal(await ours[0].ask('get /test/theirs', 'got'), '/test/theirs v7')
  })

  test(`${kind}: peers are found both ways`, async (t) => {
    const { ours, theirs } = await network(t, kind)
    const found = await ours[0].ask(`find ${theirs[1].peerId}`, 'found')
    assert.equal(found, `${theirs[1].peerId} ${addressOf(theirs[1]).replace(/\/p2p\/.*/, '')}`)
    let address
    for await (const event of theirs[1].services.dht.findPeer(
      (await import('@libp2p/peer-id')).peerIdFromString(ours[0].peer), { signal: AbortSignal.timeout(DEADLINE_MS) })) {
      if (event.name === 'FINAL_PEER') address = String(event.peer.multiaddrs[0])
    }
    assert.equal(address?.replace(/\/p2p\/.*/, ''), ours[0].address.replace(/\/p2p\/.*/, ''))
    const nearest = (await ours[0].ask('closest x', 'closest')).split(' ').slice(1)
    assert.deepEqual(new Set(nearest), new Set([ours[1].peer, ...theirs.map((host) => String(host.peerId))]))
  })

  test(`${kind}: clients use servers of the other kind and are in nobody's table`, async (t) => {
    const server = await Ours.start(t, 'server', kind)
    const theirServer = await startTheirs(t, kind)
    const client = await Ours.start(t, 'client', kind)
    const theirClient = await startTheirs(t, kind, { clientMode: true })
    const cid = await cidOf('a client has it')
    const other = await cidOf('the other client has it')
    await client.ask(`connect ${addressOf(theirServer)}`, 'connected')
    await theirClient.dial(multiaddr(server.address))
    await waitFor(async () => await client.tableSize() === 1, 'their server in our table')
    await waitFor(async () => theirTable(theirClient) === 1, 'our server in their table')
    await client.ask(`provide ${cid}`, 'provided')
    await drain(theirClient.services.dht.provide(other, { signal: AbortSignal.timeout(DEADLINE_MS) }))
    await waitFor(async () => (await theirProviders(theirServer, cid)).includes(client.peer), 'our record')
    await waitFor(async () => (await server.ask(`providers ${other}`, 'providers'))
      .includes(String(theirClient.peerId)), 'their record')
    assert.equal(await server.tableSize(), 0)
    assert.equal(theirTable(theirServer), 0)
  })
}
