#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Transfers, empty pages, narrow and dark windows."""

from gi.repository import GLib

from session import wait_for
from windowtest import WindowTest, main


class Transfers(WindowTest):
    scenario = 'busy'

    def setUp(self):
        super().setUp()
        self.see('Painter')
        self.activate('show-page', 'transfers')

    def test_shows_progress_and_sources(self):
        self.see(
            'In Progress', '4.1 MB of 8.9 MB · 2.3 MB/s · 3 s left', 'apps.example.org',
            '2.9 MB · 1.9 MB/s', '800.0 kB · 400.0 kB/s', 'This computer',
            'Waiting · 0 bytes of 48.1 MB', 'Ended', 'Done · 1.0 MB',
            'The disk is full. Free some space, then try again.', 'Clear Ended')
        self.shot('transfers')

    def test_cancel(self):
        self.see('In Progress')
        self.press('Cancel Transfer')
        self.wait_call('Transfer.Cancel')
        self.see('Cancelled*')

    def test_ended_ones_stay_and_can_be_cleared(self):
        self.see('holiday-pictures')
        self.fake('Drop', '(s)', '/org/shoal/Shoal/Daemon/Transfers/4')
        self.fake('Drop', '(s)', '/org/shoal/Shoal/Daemon/Transfers/2')
        self.see('holiday-pictures', 'The Shoal service stopped before it was done.')
        self.press('Clear Ended')
        self.see_not('holiday-pictures', 'Ended')
        self.see('Terminal')

    def test_done_moves_to_ended(self):
        self.see('In Progress')
        self.put('Transfers/1', 'Transfer', State=GLib.Variant('s', 'done'),
                 BytesDone=GLib.Variant('t', 8900000))
        self.see('Done · 8.9 MB')


class Empty(WindowTest):
    scenario = 'empty'

    def test_pages_say_what_to_do(self):
        self.see('No Apps Yet', 'Install an App…')
        self.shot('empty')
        self.activate('show-page', 'transfers')
        self.see('No Transfers')
        self.activate('show-page', 'network')
        self.see('No Peers Connected', 'Connect to an Address…')


class Narrow(WindowTest):
    scenario = 'busy'
    size = (360, 1000)
    # libadwaita 1.2, when its switcher in the title has no room
    harmless = ('gtk_widget_size_allocate(): attempt to allocate',)

    def width(self):
        return self.tree.frames()[0].area()[2]

    def test_fits(self):
        self.see('Painter', 'Apply', '1.0 MB of 34.2 MB fetched, 97% already here')
        self.shot('narrow-apps')
        self.assertLessEqual(self.width(), 360)
        for page in ('discover', 'transfers', 'network', 'apps'):
            self.activate('show-page', page)
        self.activate('show-app', 'org.example.Painter')
        self.see('Apply Update', 'Launch')
        self.assertLessEqual(self.width(), 360)


class Dark(WindowTest):
    is_dark = True

    def test_is_dark(self):
        self.see('Painter')
        self.shot('dark')
        path = self.session.dir / 'dark.png'

        def brightness():
            from gi.repository import GdkPixbuf
            self.session.screenshot(path)
            image = GdkPixbuf.Pixbuf.new_from_file(str(path))
            at = 300 * image.get_rowstride() + 30 * image.get_n_channels()
            return max(image.get_pixels()[at:at + 3])
        wait_for(lambda: brightness() < 80, 'a dark window')


if __name__ == '__main__':
    main()
