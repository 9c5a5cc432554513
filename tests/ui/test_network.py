#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The Network page: the mesh as a picture that keys can walk, as a list, and its state."""

from gi.repository import GLib

from a11y import Gone, click
from session import wait_for
from windowtest import WindowTest, main

PEER = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
NEAR = 'shoal/0.1.0 …TP6QRMuD, Local network, 46 ms'
FAR = 'shoal/0.1.0 …vnc6iDEp, Internet, 18 ms'
UNKNOWN = 'js-libp2p/3.1.2 UserAgent=v22.11.0 …4kx6nXTN, Internet, —'
ALONE = 'This computer, with %d peers around it'


class NetworkTest(WindowTest):
    def setUp(self):
        super().setUp()
        self.see('Painter')
        self.activate('show-page', 'network')

    def focus_picture(self):
        """By a click on this computer, which is in the middle and has no details."""
        def look():
            try:
                picture = self.find_picture()[1]
                if picture.is_focused():
                    return True
                x, y, width, height = picture.area()
                click(self.tree.bus, x + width // 2, y + height // 2)
            except Gone:
                pass
            return False
        wait_for(look, 'the focus on the picture')

    def find_picture(self):
        """What a screen reader says of the picture now, and its node."""
        def look():
            try:
                return next(((text, node) for text, node in self.nodes(
                    lambda text: 'around it' in text or ' ms' in text or ', —' in text)
                    if node.role() in ('image', 'icon')), None)
            except Gone:
                return None
        return wait_for(look, 'the picture')

    def wait_picture(self, wanted, what):
        """Waits until the picture says something that is wanted; returns it."""
        def look():
            text = self.find_picture()[0]
            return text if wanted(text) else None
        return wait_for(look, what)

    def wait_alone(self, n_peers):
        self.wait_picture(lambda text: text == ALONE % n_peers,
                          'the picture with %d peers' % n_peers)

    def step(self, key):
        """Types a key that moves on in the picture; returns what the picture says then."""
        before = self.find_picture()[0]
        self.type_keys(key)
        return self.wait_picture(lambda text: text != before, 'what comes after ' + before)

    def walk_to(self, name):
        self.focus_picture()
        seen = []
        while name not in seen:
            self.assertLess(len(seen), 10, seen)
            seen.append(self.step('Right'))

    def show_list(self):
        self.press('Show as a list')
        self.see('Connected Peers')


class Picture(NetworkTest):
    def setUp(self):
        super().setUp()
        self.wait_alone(3)

    def test_says_what_it_shows(self):
        self.see('The Mesh: 3 Peers', 'Local network', 'Internet', 'Over a relay',
                 'Serves an office')
        self.shot('network')

    def test_keys_walk_to_every_peer_and_back(self):
        self.tab_to(lambda text: 'around it' in text)
        seen = [self.step('Right') for _ in range(3)]
        self.assertEqual(sorted(seen), sorted([NEAR, FAR, UNKNOWN]))
        self.type_keys('Home')
        self.wait_alone(3)
        self.assertEqual(self.step('Left'), seen[-1])

    def test_enter_shows_details(self):
        self.walk_to(FAR)
        self.type_keys('Return')
        self.hear('12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp')
        self.hear('Very good')
        self.hear('shares apps, helps others find things')
        self.shot('network-details')

    def test_follows_peers_that_come_and_go(self):
        self.put('Peers/new', 'Peer', PeerId=GLib.Variant('s', '12D3KooWNew'),
                 Kind=GLib.Variant('s', 'mini-master'), LatencyMs=GLib.Variant('i', 2))
        self.wait_alone(4)
        self.see('The Mesh: 4 Peers')
        self.fake('Drop', '(s)', '/org/shoal/Shoal/Daemon/Peers/new')
        self.wait_alone(3)

    def test_the_selected_one_may_go(self):
        self.walk_to(UNKNOWN)
        self.type_keys('Return')
        self.hear(PEER)
        self.fake('Drop', '(s)', '/org/shoal/Shoal/Daemon/Peers/' + PEER)
        self.wait_alone(2)

    def test_zoom(self):
        for name in ('Zoom In', 'Zoom In', 'Zoom Out', 'Show All'):
            self.press(name)
        self.wait_alone(3)


class List(NetworkTest):
    def test_shows_us_and_them(self):
        self.show_list()
        self.see('js-libp2p/3.1.2 UserAgent=v22.11.0', '18 ms', '1.9 MB/s', 'Bootstrap peer',
                 '/ip4/198.51.100.23/tcp/51822')
        self.shot('network-list')

    def test_disconnect(self):
        self.show_list()
        self.see('js-libp2p/3.1.2 UserAgent=v22.11.0')
        self.activate('disconnect', PEER)
        self.wait_call('Peer.Disconnect')
        self.see_not('js-libp2p/3.1.2 UserAgent=v22.11.0')

    def test_connect(self):
        self.show_list()
        self.activate('connect')
        self.see('Connect to a Peer', 'Cancel')
        self.press('Cancel')
        self.activate('connect-to', '/ip4/203.0.113.5/tcp/4001')
        self.hear('Could not connect to the peer. No peer or server could be reached. Check the '
                 'network connection.')
        self.activate('connect-to', '/ip4/203.0.113.5/tcp/4001/p2p/12D3KooWNew')
        self.wait_call("Manager.Connect('/ip4/203.0.113.5/tcp/4001/p2p/12D3KooWNew'")
        self.see('/ip4/203.0.113.5/tcp/4001')


class Status(NetworkTest):
    size = (820, 1380)

    def test_tells_how_peers_are_found(self):
        self.see('How Peers and Apps Are Found', 'Behind a router; reachable through 1 relay',
                 'On, 2 peers found', 'scm/global/updates: 12 peers\nscm/global/plugins: 1 peer',
                 'Answers others and keeps 12 entries for them. Knows 214 peers in the world, '
                 '3 nearby', '1 of 1 connected', '3 apps are known, 1 is announced from here')
        self.see('This Computer', '12D3KooWPq2WfFvqGCkJ1cHCuQhG6Xo8ZnqGjM4aT9r5L1bY3dEf')

    def test_hostile_status(self):
        self.see('On, 2 peers found')
        self.fake('Status', '(a{sv})', {
            'dht': GLib.Variant('s', 'no dictionary'), 'mdns': GLib.Variant('a{sv}', {}),
            'gossip': GLib.Variant('a{sv}', {'topics': GLib.Variant('s', 'none')}),
            'bootstrap': GLib.Variant('as', ['x']), 'relays': GLib.Variant('i', 4)})
        self.see('Turned off in the preferences', 'No topic is followed')


class Many(NetworkTest):
    scenario = 'many_peers'

    def test_500_peers(self):
        self.see('The Mesh: 500 Peers')
        self.wait_alone(500)
        self.focus_picture()
        self.assertIn(' ms', self.step('Up'))
        self.shot('network-many')
        self.show_list()
        self.see('shoal/0.1.0')
        rows = len(self.nodes(lambda text: text == 'Disconnect'))
        self.assertLess(rows, 100)
        self.press_any('Show More')
        wait_for(lambda: len(self.nodes(lambda text: text == 'Disconnect')) > rows,
                 'more rows')


if __name__ == '__main__':
    main()
