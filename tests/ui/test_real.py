#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The window with the real daemon: a person installs, updates, applies and goes back.

Another real daemon is publisher and server. Nothing is made up here.
"""

import json
import os
import random
import subprocess

from session import wait_for
from windowtest import WindowTest, main

SHOALD = os.environ.get('SHOALD', 'shoald')
SHOALCTL = os.environ.get('SHOALCTL', 'shoalctl')
APP = 'org.example.Painter'
AUTHOR = 'org.shoal.Test.Author'
MIB = 1 << 20


class Real(WindowTest):
    has_daemon = False

    def prepare(self):
        self.nodes_dir = self.session.dir / self.id()
        self.nodes_dir.mkdir()
        self.random = random.Random(5)
        self.start_node('author', AUTHOR, '--mini-master', '--http', '127.0.0.1:0',
                        '--listen', '/ip4/127.0.0.1/tcp/0')
        url = wait_for(lambda: self.ctl('status').get('http_address'), 'the server')
        self.start_node('user', 'org.shoal.Shoal.Daemon', '--master', 'http://' + url)

    def start_node(self, name, bus_name, *args):
        directory = self.nodes_dir / name
        directory.mkdir()
        node = self.session.spawn(SHOALD, '--data-dir', directory / 'data', '--config',
                                  directory / 'conf', '--bus-name', bus_name, '--no-mdns', *args)
        self.addCleanup(self.session.end, node)
        wait_for(lambda: self.ctl('status', bus_name=bus_name).get('state') == 'running',
                 'the daemon %s' % name)

    def ctl(self, *args, bus_name=AUTHOR):
        done = subprocess.run([SHOALCTL, '--bus-name', bus_name, '--json', *map(str, args)],
                              env=self.session.env, capture_output=True, text=True, timeout=60)
        if args[0] != 'status':
            self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def publish(self, version, content):
        folder = self.nodes_dir / version
        (folder / 'bin').mkdir(parents=True)
        program = folder / 'bin' / 'painter'
        program.write_text('#!/bin/sh\nexit 0\n')
        program.chmod(0o755)
        (folder / 'brushes').write_bytes(content)
        return self.ctl('publish', folder, '--app', APP, '--version', version, '--name',
                        'Painter', '--exec', 'bin/painter')

    def test_from_link_to_roll_back(self):
        content = self.random.randbytes(10 * MIB)
        published = self.publish('1.0.0', content)
        self.see('Share What You Have?')
        self.press('Download Only')
        self.see('No Apps Yet')
        self.activate('install')
        self.see('Painter')
        self.activate('show-page', 'discover')
        self.see('All Apps', 'Painter', 'Install')
        self.shot('real-discover')
        self.activate('show-listing', APP)
        self.see('Version', '1.0.0', 'Back')
        self.activate('install-listing', published['link'])
        self.see('Publisher fingerprint', published['fingerprint'])
        self.press_in_dialog('Install')
        self.see('Installed: 1.0.0', 'Show Installed App')
        self.shot('real-listing')
        self.activate('show-page', 'network')
        self.see('How Peers and Apps Are Found', 'Local network')
        self.shot('real-network')
        self.activate('show-page', 'apps')
        self.see('Installed', 'Painter', 'Launch')
        self.see('1.0.0*')

        content = content[:3 * MIB] + self.random.randbytes(MIB) + content[4 * MIB:]
        self.publish('1.1.0', content)
        self.activate('check')
        self.see('1.0.0 → 1.1.0', 'Available')
        self.press('Update')
        self.see('Ready to Apply', '1.0.0 → 1.1.0', '1.0 MB of 10.5 MB fetched, 90% already here', 'Apply')
        self.shot('real-staged')
        self.press('Apply')
        self.see_not('Ready to Apply')
        self.see('1.1.0*')
        self.activate('show-page', 'transfers')
        self.see('Ended')
        self.shot('real-transfers')
        self.activate('show-app', APP)
        self.press('Roll Back')
        self.see('Skipped version', '1.1.0', '1.0.0')
        self.activate('back')
        self.activate('remove', APP)
        self.press('Remove')
        self.see('No Apps Yet')


if __name__ == '__main__':
    main()
