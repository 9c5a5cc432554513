#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""What a person sees when something is not there or goes wrong."""

import shlex

from gi.repository import GLib

from session import wait_for
from windowtest import HERE, XML_DIR, WindowTest, main

DAEMON = 'org.shoal.Shoal.Daemon'
SHARING = 'Sharing is on: peers can fetch from this computer.'
GIVEN_UP = 'The Shoal service stops again and again.'


class NoDaemon(WindowTest):
    has_daemon = False

    def test_says_so_and_tries_again(self):
        self.see('Shoal Service Not Available', 'The Shoal service is not running.')
        self.assertFalse(self.is_enabled('install'))
        self.shot('unavailable')
        self.start_daemon()
        self.press('Try Again')
        self.see('Ready to Apply')
        self.assertTrue(self.is_enabled('install'))


class BrokenDaemon(WindowTest):
    has_daemon = False

    def prepare(self):
        self.session.add_service(DAEMON, '/bin/false')
        self.addCleanup((self.session.services / (DAEMON + '.service')).unlink)

    def test_cannot_be_started(self):
        self.see('Shoal Service Not Available', 'Try Again')


class StartedDaemon(WindowTest):
    has_daemon = False

    def prepare(self):
        command = ['/usr/bin/python3', HERE / 'fake_shoald.py', '--xml', XML_DIR]
        self.session.add_service(DAEMON, ' '.join(shlex.quote(str(a)) for a in command))
        self.addCleanup(self.end_started)
        self.addCleanup((self.session.services / (DAEMON + '.service')).unlink)

    def end_started(self):
        """The bus has started it and would keep it for the next test."""
        if self.has_name(DAEMON):
            self.fake('Vanish')
        wait_for(lambda: not self.has_name(DAEMON), 'the end of the started daemon')

    def test_is_started_and_started_again(self):
        self.see('Ready to Apply')
        self.put('Manager', 'Manager', PeerId=GLib.Variant('s', 'the first'))
        self.activate('show-page', 'network')
        self.see('the first')
        self.fake('Vanish')
        self.see_not('the first')
        self.see(SHARING)
        # One that stops again and again is no accident. On a machine that is slow enough, each
        # time is the first one again: it has run for a while.
        self.assertTrue(any(self.is_given_up() for _ in range(20)))
        self.see('Shoal Service Not Available')
        self.press('Try Again')
        self.see(SHARING)

    def is_given_up(self):
        self.put('Manager', 'Manager', PeerId=GLib.Variant('s', 'one more'))
        self.see('one more')
        self.fake('Vanish')
        self.see_not('one more')
        return wait_for(lambda: [text for text, _ in self.shown(
            lambda text: text in (SHARING, GIVEN_UP))], 'the page or its end') == [GIVEN_UP]


class Failures(WindowTest):
    scenario = 'failed'

    def test_failed_update(self):
        self.see('The signature is not the publisher’s. Nothing was installed; do not trust '
                 'where it came from.', 'Try Again')
        self.shot('failed')
        self.press('Try Again')
        self.wait_call('Update.Fetch')
        self.see('Downloading 356.0 kB of 890.0 kB')

    def test_refused_call(self):
        self.see('Try Again')
        self.fail_next('Fetch', 'WrongState', 'the update of Terminal is being removed')
        self.press('Try Again')
        self.hear('Could not download the update of “Terminal”. The update of Terminal is being '
                 'removed.')

    def test_markup_is_shown_as_it_is(self):
        self.see('Try Again')
        self.fail_next('Fetch', 'Failed', 'cannot read <b>a & b</b>')
        self.press('Try Again')
        self.hear('Could not download the update of “Terminal”. Cannot read <b>a & b</b>.')

    def test_full_disk_in_a_transfer(self):
        self.see('Try Again')
        self.press('Try Again')
        self.wait_call('Update.Fetch')
        self.put('Transfers/1', 'Transfer', State=GLib.Variant('s', 'failed'),
                 ErrorName=GLib.Variant('s', 'org.shoal.Shoal1.Error.NoSpace'),
                 ErrorMessage=GLib.Variant('s', 'write: no space'))
        self.hear('“org.example.Terminal” failed. The disk is full. Free some space, then try '
                 'again.')

    def test_hostile_values(self):
        """Wrong types, no text and absurd numbers must not break the window."""
        variant = GLib.Variant
        self.see('Try Again')
        self.put('Updates/org_2eexample_2eTerminal', 'Update',
                 State=variant('s', 'a state of the future'),
                 Progress=variant('d', 1e300), BytesTotal=variant('t', 2 ** 64 - 1),
                 BytesToFetch=variant('t', 2 ** 64 - 1), BytesSaved=variant('t', 2 ** 64 - 1),
                 NewVersion=variant('s', 'x' * 5000))
        self.put('Apps/evil', 'App', Id=variant('s', 'evil'), Name=variant('s', '<i>' * 400),
                 InstalledVersion=variant('s', '1'), State=variant('s', 'installed'),
                 IconPath=variant('s', '/etc/passwd'))
        self.put('Peers/evil', 'Peer', Agent=variant('s', '\u202e' + 'A' * 3000),
                 Addresses=variant('as', ['/' * 3000]), LatencyMs=variant('i', -2147483648))
        self.see('Painter')
        for page in ('network', 'discover', 'transfers', 'apps'):
            self.activate('show-page', page)
        self.see('Painter', 'Notes')


if __name__ == '__main__':
    main()
