#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The Discover page: search as one types, categories, installing, warnings."""

from gi.repository import GLib

from session import wait_for
from windowtest import WindowTest, main

FINGERPRINT = 'SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8'
# Of the app, not of the category of this name, which is there before anything is found.
MAPS = 'Find your way without a network'
SPLIT = 'The server offers org.example.Painter 2.4.0, but peers have already seen 2.5.0.'


class DiscoverTest(WindowTest):
    first = 'All Apps'

    def setUp(self):
        super().setUp()
        wait_for(lambda: self.is_enabled('search'), 'the pages')
        self.activate('show-page', 'discover')
        self.see(self.first)

    def type(self, text):
        self.find_with('EditableText', 'Search apps by name').set_text(text)


class Discover(DiscoverTest):
    def test_shows_what_is_known(self):
        self.see('Charts', 'Maps', 'Office', 'Science', 'Draw diagrams of numbers',
                 'Figures & Co. · eUXGGm1YGsMA…', 'Publisher not known', 'Not verified',
                 'This computer · 3 peers', 'Asked 5 peers, 4 answered. The server answered.',
                 'Installed')
        self.shot('discover')

    def test_rows_speak_in_one_sentence(self):
        self.hear('Maps, version 0.9.4. Find your way without a network. Publisher: Publisher '
                  'not known, Not verified. Found at: Server. ')

    def test_search_as_one_types(self):
        self.see(MAPS)
        self.forget_calls()
        self.type('diagrams')
        self.see('Found', 'Charts')
        self.see_not('Maps')
        self.wait_call("Manager.StartSearch('diagrams'")
        self.type('nothing like it')
        self.see('Nothing Found')
        self.shot('discover-none')
        self.type('')
        self.see('All Apps', 'Maps')

    def test_category(self):
        self.see(MAPS)
        self.press_any('Science, 1 app')
        self.see('Found', 'Charts')
        self.see_not('Maps')
        self.assertIn("'category': <'Science'>",
                      self.wait_call("Manager.StartSearch('', {'limit': <uint32 100>, 'cat"))
        self.press_any('Science')
        self.see('All Apps', 'Maps')

    def test_keyboard(self):
        self.activate('show-page', 'apps')
        self.see('Painter')
        self.type_keys('ctrl+f')
        self.see('All Apps')
        self.type_keys('m', 'a', 'p')
        self.see('Found', 'Maps')
        self.see_not('Charts')
        self.type_keys('Escape')
        self.see('All Apps', 'Charts')

    def test_details_and_install(self):
        self.see('Charts')
        # A catalog that grows makes the page search again: nothing here may count searches.
        self.type('maps')
        self.see('Found')
        self.type('')
        self.see('Charts')
        self.activate('show-listing', 'org.example.Charts')
        self.see('Signature checked', FINGERPRINT, '48.1 MB', 'Office · Science', 'Back',
                 'shoal:org.example.Charts?publisher=' + FINGERPRINT, '1.8.1')
        self.shot('discover-details')
        self.press('Install')
        self.see('Signed By', 'Publisher fingerprint')
        self.wait_call("Manager.Inspect('shoal:org.example.Charts?publisher=")
        self.press_in_dialog('Install')
        call = self.wait_call('Manager.Install')
        self.assertIn("'publisher': <'%s'>" % FINGERPRINT, call)
        self.see('16.0 MB of 48.1 MB · 1.0 MB/s · 33 s left')
        self.activate('back')
        self.see('All Apps', '16.0 MB of 48.1 MB · 1.0 MB/s · 33 s left')
        self.shot('discover-installing')
        self.put('Apps/org_2eexample_2eCharts', 'App', Id=GLib.Variant('s', 'org.example.Charts'),
                 InstalledVersion=GLib.Variant('s', '1.8.1'), State=GLib.Variant('s', 'installed'))
        self.put('Transfers/1', 'Transfer', State=GLib.Variant('s', 'done'))
        self.see_not('16.0 MB of 48.1 MB · 1.0 MB/s · 33 s left')
        self.hear('Charts, version 1.8.1. Draw diagrams of numbers. Publisher: Figures & Co. · '
                  'eUXGGm1YGsMA…, Signature checked. Found at: This computer · 3 peers. '
                  'Installed: 1.8.1')

    def test_another_version(self):
        self.see('Charts')
        self.activate('show-listing', 'org.example.Charts')
        self.see('Signature checked')
        self.activate('install-listing', 'org.example.Charts@^1.2')
        self.wait_call("Manager.Inspect('org.example.Charts@^1.2'")
        self.see('1.2.0')

    def test_not_verified_is_said_calmly(self):
        self.see(MAPS)
        self.activate('show-listing', 'org.example.Maps')
        self.see('Not verified', 'Nobody has said yet who signs this app. You see the '
                 'fingerprint of its publisher before anything is installed.')

    def test_a_link_opens_the_dialog(self):
        self.see('Charts')
        self.activate('search')
        self.type('shoal:org.example.Charts')
        self.see('Nothing Found')
        self.type_keys('Return')
        self.wait_call("Manager.Inspect('shoal:org.example.Charts'")
        self.see('Signed By')

    def test_fails(self):
        self.see(MAPS)
        self.fail_next('search', 'Protocol', 'the server answered with noise')
        self.type('zebra')
        self.see('Cannot Search', 'The server answered with noise.', 'Try Again')
        self.type('')
        self.see(MAPS)
        self.fail_next('search', 'Unreachable', 'nobody')
        self.type('zebra')
        self.see('Nobody Can Be Reached',
                 'No peer or server could be reached. Check the network connection.')
        self.shot('discover-offline')
        self.press('Try Again')
        self.see('Nothing Found')

    def test_without_a_server(self):
        self.see(MAPS)
        self.fail_next('StartSearch', 'NotFound', 'no Master Server')
        self.type('zebra')
        self.see('Cannot Search', 'Only the server may be asked, but none is set. Enter its '
                 'address in the preferences, or let peers be asked as well.')

    def test_hostile_results(self):
        self.see(MAPS)
        text = GLib.Variant('s', '<b>' * 300)
        self.fake('Results', '(aa{sv})', [
            {'app': text, 'name': text, 'summary': text, 'sources': text,
             'publishers': GLib.Variant('i', 4), 'size': GLib.Variant('t', 2 ** 64 - 1)},
            {'name': text}, {'app': GLib.Variant('i', 1)},
            {'app': GLib.Variant('s', 'org.example.Good'),
             'version': GLib.Variant('s', '\u202e1.0')}])
        self.type('x')
        self.see('org.example.Good')


class Slow(DiscoverTest):
    scenario = 'slow_search'

    def test_results_stream_and_the_old_search_is_cancelled(self):
        self.see('Notes')
        self.see_not('Charts')
        self.fake('Results', '(aa{sv})', [{'app': GLib.Variant('s', 'org.example.Late')}])
        self.see('org.example.Late')
        self.see_not('Notes')
        self.fake('Results', '(aa{sv})', [])
        self.type('chart')
        self.wait_call("Manager.StartSearch('chart'")
        self.see('Searching')
        self.forget_calls()
        self.type('map')
        self.wait_call('Operation.Cancel')
        self.wait_call("Manager.StartSearch('map'")


class Nobody(DiscoverTest):
    scenario = 'nobody'
    first = 'No Apps Known Yet'

    def test_says_what_to_do(self):
        self.see('Preferences', 'Shoal learns of apps from peers and from a server. Connect to '
                 'a peer on the Network page, or enter the address of a server.')
        self.shot('discover-empty')


class Warned(WindowTest):
    scenario = 'warned'

    def test_bar_details_and_dismiss(self):
        self.see(SPLIT, 'Details', 'Dismiss Warning')
        self.see('The server and peers disagree about this app')
        self.shot('warning')
        self.press('Details')
        self.see('The Server Is Behind Its Peers', 'Server https://apps.example.org',
                 'Version 2.5.0, release number 25', '/var/lib/shoal/evidence/1',
                 'Noticed 3 h*')
        self.shot('warning-details')
        self.press_in_dialog('Dismiss Warning')
        self.wait_call("Manager.DismissSplitView('1'")
        self.see_not(SPLIT)


class Narrow(WindowTest):
    scenario = 'warned'
    size = (360, 1000)
    # libadwaita 1.2, when its switcher in the title has no room
    harmless = ('gtk_widget_size_allocate(): attempt to allocate',)

    def test_fits(self):
        self.see('Painter', SPLIT)
        self.activate('show-page', 'discover')
        self.see('All Apps', 'Charts')
        self.shot('discover-narrow')
        self.activate('show-listing', 'org.example.Charts')
        self.see('Signature checked')
        self.assertLessEqual(self.tree.frames()[0].area()[2], 360)


if __name__ == '__main__':
    main()
