// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// A helia node that obeys the lines of bench-transfer: add FILE, connect ADDR, get CID SIZE.
// Chunks of 1 MiB under sha2-256, in memory: the fastest helia can do.

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { unixfs } from '@helia/unixfs'
import { multiaddr } from '@multiformats/multiaddr'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { CID } from 'multiformats/cid'
import { addressOf, startHelia } from './peers.mjs'

const helia = await startHelia()
const fs = unixfs(helia)

const commands = {
  async add (file) {
    const options = { chunker: fixedSize({ chunkSize: 1 << 20 }), rawLeaves: true }
    return `added ${await fs.addByteStream(createReadStream(file, { highWaterMark: 1 << 20 }), options)}`
  },
  async connect (address) {
    await helia.libp2p.dial(multiaddr(address))
    return `connected ${address}`
  },
  async get (cid, size) {
    const begin = performance.now()
    let n = 0
    for await (const part of fs.cat(CID.parse(cid))) n += part.byteLength
    if (n !== Number(size)) throw new Error(`got ${n} bytes`)
    return `got ${((performance.now() - begin) / 1000).toFixed(3)} ${n}`
  }
}

console.log(`listen ${addressOf(helia)}`)
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...args] = line.split(' ')
  try {
    console.log(await commands[name](...args))
  } catch (error) {
    console.log(`failed ${error.message}`)
  }
}
await helia.stop()
process.exit(0)
