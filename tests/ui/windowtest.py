# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""A unittest.TestCase around the real window, read and pressed as a screen reader does."""

import itertools
import os
import pathlib
import subprocess
import sys
import unittest

from gi.repository import Gio, GLib

from a11y import Gone, Keyboard, Tree, connect
from session import Session, missing, wait_for

HERE = pathlib.Path(__file__).resolve().parent
XML_DIR = os.environ.get('SHOAL_DBUS_XML', HERE.parent.parent / 'data' / 'dbus')
SHOAL = os.environ.get('SHOAL_EXE', 'shoal')
# A daemon as slow as on a loaded machine: up to so many milliseconds for each thing it does.
SLOW_MS = os.environ.get('SHOAL_UI_SLOW_MS', '0')
SEED = os.environ.get('SHOAL_UI_SEED', '0')
SHOT_DIR = os.environ.get('SHOAL_SHOT_DIR')
WINDOW_PATH = '/org/shoal/Shoal/window/1'
# A warning on stderr of the window is a failed test, but for these.
HARMLESS = ('org.freedesktop.Notifications', 'fd limit', 'Activating service',
            'Successfully activated',
            'fd limit')


class WindowTest(unittest.TestCase):
    scenario = 'full'
    size = (820, 1200)
    is_dark = False
    has_daemon = True
    language = 'en'
    args = ()
    harmless = ()

    session = None

    @classmethod
    def setUpClass(cls):
        absent = missing()
        if absent:
            raise unittest.SkipTest('not installed: ' + ', '.join(absent))
        if WindowTest.session is None:
            WindowTest.session = Session()
            unittest.addModuleCleanup(WindowTest.session.close)

    def setUp(self):
        self.calls = []
        self.session.configure(*self.size, self.is_dark, self.language)
        self.prepare()
        if self.has_daemon:
            self.start_daemon()
        self.start_window()

    def prepare(self):
        """Runs before the daemon and the window start."""

    def start_daemon(self):
        self.daemon = self.session.spawn(
            '/usr/bin/python3', HERE / 'fake_shoald.py', '--xml', XML_DIR, '--scenario',
            self.scenario, '--slow-ms', SLOW_MS, '--seed', SEED, stdout=subprocess.PIPE)
        self.addCleanup(self.session.end, self.daemon)
        self.assertEqual(self.daemon.stdout.readline(), b'ready\n', self.session.logs())

    def start_window(self):
        self.bus = connect(self.session.env['DBUS_SESSION_BUS_ADDRESS'])
        self.window = self.session.spawn(SHOAL, *self.args)
        self.addCleanup(self.session.end, self.window)
        wait_for(lambda: self.window.poll() is not None or self.has_name('org.shoal.Shoal'),
                 'the window on the bus')
        self.tree = wait_for(self.find_app, 'the window among the accessible programs')

    def tearDown(self):
        status = self.window.poll()
        if status is None:
            self.shot('end-' + self.id())
        lines = [line for line in self.window.log.read_text(errors='replace').splitlines()
                 if line.strip() and not any(word in line for word in HARMLESS + self.harmless)]
        self.assertEqual(lines, [], 'the window complained')
        self.assertIn(status, (None, 0))

    # The bus

    def call(self, name, path, interface, method, args=None):
        reply = self.bus.call_sync(name, path, interface, method, args, None, 0, 60000, None)
        return reply.unpack()

    def has_name(self, name):
        return self.call('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'NameHasOwner',
                         GLib.Variant('(s)', (name,)))[0]

    def activate(self, action, target=None, path=WINDOW_PATH):
        """Activates an action of the window as the shell or a notification does."""
        args = [] if target is None else [GLib.Variant('s', target)]
        self.call('org.shoal.Shoal', path, 'org.gtk.Actions', 'Activate',
                  GLib.Variant('(sava{sv})', (action, args, {})))

    def is_enabled(self, action):
        return self.call('org.shoal.Shoal', WINDOW_PATH, 'org.gtk.Actions', 'Describe',
                         GLib.Variant('(s)', (action,)))[0][0]

    def fake(self, method, signature=None, *args):
        value = GLib.Variant(signature, args) if signature else None
        return self.call('org.shoal.Shoal.Daemon', '/org/shoal/Fake', 'org.shoal.Fake', method,
                         value)

    def fail_next(self, method, error, message):
        self.fake('Fail', '(sss)', method, error, message)

    def put(self, path, interface, **values):
        self.fake('Put', '(ssa{sv})', '/org/shoal/Shoal/Daemon/' + path, interface, values)

    def calls_so_far(self):
        """What the daemon was asked for, but for what was waited for or forgotten."""
        self.calls.extend(self.fake('Calls')[0])
        return self.calls

    def forget_calls(self):
        self.calls_so_far().clear()

    def wait_call(self, start):
        """Waits for a call to the daemon that begins so; returns it."""
        def look():
            return next((call for call in self.calls_so_far() if call.startswith(start)), None)
        try:
            call = wait_for(look, '')
        except AssertionError:
            self.fail('nobody called %s, but %s' % (start, self.calls))
        self.calls.remove(call)
        return call

    # The screen

    def find_app(self):
        self.assertIsNone(self.window.poll(), self.session.logs())
        return Tree.find(self.bus, self.window.pid)

    @staticmethod
    def text_of(node):
        """Without the mnemonic, and without the child that GTK 4.8 adds to a button's name."""
        text = node.name()
        words = text.split(' ')
        for i in range(1, len(words)):
            if ' '.join(words[:i]).replace('_', '') == ' '.join(words[i:]):
                return ' '.join(words[i:])
        return text

    def nodes(self, wanted=lambda text: True, **how):
        """What there is with such a text, shown or not: (text, node). How it looks: see
        Tree.nodes."""
        found = []
        try:
            for node in self.tree.nodes(**how):
                text = self.text_of(node)
                if text and wanted(text):
                    found.append((text, node))
        except Gone:
            if how.get('is_whole'):
                raise
            # Who waits will look again.
        return found

    def shown(self, wanted=lambda text: True):
        """What of it is to be seen now. Looks at all before it points at any: GTK 4.8 crashes
        when a point hits what nobody has asked for yet."""
        try:
            return [entry for entry in self.nodes(wanted) if entry[1].is_shown()]
        except Gone:
            return []

    def find_with(self, interface, name):
        """The first with this interface whose name begins so, shown or not."""
        def look():
            try:
                return next((node for text, node in self.nodes(
                    lambda text: text.startswith(name)) if node.has(interface)), None)
            except Gone:
                return None
        return wait_for(look, 'a %s with %s' % (name, interface))

    def see(self, *wanted):
        """Waits until all these texts are on the screen; the end of one may be a *."""
        def matches(text, pattern):
            if pattern.endswith('*'):
                return text.startswith(pattern[:-1])
            return text == pattern

        def unseen():
            seen = [text for text, _ in
                    self.shown(lambda text: any(matches(text, w) for w in wanted))]
            return [w for w in wanted if not any(matches(text, w) for text in seen)]
        try:
            wait_for(lambda: not unseen(), '')
        except AssertionError:
            self.fail('not on the screen: %s\nthere is: %s\n%s' % (
                unseen(), [text for text, _ in self.shown()], self.session.logs()))

    def hear(self, text):
        """Waits for a text anywhere, such as a toast, which exists only for some seconds: what
        is near the root, as toasts are, is looked at again before all of it has been seen."""
        seen = set()
        rest = iter(())

        def hear_some(nodes):
            some = list(itertools.islice(nodes, 60))
            for node in some:
                try:
                    seen.add(self.text_of(node))
                except Gone:
                    pass
            return len(some)

        def look():
            nonlocal rest
            try:
                hear_some(self.tree.top_nodes())
                if hear_some(rest) == 0:
                    rest = self.tree.nodes()
            except Gone:
                rest = self.tree.nodes()
            return text in seen
        try:
            wait_for(look, '')
        except AssertionError:
            self.fail('not said: %s\nbut: %s' % (text, sorted(seen)))

    def see_not(self, *unwanted):
        """Waits until a look at the whole window shows none of these texts."""
        def look():
            try:
                return not any(node.is_shown() for _, node in self.nodes(
                    lambda text: text in unwanted, is_whole=True))
            except Gone:
                return False
        wait_for(look, 'the end of %s' % (unwanted,))

    def find(self, name, role=None):
        def look():
            try:
                return next((node for _, node in self.shown(lambda text: text == name)
                             if role in (None, node.role())), None)
            except Gone:
                return None
        return wait_for(look, '%s %s on the screen' % (role or 'something', name))

    def press(self, name, role='button'):
        def push():
            try:
                return self.find(name, role).press()
            except Gone as error:
                # A list may put another row in its place before it is pressed.
                if error.matches(Gio.dbus_error_quark(), Gio.DBusError.NO_REPLY):
                    raise
                return False
        wait_for(push, 'a press on %s' % name)

    def press_any(self, name):
        """The first that can be pressed and whose name begins so, be it out of sight."""
        def push():
            try:
                return self.find_with('Action', name).press()
            except Gone:
                return False
        wait_for(push, 'a press on %s' % name)

    def press_in_dialog(self, name):
        """The one with this name that is not in the first window, but in a dialog above it."""
        def look():
            try:
                main = self.tree.frames()[0].path
                return [node for _, node in self.shown(lambda text: text == name)
                        if node.role() == 'button' and node.frame.path != main]
            except Gone:
                return None
        nodes = wait_for(look, 'a button %s in a dialog' % name)
        self.assertTrue(nodes[-1].press(), 'cannot press %s' % name)

    def type_keys(self, *keys):
        """As a keyboard does, into the window that has the focus."""
        keyboard = Keyboard(self.tree.bus)
        for key in keys:
            keyboard.type(key)

    def focus(self):
        """Waits until something has the focus: (path, name)."""
        def look():
            try:
                return next(((node.path, self.text_of(node)) for node in self.tree.nodes()
                             if node.is_focused()), None)
            except Gone:
                return None
        return wait_for(look, 'a focus')

    def tab_to(self, wanted):
        """Goes on with the Tab key until what has the focus has such a name."""
        seen = []
        for _ in range(60):
            before = self.focus()
            if wanted(before[1]):
                return
            seen.append(before[1])
            self.type_keys('Tab')
            wait_for(lambda: self.focus() != before, 'the focus to leave %s' % before[1])
        self.fail('Tab does not lead there, but to %s' % seen)

    def shot(self, name):
        if SHOT_DIR:
            self.session.screenshot(pathlib.Path(SHOT_DIR) / (name + '.png'))


def main():
    print('SHOAL_UI_SLOW_MS=%s SHOAL_UI_SEED=%s' % (SLOW_MS, SEED), file=sys.stderr)
    sys.argv[1:] = [arg for arg in sys.argv[1:] if arg != '--tap']
    result = unittest.main(exit=False, verbosity=2).result
    if result.testsRun == 0 or (result.skipped and len(result.skipped) == result.testsRun):
        sys.exit(77)
    sys.exit(not result.wasSuccessful())
