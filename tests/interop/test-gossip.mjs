// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// Gossipsub with js-libp2p over TCP + Noise + Yamux: messages both ways with signatures
// checked strictly on both sides, GRAFT and PRUNE, IHAVE and IWANT, passing on, what is
// forged or refused, and the older version.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { gossipsub } from '@libp2p/gossipsub'
import { multiaddr } from '@multiformats/multiaddr'
import { addressOf, baseServices, startLibp2p } from './lib/peers.mjs'
import { Running } from './lib/programs.mjs'

const TOPIC = 'scm/global/updates'
const DEADLINE_MS = 60_000
const encode = (text) => new TextEncoder().encode(text)
const decode = (bytes) => new TextDecoder().decode(bytes)

async function waitFor (condition, what) {
  const end = performance.now() + DEADLINE_MS
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`)
    await pause(20)
  }
}

// Ours, answering one command at a time.
class Ours extends Running {
  messages = []

  static async start (t, kind = '1.1.0') {
    const ours = new Ours('gossip-probe', [kind, '/ip4/127.0.0.1/tcp/0'])
    t.after(() => ours.stop())
    ours.address = await ours.line((text) => text.startsWith('listening ') && text.slice(10))
    ours.id = ours.address.split('/').pop()
    return ours
  }

  // The rest of the answer that begins with `answer`; messages that come before are kept.
  async ask (command, answer) {
    this.write(command)
    for (;;) {
      const text = await this.line((line) => line, DEADLINE_MS)
      if (text.startsWith('message ') || text.startsWith('px ')) {
        this.messages.push(text)
      } else if (text.startsWith('error ')) {
        throw new Error(`${command}: ${text}`)
      } else if (text.split(' ')[0] === answer) {
        return text.slice(answer.length + 1)
      }
    }
  }

  async stats () {
    const text = await this.ask(`stats ${TOPIC}`, 'stats')
    return Object.fromEntries(text.split(' ').map((pair) => {
      const [name, number] = pair.split('=')
      return [name, Number(number)]
    }))
  }

  // Waits until `condition` holds for the statistics.
  until (condition, what) {
    return waitFor(async () => condition(await this.stats()), what)
  }
}

async function startTheirs (t, options = {}) {
  const host = await startLibp2p({
    services: baseServices({
      pubsub: gossipsub({ globalSignaturePolicy: 'StrictSign', ...options })
    })
  })
  t.after(() => host.stop())
  const theirs = { host, pubsub: host.services.pubsub, id: host.peerId.toString(), messages: [] }
  theirs.pubsub.addEventListener('message', ({ detail }) => theirs.messages.push(detail))
  return theirs
}

const joined = (theirs, ours) =>
  theirs.pubsub.getSubscribers(TOPIC).some((id) => id.toString() === ours.id)
const meshed = (theirs, ours) => theirs.pubsub.getMeshPeers(TOPIC).includes(ours.id)

async function join (t, kind) {
  const ours = await Ours.start(t, kind)
  const theirs = await startTheirs(t)
  theirs.pubsub.subscribe(TOPIC)
  await ours.ask(`subscribe ${TOPIC} accept`, 'subscribed')
  await theirs.host.dial(multiaddr(ours.address))
  await waitFor(() => meshed(theirs, ours), 'in their mesh')
  await ours.until((stats) => stats.mesh === 1, 'in our mesh')
  return { ours, theirs }
}

async function exchange (ours, theirs) {
  await theirs.pubsub.publish(TOPIC, encode('hello from js'))
  await ours.until((stats) => stats.delivered === 1, 'their message')
  assert.deepEqual(ours.messages, [`message ${TOPIC} ${theirs.id} hello from js`])
  await ours.ask(`publish ${TOPIC} hello from C`, 'published')
  await waitFor(() => theirs.messages.length > 0, 'our message')
  const [message] = theirs.messages
  assert.equal(message.type, 'signed') // and the signature was checked: StrictSign
  assert.equal(message.from.toString(), ours.id)
  assert.equal(message.topic, TOPIC)
  assert.equal(decode(message.data), 'hello from C')
  assert.equal(theirs.messages.length, 1)
  const stats = await ours.stats()
  assert.equal(stats.forged, 0)
  assert.equal(stats.malformed, 0)
}

test('messages travel both ways', async (t) => {
  const { ours, theirs } = await join(t)
  await exchange(ours, theirs)
  assert.match(await ours.ask(`peer ${theirs.id}`, 'peer'), /^1\.1\.0 [0-9.]+$/)
})

test('we dial, they answer', async (t) => {
  const ours = await Ours.start(t)
  const theirs = await startTheirs(t)
  theirs.pubsub.subscribe(TOPIC)
  await ours.ask(`connect ${addressOf(theirs.host)}`, 'connected')
  await ours.ask(`subscribe ${TOPIC} accept`, 'subscribed')
  await waitFor(() => meshed(theirs, ours), 'in their mesh')
  await exchange(ours, theirs)
})

test('with version 1.0.0', async (t) => {
  const { ours, theirs } = await join(t, '1.0.0')
  await exchange(ours, theirs)
  assert.match(await ours.ask(`peer ${theirs.id}`, 'peer'), /^1\.0\.0 /)
})

test('GRAFT and PRUNE', async (t) => {
  const { ours, theirs } = await join(t)
  // either may graft first; the other is then in the mesh without a GRAFT of its own
  theirs.pubsub.unsubscribe(TOPIC)
  await ours.until((stats) => stats.prune === 1 && stats.mesh === 0 && stats.subscribers === 0,
    'their PRUNE')
  await ours.ask(`unsubscribe ${TOPIC}`, 'unsubscribed')
  await waitFor(() => !joined(theirs, ours), 'our unsubscription')

  const others = await join(t)
  await others.ours.ask(`unsubscribe ${TOPIC}`, 'unsubscribed')
  await waitFor(() => !meshed(others.theirs, others.ours), 'our PRUNE')
  // within their backoff they do not graft us, nor we them; after ten seconds someone does
  await others.ours.ask(`subscribe ${TOPIC} accept`, 'subscribed')
  await waitFor(() => joined(others.theirs, others.ours), 'our subscription')
  await waitFor(() => meshed(others.theirs, others.ours), 'the mesh again')
  await others.ours.until((stats) => stats.mesh === 1, 'our mesh again')
  assert.match(await others.ours.ask(`peer ${others.theirs.id}`, 'peer'), / [0-9.]+$/)
})

test('we pass on between two of them, and they between two of us', async (t) => {
  const ours = await Ours.start(t)
  const theirs = [await startTheirs(t), await startTheirs(t)]
  await ours.ask(`subscribe ${TOPIC} accept`, 'subscribed')
  for (const one of theirs) {
    one.pubsub.subscribe(TOPIC)
    await one.host.dial(multiaddr(ours.address))
  }
  await ours.until((stats) => stats.mesh === 2, 'both in our mesh')
  await theirs[0].pubsub.publish(TOPIC, encode('through C'))
  await waitFor(() => theirs[1].messages.length === 1, 'what we passed on')
  assert.equal(theirs[1].messages[0].from.toString(), theirs[0].id)
  assert.equal(theirs[1].messages[0].type, 'signed')

  const between = await startTheirs(t)
  between.pubsub.subscribe(TOPIC)
  const ends = [await Ours.start(t), await Ours.start(t)]
  for (const end of ends) {
    await end.ask(`subscribe ${TOPIC} accept`, 'subscribed')
    await end.ask(`connect ${addressOf(between.host)}`, 'connected')
  }
  await waitFor(() => ends.every((end) => meshed(between, end)), 'both in their mesh')
  await ends[0].ask(`publish ${TOPIC} through js`, 'published')
  await ends[1].until((stats) => stats.delivered === 1, 'what they passed on')
  assert.deepEqual(ends[1].messages, [`message ${TOPIC} ${ends[0].id} through js`])
})

test('IHAVE and IWANT', async (t) => {
  // one that is in no mesh has only this way to pass a message on
  const ours = await Ours.start(t, 'shy')
  const theirs = [await startTheirs(t), await startTheirs(t)]
  await ours.ask(`subscribe ${TOPIC} accept`, 'subscribed')
  for (const one of theirs) {
    one.pubsub.subscribe(TOPIC)
    await one.host.dial(multiaddr(ours.address))
  }
  await ours.until((stats) => stats.subscribers === 2, 'their subscriptions')
  await waitFor(() => theirs.every((one) => joined(one, ours)), 'our subscription')
  await theirs[0].pubsub.publish(TOPIC, encode('by gossip'))
  await ours.until((stats) => stats.delivered === 1, 'their message')
  await waitFor(() => theirs[1].messages.length === 1, 'what they asked for')
  assert.equal(decode(theirs[1].messages[0].data), 'by gossip')
  // each names messages in its own way; who has one already is not told of it twice
  await pause(3000)
  const stats = await ours.stats()
  assert.ok(stats.iwant > 0)
  assert.equal(stats.mesh, 0)
  assert.equal(stats.received, 1)
})

test('what our validator refuses is not passed on', async (t) => {
  const ours = await Ours.start(t)
  const theirs = [await startTheirs(t), await startTheirs(t)]
  await ours.ask(`subscribe ${TOPIC} reject`, 'subscribed')
  for (const one of theirs) {
    one.pubsub.subscribe(TOPIC)
    await one.host.dial(multiaddr(ours.address))
  }
  await ours.until((stats) => stats.mesh === 2, 'both in our mesh')
  await theirs[0].pubsub.publish(TOPIC, encode('bad'))
  await ours.until((stats) => stats.rejected === 1 && stats.mesh === 1, 'the verdict')
  assert.match(await ours.ask(`peer ${theirs[0].id}`, 'peer'), / -[0-9.]+$/)
  assert.equal(theirs[1].messages.length, 0)
})

test('a forged signature is noticed', async (t) => {
  const { ours, theirs } = await join(t)
  const { sendRpc } = theirs.pubsub
  const forge = (message) =>
    ({ ...message, signature: message.signature.map((byte, i) => i === 9 ? byte ^ 1 : byte) })
  let forged = 0
  theirs.pubsub.sendRpc = function (id, rpc) {
    const messages = rpc.messages.map(forge)
    forged += messages.length
    return sendRpc.call(this, id, { ...rpc, messages })
  }
  await theirs.pubsub.publish(TOPIC, encode('forged'))
  assert.equal(forged, 1)
  await ours.until((stats) => stats.forged === 1, 'the forgery')
  assert.equal((await ours.stats()).delivered, 0)
  assert.deepEqual(ours.messages, [])
})

test('they name others when they prune us', async (t) => {
  const ours = await Ours.start(t)
  const theirs = await startTheirs(t, { doPX: true })
  const other = await startTheirs(t)
  for (const one of [theirs, other]) one.pubsub.subscribe(TOPIC)
  await ours.ask(`subscribe ${TOPIC} accept`, 'subscribed')
  await theirs.host.dial(multiaddr(addressOf(other.host)))
  await theirs.host.dial(multiaddr(ours.address))
  await waitFor(() => meshed(theirs, ours) && theirs.pubsub.getMeshPeers(TOPIC).includes(other.id),
    'both in their mesh')
  theirs.pubsub.unsubscribe(TOPIC)
  await ours.until((stats) => stats.prune === 1, 'their PRUNE')
  // with a record that the other peer signed, and one address in it
  assert.deepEqual(ours.messages, [`px ${other.id} 1`])
})
