#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Installing: by name, by id, by link; who signed it is shown before anything happens."""

from windowtest import WindowTest, main

FINGERPRINT = 'SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8'
NEW = ('You see this publisher for the first time. Compare the fingerprint with the one the '
       'publisher tells.')


class Install(WindowTest):
    def type(self, text):
        self.find_with('EditableText', 'Name, id or shoal: link').set_text(text)

    def test_search_shows_all_then_some(self):
        self.see('Painter')
        self.activate('install')
        self.see('Install an App', 'Charts', 'Maps')
        self.shot('install-search')
        self.type('diagrams')
        self.see('Charts')
        self.see_not('Maps')
        self.wait_call("Manager.Search('diagrams'")
        self.type('nothing like it')
        self.see('No Apps Found')

    def test_link(self):
        self.activate('install-link', 'shoal:org.example.Charts')
        self.see('Charts', 'Publisher fingerprint', FINGERPRINT, NEW, '1.8.1')
        self.shot('install-confirm')
        self.press('Install')
        call = self.wait_call('Manager.Install')
        self.assertIn("'shoal:org.example.Charts'", call)
        self.assertIn("'publisher': <'%s'>" % FINGERPRINT, call)
        self.see('Updates and Downloads', 'Downloading 16.0 MB of 48.1 MB')

    def test_nothing_is_installed_before_consent(self):
        self.activate('install-link', 'shoal:org.example.Charts')
        self.see('Publisher fingerprint')
        calls = self.calls_so_far()
        self.assertFalse([call for call in calls if 'Install' in call], calls)

    def test_known_publisher_and_installed(self):
        self.activate('install-link', 'shoal:org.example.Notes')
        self.see('You have installed from this publisher before.', 'Already Installed')

    def test_unknown_app(self):
        self.activate('install-link', 'shoal:org.example.Nobody')
        self.see('App Not Found', 'No peer and no server knows an app of this name.')

    def test_bad_signature(self):
        self.fail_next('Inspect', 'BadSignature', 'wrong')
        self.activate('install-link', 'shoal:org.example.Charts')
        self.see('The signature is not the publisher’s. Nothing was installed; do not trust '
                 'where it came from.')

    def test_markup_is_shown_as_it_is(self):
        self.fail_next('Inspect', 'Failed', 'cannot read <b>a & b</b>')
        self.activate('install-link', 'shoal:org.example.Charts')
        self.see('Cannot read <b>a & b</b>.')

    def test_no_server(self):
        self.see('Painter')
        self.fail_next('Search', 'NotFound', 'no Master Server is configured')
        self.activate('install')
        self.see('Cannot Search',
                 'There is no server to search. Enter the link or id of the app.')
        self.type('org.example.Maps')
        self.see('A Link or an Id')
        self.press('Look Up')
        self.wait_call("Manager.Inspect('org.example.Maps'")
        self.see('0.9.4')

    def test_install_fails(self):
        self.activate('install-link', 'shoal:org.example.Charts')
        self.see('Publisher fingerprint')
        self.fail_next('Install', 'UnknownKey', 'another key')
        self.press('Install')
        self.hear('Could not install the app. It is signed with a key that is not trusted for '
                 'this app.')


class FirstRun(WindowTest):
    scenario = 'first_run'
    args = ('shoal:org.example.Charts',)

    def test_question_then_the_link(self):
        self.see('Share What You Have?', 'Share', 'Download Only')
        self.assertFalse(self.is_enabled('install'))
        self.shot('first-run')
        self.press('Download Only')
        self.wait_call("Manager.SetConfig({'sharing-mode': <'download-only'>}")
        self.see('Publisher fingerprint', FINGERPRINT)


if __name__ == '__main__':
    main()
