// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Shoal authors
//
// The daemon itself beside helia.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

import { startHelia } from './peers.mjs'
import { Running, call, temporaryDir } from './programs.mjs'

// For the largest file, on a busy machine.
export const DEADLINE_MS = 400_000

const BUS_NAME = 'org.shoal.Test.Interop'

// One shoald that shares, on a private bus, and helia connected to it.
export async function start (t) {
  const dir = await temporaryDir(t)
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'],
    { stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(() => bus.kill())
  const [address] = await once(bus.stdout, 'data')
  const env = {
    ...process.env,
    DBUS_SESSION_BUS_ADDRESS: String(address).trim(),
    HOME: dir,
    XDG_DATA_HOME: path.join(dir, 'share'),
    XDG_CONFIG_HOME: path.join(dir, 'config')
  }
  const daemon = new Running('shoald', ['--data-dir', path.join(dir, 'data'), '--bus-name', BUS_NAME,
    '--no-mdns', '--sharing', 'on', '--listen', '/ip4/127.0.0.1/tcp/0'], { env })
  t.after(() => daemon.stop())
  const ctl = async (...args) => {
    const { stdout } = await call('shoalctl', ['--bus-name', BUS_NAME, '--json', ...args],
      { env, timeout: DEADLINE_MS })
    return stdout.trim() ? JSON.parse(stdout) : null
  }
  let status = null
  for (const end = performance.now() + DEADLINE_MS; !status?.listen_addresses?.length;) {
    status = await ctl('status').catch((error) => {
      if (performance.now() > end) throw error
      return null
    })
  }
  const helia = await startHelia()
  t.after(() => helia.stop())
  const ours = status.listen_addresses.find((text) => text.startsWith('/ip4/127.0.0.1/'))
  return { dir, ctl, helia, ours }
}
