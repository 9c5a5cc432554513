// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Two kinds of node under one face, for tests of a mixed network: ours (mesh-probe, a
// process each) and theirs (js-libp2p with kad-dht and gossipsub, in this process). All on
// the loopback, so on the DHT of the LAN.

import { gossipsub } from '@libp2p/gossipsub'
import { kadDHT, removePublicAddressesMapper } from '@libp2p/kad-dht'
import { multiaddr } from '@multiformats/multiaddr'
import { addressOf, baseServices, patientKad, startLibp2p } from './peers.mjs'
import { Running } from './programs.mjs'

export const LAN_KAD = '/ipfs/lan/kad/1.0.0'
const LISTEN = '/ip4/127.0.0.1/tcp/0'
const encode = (text) => new TextEncoder().encode(text)
const decode = (bytes) => new TextDecoder().decode(bytes)

// Each has: name, kind, peer, address; connect (address), tableSize (), provide (cid),
// providers (cid, signal), put (key, value), get (key, signal), subscribe (topic),
// meshSize (topic), publish (topic, text), stop (); `messages` is a set of "AUTHOR TEXT".

export class Ours {
  kind = 'shoal'
  messages = new Set()
  #running
  #waiting = []

  static async start (name) {
    const node = new Ours()
    node.name = name
    node.#running = new Running('mesh-probe', [LISTEN])
    node.peer = (await node.#running.line((text) => text.startsWith('peer ') && text)).slice(5)
    node.address = (await node.#running.line((text) => text.startsWith('listening ') && text)).slice(10)
    node.#listen()
    return node
  }

  // Lines that answer a command go to who asked; messages are kept.
  async #listen () {
    try {
      for (;;) {
        const text = await this.#running.line((line) => line, 2 ** 31 - 1)
        const words = text.split(' ')
        if (words[0] === 'message') {
          this.messages.add(words.slice(2).join(' '))
          continue
        }
        const i = this.#waiting.findIndex(({ answers }) => answers(words))
        if (i >= 0) this.#waiting.splice(i, 1)[0].resolve(words)
      }
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error)
    }
  }

  #ask (command, answer, key) {
    const [name, argument] = command.split(' ')
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        reject,
        answers: (words) => (words[0] === answer && (key === undefined || words[1] === key)) ||
          (words[0] === 'error' && words[2] === name && words[3] === (argument ?? '-')),
        resolve: (words) => words[0] === 'error'
          ? reject(new Error(`${this.name}: ${words.join(' ')}`))
          : resolve(words)
      })
      this.#running.write(command)
    })
  }

  connect = (address) => this.#ask(`connect ${address}`, 'connected', address.split('/').at(-1))
  tableSize = async () => Number((await this.#ask('tables', 'tables'))[2])
  provide = (cid) => this.#ask(`provide ${cid}`, 'provided', String(cid))
  providers = async (cid) => (await this.#ask(`providers ${cid} 1`, 'providers', String(cid))).slice(2)
  put = (key, value) => this.#ask(`put ${key} ${value}`, 'put', key)
  get = async (key) => (await this.#ask(`get ${key}`, 'got', key))[2]
  subscribe = (topic) => this.#ask(`subscribe ${topic}`, 'subscribed', topic)
  meshSize = async (topic) => Number((await this.#ask(`mesh ${topic}`, 'mesh', topic))[2])
  publish = (topic, text) => this.#ask(`publish ${topic} ${text}`, 'published', topic)

  async stop () {
    this.#running.child.stdin.end()
    return await this.#running.exit
  }
}

export class Theirs {
  kind = 'js-libp2p'
  messages = new Set()
  #host

  static async start (name) {
    const node = new Theirs()
    node.name = name
    node.#host = await startLibp2p({
      connectionManager: { maxConnections: 100, inboundConnectionThreshold: 1000 },
      services: baseServices({
        dht: kadDHT({
          ...patientKad,
          protocol: LAN_KAD,
          clientMode: false,
          peerInfoMapper: removePublicAddressesMapper,
          validators: { test: async () => {} },
          selectors: { test: () => 0 }
        }),
        pubsub: gossipsub({
          allowPublishToZeroTopicPeers: true,
          // All twenty have one address, which would cost every one of them its score.
          scoreParams: { IPColocationFactorWeight: 0 }
        })
      })
    })
    node.peer = node.#host.peerId.toString()
    node.address = addressOf(node.#host)
    node.#host.services.pubsub.addEventListener('message', ({ detail }) => {
      if (detail.from.toString() !== node.peer) {
        node.messages.add(`${detail.from} ${decode(detail.data)}`)
      }
    })
    return node
  }

  get #dht () { return this.#host.services.dht }

  connect = (address) => this.#host.dial(multiaddr(address))
  tableSize = async () => this.#dht.routingTable.size

  async provide (cid) {
    for await (const _ of this.#dht.provide(cid)); // runs to its end
  }

  async providers (cid, signal) {
    const found = new Set()
    for await (const event of this.#dht.findProviders(cid, { signal })) {
      for (const provider of event.providers ?? []) found.add(provider.id.toString())
      if (found.size > 0) break
    }
    return [...found]
  }

  async put (key, value) {
    for await (const _ of this.#dht.put(encode(key), encode(value)));
  }

  async get (key, signal) {
    for await (const event of this.#dht.get(encode(key), { signal })) {
      if (event.name === 'VALUE') return decode(event.value)
    }
    throw new Error(`${this.name}: nobody has ${key}`)
  }

  subscribe = async (topic) => this.#host.services.pubsub.subscribe(topic)
  meshSize = async (topic) => this.#host.services.pubsub.getMeshPeers(topic).length
  publish = (topic, text) => this.#host.services.pubsub.publish(topic, encode(text))
  stop = () => this.#host.stop()
}
