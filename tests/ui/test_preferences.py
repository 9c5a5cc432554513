#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Settings: shown as the daemon has them, saved when changed, taken back when refused."""

from gi.repository import GLib

from a11y import Gone
from session import wait_for
from windowtest import WindowTest, main


class Preferences(WindowTest):
    scenario = 'empty'

    def setUp(self):
        super().setUp()
        self.see('No Apps Yet')
        self.activate('preferences')
        self.see('Preferences', 'Sharing', 'Upload limit')

    def test_shows_values(self):
        value = self.find_with('Value', 'Upload limit')
        wait_for(lambda: value.value() == 2000, 'the limit of 2000 kB/s')
        self.hear('1.8 GB stored, 1.2 GB shared with installed apps')
        self.shot('preferences')

    def test_saves_a_limit(self):
        spin = self.find_with('Value', 'Download limit')
        spin.set_value(500)
        self.wait_call("Manager.SetConfig({'max-download-bps': <uint64 500000>}")

    def test_follows_the_daemon(self):
        self.put('Manager', 'Manager', MaxUploadBps=GLib.Variant('t', 7000))
        value = self.find_with('Value', 'Upload limit')
        wait_for(lambda: value.value() == 7, 'the limit of 7 kB/s')

    def test_refused_value_is_taken_back(self):
        self.fail_next('SetConfig', 'InvalidConfig', 'max-upload-bps is too large')
        spin = self.find_with('Value', 'Upload limit')
        spin.set_value(9000000)
        self.hear('Max-upload-bps is too large.')
        wait_for(lambda: spin.value() == 2000, 'the old limit')

    def test_refusal_is_no_markup(self):
        self.fail_next('SetConfig', 'InvalidConfig', 'max-upload-bps is <b>too</b> large')
        self.find_with('Value', 'Upload limit').set_value(9000000)
        main = self.tree.frames()[0].path
        wait_for(lambda: [node for _, node in self.nodes(
            lambda text: text == 'Max-upload-bps is <b>too</b> large.')
            if node.frame.path != main], 'the refusal in the dialog')

    def test_news_do_not_disturb_who_types(self):
        entry = self.find_with('EditableText', 'Upload limit')
        entry.set_text('12')
        self.put('Manager', 'Manager', MaxDownloadBps=GLib.Variant('t', 7000))
        value = self.find_with('Value', 'Download limit')
        wait_for(lambda: value.value() == 7, 'the news')
        self.assertEqual(entry.text(), '12')


class Mesh(WindowTest):
    scenario = 'empty'

    def setUp(self):
        super().setUp()
        self.see('No Apps Yet')
        self.activate('preferences')
        self.find_with('Component', 'Ask for apps')

    def named(self, name):
        return [text for text, _ in self.nodes(lambda text: text == name)]

    def test_shows_modes_in_words(self):
        self.hear('The server first; when it does not answer, or knows less, the peers')
        self.hear('Helps others find things once they can reach this computer')
        self.put('Manager', 'Manager', RegistryMode=GLib.Variant('s', 'p2p'),
                 DhtMode=GLib.Variant('s', 'client'))
        self.hear('Peers only: works with no server at all')
        self.hear('Only asks, which needs the least traffic')
        self.put('Manager', 'Manager', RegistryMode=GLib.Variant('s', 'of the future'))
        self.hear('Peers only: works with no server at all')

    def test_switches(self):
        self.press_switch('Find peers in the local network')
        self.wait_call("Manager.SetConfig({'mdns': <false>}")
        self.press_switch('Announce what is published here')
        self.wait_call("Manager.SetConfig({'announce': <false>}")

    def press_switch(self, name):
        def push():
            try:
                return next((node.press() for _, node in self.nodes(lambda text: text == name)
                             if node.role() in ('toggle button', 'switch')), False)
            except Gone:
                return False
        wait_for(push, 'a press on the switch %s' % name)

    def test_bootstrap_peers(self):
        self.put('Manager', 'Manager', Bootstrap=GLib.Variant('as', ['/ip4/192.0.2.7/p2p/A',
                                                                     '/ip4/192.0.2.8/p2p/B']))
        self.hear('/ip4/192.0.2.8/p2p/B')
        self.press_any('Remove')
        self.wait_call("Manager.SetConfig({'bootstrap': <['/ip4/192.0.2.8/p2p/B']>}")
        wait_for(lambda: not self.named('/ip4/192.0.2.7/p2p/A'), 'the end of the first peer')


if __name__ == '__main__':
    main()
