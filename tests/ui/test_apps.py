#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The Apps page: what it shows, and that each of its commands reaches the daemon."""

from gi.repository import GLib

from windowtest import WindowTest, main

PAINTER = 'org.example.Painter'
TERMINAL = 'org.example.Terminal'


class Apps(WindowTest):
    def test_shows_updates_and_apps(self):
        self.see('Ready to Apply', 'Painter', '2.4.0 → 2.5.0',
                 '1.0 MB of 34.2 MB fetched, 97% already here', 'Updates and Downloads',
                 '1.12.0 → 1.13.0', 'Installed', 'Notes', 'Held at 41.2', 'Apply', 'Update',
                 'Install an App', 'Check for Updates', 'Main Menu')

    def test_apply(self):
        self.press('Apply')
        self.hear('“Painter” is up to date now')
        self.wait_call('Update.Apply')
        self.see_not('Ready to Apply')
        self.see('2.5.0 · 34.2 MB')

    def test_apply_fails(self):
        self.see('Apply')
        self.fail_next('apply', 'Corrupt', 'the staged files of Painter are damaged')
        self.press('Apply')
        self.hear('Could not apply the update of “Painter”. The staged files of Painter are '
                 'damaged.')
        self.see('Ready to Apply')

    def test_update_and_cancel(self):
        self.press('Update')
        self.wait_call('Update.Fetch')
        self.see('Downloading 356.0 kB of 890.0 kB')
        self.see_not('Update')
        self.press('Cancel Download')
        self.wait_call('Update.Cancel')
        self.see('Update')

    def test_commands_from_outside(self):
        self.see('Ready to Apply')
        for action, call in (('check', 'Manager.Check'), ('launch', 'App.Launch'),
                             ('roll-back', 'App.Rollback'), ('check-app', 'App.Check')):
            self.activate(action, None if action == 'check' else PAINTER)
            self.wait_call(call)
        self.activate('hold', TERMINAL)
        self.wait_call('App.Hold(true')
        self.see('Held at 1.12.0')
        self.activate('release', TERMINAL)
        self.wait_call('App.Hold(false')
        self.see_not('Held at 1.12.0')
        self.activate('skip', TERMINAL)
        self.wait_call('Update.Skip')
        self.see_not('1.12.0 → 1.13.0')
        self.activate('unskip', TERMINAL)
        self.wait_call('App.Unskip')

    def test_apply_from_notification(self):
        self.see('Ready to Apply')
        self.activate('apply', PAINTER, '/org/shoal/Shoal')
        self.wait_call('Update.Apply')
        self.see('2.5.0 · 34.2 MB')

    def test_remove_asks(self):
        self.see('Notes')
        self.activate('remove', 'org.example.Notes')
        self.see('Remove “Notes”?')
        self.press_in_dialog('Remove')
        self.hear('“Notes” was removed')
        self.wait_call('App.Remove')
        self.see_not('3.2.0 · 12.4 MB')

    def test_details(self):
        self.see('Painter')
        self.activate('show-app', PAINTER)
        self.see('Publisher fingerprint', 'SHA256:uNiVztksCsDhcc0u9e8BrrQXVUWHqeQH4m6o1dqjv2k',
                 'Previous version', '2.3.1', 'What Is New',
                 'Layers can be grouped.\nThe eraser keeps its size.', 'Apply Update', 'Back',
                 'https://apps.example.org', 'stable')
        self.press('Roll Back')
        self.hear('“Painter” is back at its previous version')
        self.wait_call('App.Rollback')
        self.see('Skipped version')
        self.press('Back')
        self.see('Installed')

    def test_details_close_when_the_app_goes(self):
        self.see('Painter')
        self.activate('show-app', 'org.example.Notes')
        self.see('Publisher fingerprint')
        self.fake('Drop', '(s)', '/org/shoal/Shoal/Daemon/Apps/org_2eexample_2eNotes')
        self.see_not('Publisher fingerprint')

    def test_changes_come_by_themselves(self):
        self.see('Update')
        self.put('Updates/org_2eexample_2eTerminal', 'Update',
                 State=GLib.Variant('s', 'staged'),
                 BytesToFetch=GLib.Variant('t', 890000),
                 BytesSaved=GLib.Variant('t', 8010000))
        self.see('890.0 kB of 8.9 MB fetched, 90% already here')
        self.see_not('Updates and Downloads')


if __name__ == '__main__':
    main()
