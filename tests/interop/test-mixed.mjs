// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// A network of twenty: ten nodes of ours and ten of js-libp2p. Everything that one kind
// enters into the DHT the other kind finds, and what anyone says on a topic reaches all.
// Nobody is connected to all when it begins.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { Ours, Theirs } from './lib/mixed.mjs'

const N_EACH = 10
const N_LINKS = 3 // that each node dials, besides its neighbour in the ring
const AT_ONCE = 8 // questions under way
const N_SEEKERS = 3 // nodes of the other kind that look for each record
const DEADLINE_MS = 120_000
const TOPIC = 'scm/global/updates'
const seed = Number(process.env.SHOAL_SEED ?? Math.floor(Math.random() * 2 ** 31))

// mulberry32: small, and the same everywhere.
function makeRandom (state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

async function waitFor (condition, what) {
  const end = performance.now() + DEADLINE_MS
  for (;;) {
    const missing = await condition()
    if (!missing) return
    if (performance.now() > end) throw new Error(`not within ${DEADLINE_MS} ms: ${what}: ${missing}`)
    await pause(50)
  }
}

// Runs all the jobs, a few at a time; the first that fails ends it.
async function runAll (jobs) {
  const waiting = [...jobs]
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let job = waiting.shift(); job != null; job = waiting.shift()) await job()
  }))
}

const cidOf = async (text) => CID.createV1(raw.code, await sha256.digest(new TextEncoder().encode(text)))

async function versionOf (name) {
  const file = path.join(import.meta.dirname, 'node_modules', name, 'package.json')
  return JSON.parse(await readFile(file, 'utf8')).version
}

async function start (t) {
  const ours = await Promise.all(Array.from({ length: N_EACH }, (_, i) => Ours.start(`shoal-${i}`)))
  const theirs = await Promise.all(Array.from({ length: N_EACH }, (_, i) => Theirs.start(`js-${i}`)))
  // One of each in turn, so that every neighbour in the ring is of the other kind.
  const nodes = ours.flatMap((node, i) => [node, theirs[i]])
  t.after(() => Promise.all(nodes.map((node) => node.stop())))
  return { ours, theirs, nodes }
}

async function link (nodes) {
  const random = makeRandom(seed)
  const jobs = []
  nodes.forEach((node, i) => {
    const others = new Set([(i + 1) % nodes.length])
    while (others.size < 1 + N_LINKS) {
      const j = Math.floor(random() * nodes.length)
      if (j !== i) others.add(j)
    }
    // Two that dial each other at once may each lose one connection.
    for (const j of others) {
      jobs.push(() => waitFor(() => node.connect(nodes[j].address).then(() => '', (error) => error.message),
        `${node.name} connects to ${nodes[j].name}`))
    }
  })
  await runAll(jobs)
}

const pairs = (from, to) => from.flatMap((a) => to.map((b) => [a, b]))

// Each holder with some of those who look for what it has.
const seekers = (from, holders) => holders.flatMap((holder, i) =>
  Array.from({ length: N_SEEKERS }, (_, j) => [from[(i + 3 * j) % from.length], holder]))
const table = {}

async function measure (row, column, jobs) {
  const begin = performance.now()
  await runAll(jobs)
  table[row] ??= {}
  table[row][column] = `${jobs.length} of ${jobs.length}`
  table[row].seconds = ((table[row].seconds ?? 0) + (performance.now() - begin) / 1000)
}

test('ten of ours and ten of js-libp2p are one network', { timeout: 580_000 }, async (t) => {
  t.diagnostic(`SHOAL_SEED=${seed}`)
  const { ours, theirs, nodes } = await start(t)
  await link(nodes)

  await t.test('all learn of each other', () => waitFor(async () => {
    const small = []
    for (const node of nodes) {
      const size = await node.tableSize()
      if (size < 4) small.push(`${node.name} ${size}`)
    }
    return small.join(', ')
  }, 'routing tables'))

  await t.test('provider records', async () => {
    const cids = new Map()
    for (const node of nodes) cids.set(node, await cidOf(`content of ${node.name} ${seed}`))
    await runAll(nodes.map((node) => () => node.provide(cids.get(node))))
    const find = ([seeker, holder]) => async () => {
      // ADD_PROVIDER has no answer: it may still be on its way when provide() ends.
      let found = []
      await waitFor(async () => {
        found = await seeker.providers(cids.get(holder), AbortSignal.timeout(DEADLINE_MS)).catch(() => [])
        return found.length > 0 ? '' : holder.name
      }, `${seeker.name} finds a provider`)
      assert.deepEqual(found, [holder.peer], `${seeker.name} looks for ${holder.name}`)
    }
    await measure('provider records', 'ours found by theirs', seekers(theirs, ours).map(find))
    await measure('provider records', 'theirs found by ours', seekers(ours, theirs).map(find))
  })

  await t.test('values', async () => {
    const key = (node) => `/test/${node.name}-${seed}`
    await runAll(nodes.map((node) => () => node.put(key(node), `value-of-${node.name}`)))
    const read = ([seeker, holder]) => async () => {
      // put() ends when enough peers have answered, which need not be those asked here.
      let value
      await waitFor(() => seeker.get(key(holder), AbortSignal.timeout(DEADLINE_MS)).then(
        (found) => { value = found; return '' }, (error) => error.message),
      `${seeker.name} finds a value`)
      assert.equal(value, `value-of-${holder.name}`, `${seeker.name} reads ${holder.name}`)
    }
    await measure('values', 'ours found by theirs', seekers(theirs, ours).map(read))
    await measure('values', 'theirs found by ours', seekers(ours, theirs).map(read))
  })

  await t.test('messages of a topic', async () => {
    await runAll(nodes.map((node) => () => node.subscribe(TOPIC)))
    await waitFor(async () => {
      const lonely = []
      for (const node of nodes) if (await node.meshSize(TOPIC) < 2) lonely.push(node.name)
      return lonely.join(', ')
    }, 'everybody in a mesh')
    for (const [column, authors] of [['ours found by theirs', ours], ['theirs found by ours', theirs]]) {
      const text = `from-${authors[0].kind}`
      await measure('messages', column, pairs(authors, nodes.filter((node) => !authors.includes(node)))
        .map(([author, reader]) => async () => {
          if (!author.hasPublished) {
            author.hasPublished = true
            await author.publish(TOPIC, text)
          }
          await waitFor(async () => reader.messages.has(`${author.peer} ${text}`) ? '' : reader.name,
            `a message of ${author.name}`)
        }))
      // And those of the same kind.
      await waitFor(async () => {
        const missing = pairs(authors, authors).filter(([author, reader]) =>
          author !== reader && !reader.messages.has(`${author.peer} ${text}`))
        return missing.map(([author, reader]) => `${author.name} to ${reader.name}`).join(', ')
      }, 'messages among one kind')
    }
  })

  const versions = await Promise.all(['libp2p', '@libp2p/kad-dht', '@libp2p/gossipsub'].map(
    async (name) => `${name} ${await versionOf(name)}`))
  t.diagnostic(`${N_EACH} shoal nodes and ${N_EACH} js-libp2p nodes: ${versions.join(', ')}, ` +
    `Node ${process.versions.node}`)
  const columns = ['ours found by theirs', 'theirs found by ours']
  t.diagnostic(['what'.padEnd(18), ...columns.map((c) => c.padEnd(22)), 'seconds'].join(''))
  for (const [name, row] of Object.entries(table)) {
    t.diagnostic([name.padEnd(18), ...columns.map((c) => row[c].padEnd(22)),
      row.seconds.toFixed(1)].join(''))
  }
})
