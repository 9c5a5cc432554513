#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The Network page: the mesh as a picture that keys can walk, as a list, and its state."""

from gi.repository import GLib

from a11y import click
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
        picture = next(node for text, node in self.nodes() if 'around it' in text)
        x, y, width, height = picture.area()
        click(self.tree.bus, x + width // 2, y + height // 2)
        wait_for(picture.is_focused, 'the focus on the picture')

    def picture(self):
        """What a screen reader says of the picture now."""
        return next((text for text, node in self.nodes() if node.role() in ('image', 'icon')
                     and ('around it' in text or ' ms' in text or ', —' in text)), None)

    def show_list(self):
        self.press('Show as a list')
        self.see('Connected Peers')


class Picture(NetworkTest):
    def test_says_what_it_shows(self):
        self.see('The Mesh: 3 Peers', 'Local network', 'Internet', 'Over a relay',
                 'Serves an office')
        wait_for(lambda: self.picture() == ALONE % 3, 'the picture with three peers')
        self.shot('network')

    def test_keys_walk_to_every_peer_and_back(self):
        wait_for(lambda: self.picture() == ALONE % 3, 'the picture with three peers')
        self.tab_to(lambda text: 'around it' in text)
        seen = []
        for _ in range(3):
            before = self.picture()
            self.type_keys('Right')
            seen.append(wait_for(lambda: self.picture() != before and self.picture(),
                                 'the next peer'))
        self.assertEqual(sorted(seen), sorted([NEAR, FAR, UNKNOWN]))
        self.type_keys('Home')
        wait_for(lambda: self.picture() == ALONE % 3, 'this computer again')
        self.type_keys('Left')
        wait_for(lambda: self.picture() == seen[-1], 'the last peer, backwards')

    def test_enter_shows_details(self):
        wait_for(lambda: self.picture() == ALONE % 3, 'the picture with three peers')
        self.focus_picture()
        while self.picture() != FAR:
            before = self.picture()
            self.type_keys('Right')
            wait_for(lambda: self.picture() != before, 'the next peer')
        self.type_keys('Return')
        self.hear('12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp')
        self.hear('Very good')
        self.hear('shares apps, helps others find things')
        self.shot('network-details')

    def test_follows_peers_that_come_and_go(self):
        wait_for(lambda: self.picture() == ALONE % 3, 'the picture with three peers')
        self.put('Peers/new', 'Peer', PeerId=GLib.Variant('s', '12D3KooWNew'),
                 Kind=GLib.Variant('s', 'mini-master'), LatencyMs=GLib.Variant('i', 2))
        wait_for(lambda: self.picture() == ALONE % 4, 'the new peer')
        self.see('The Mesh: 4 Peers')
        self.fake('Drop', '(s)', '/org/shoal/Shoal/Daemon/Peers/new')
        wait_for(lambda: self.picture() == ALONE % 3, 'the end of the new peer')

    def test_the_selected_one_may_go(self):
        wait_for(lambda: self.picture() == ALONE % 3, 'the picture with three peers')
        self.focus_picture()
        while self.picture() != UNKNOWN:
            before = self.picture()
            self.type_keys('Right')
            wait_for(lambda: self.picture() != before, 'the next peer')
        self.type_keys('Return')
        self.hear(PEER)
        self.fake('Drop', '(s)', '/org/shoal/Shoal/Daemon/Peers/' + PEER)
        wait_for(lambda: self.picture() == ALONE % 2, 'this computer again')

    def test_zoom(self):
        wait_for(lambda: self.picture() == ALONE % 3, 'the picture with three peers')
        for name in ('Zoom In', 'Zoom In', 'Zoom Out', 'Show All'):
            self.press(name)
        self.assertEqual(self.picture(), ALONE % 3)


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
        wait_for(lambda: self.picture() == ALONE % 500, 'the picture with 500 peers')
        self.focus_picture()
        self.type_keys('Up')
        wait_for(lambda: ' ms' in (self.picture() or ''), 'a peer')
        self.shot('network-many')
        self.show_list()
        self.see('shoal/0.1.0')
        rows = len(self.nodes(lambda text: text == 'Disconnect'))
        self.assertLess(rows, 100)
        self.find_with('Action', 'Show More').press()
        wait_for(lambda: len(self.nodes(lambda text: text == 'Disconnect')) > rows,
                 'more rows')


if __name__ == '__main__':
    main()
