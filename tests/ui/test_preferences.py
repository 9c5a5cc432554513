#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Settings: shown as the daemon has them, saved when changed, taken back when refused."""

from gi.repository import GLib

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


if __name__ == '__main__':
    main()
