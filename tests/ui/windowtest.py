# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""A unittest.TestCase around the real window, read and pressed as a screen reader does."""

import os
import pathlib
import subprocess
import sys
import unittest

from session import Session, missing, wait_for

HERE = pathlib.Path(__file__).resolve().parent
XML_DIR = os.environ.get('SHOAL_DBUS_XML', HERE.parent.parent / 'data' / 'dbus')
SHOAL = os.environ.get('SHOAL_EXE', 'shoal')
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
    language = 'C.UTF-8'
    args = ()
    harmless = ()

    session = None

    @classmethod
    def setUpClass(cls):
        absent = missing()
        if absent:
            raise unittest.SkipTest('not installed: ' + ', '.join(absent))
        # One for all: the accessibility library keeps to the first bus it has seen.
        if WindowTest.session is None:
            WindowTest.session = Session()
            unittest.addModuleCleanup(WindowTest.session.close)
            os.environ.update(WindowTest.session.env)

    def setUp(self):
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
            self.scenario, stdout=subprocess.PIPE)
        self.addCleanup(self.session.end, self.daemon)
        self.assertEqual(self.daemon.stdout.readline(), b'ready\n', self.session.logs())

    def start_window(self):
        from gi.repository import Gio, GLib
        self.GLib = GLib
        self.bus = Gio.DBusConnection.new_for_address_sync(
            self.session.env['DBUS_SESSION_BUS_ADDRESS'],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.window = self.session.spawn(SHOAL, *self.args)
        self.addCleanup(self.session.end, self.window)
        wait_for(lambda: self.window.poll() is not None or self.has_name('org.shoal.Shoal'),
                 'the window on the bus')
        self.app = wait_for(self.find_app, 'the window among the accessible programs')

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
        reply = self.bus.call_sync(name, path, interface, method, args, None, 0, 10000, None)
        return reply.unpack()

    def has_name(self, name):
        return self.call('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'NameHasOwner',
                         self.GLib.Variant('(s)', (name,)))[0]

    def activate(self, action, target=None, path=WINDOW_PATH):
        """Activates an action of the window as the shell or a notification does."""
        args = [] if target is None else [self.GLib.Variant('s', target)]
        self.call('org.shoal.Shoal', path, 'org.gtk.Actions', 'Activate',
                  self.GLib.Variant('(sava{sv})', (action, args, {})))

    def is_enabled(self, action):
        return self.call('org.shoal.Shoal', WINDOW_PATH, 'org.gtk.Actions', 'Describe',
                         self.GLib.Variant('(s)', (action,)))[0][0]

    def fake(self, method, signature=None, *args):
        value = self.GLib.Variant(signature, args) if signature else None
        return self.call('org.shoal.Shoal.Daemon', '/org/shoal/Fake', 'org.shoal.Fake', method,
                         value)

    def fail_next(self, method, error, message):
        self.fake('Fail', '(sss)', method, error, message)

    def put(self, path, interface, **values):
        self.fake('Put', '(ssa{sv})', '/org/shoal/Shoal/Daemon/' + path, interface, values)

    def wait_call(self, start):
        """Waits for a call to the daemon that begins so; returns it."""
        seen = []

        def look():
            seen.extend(self.fake('Calls')[0])
            return next((call for call in seen if call.startswith(start)), None)
        return wait_for(look, 'a call %s; there were %s' % (start, seen))

    # The screen

    def find_app(self):
        import gi
        gi.require_version('Atspi', '2.0')
        from gi.repository import Atspi
        self.assertIsNone(self.window.poll(), self.session.logs())
        Atspi.set_timeout(3000, 10000)
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app is not None and app.get_process_id() == self.window.pid:
                return app
        return None

    def walk(self, node):
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child is not None:
                yield child
                yield from self.walk(child)

    def is_shown(self, node, frame):
        """Whether a click into its middle would hit it: GTK 4.8 calls hidden pages visible."""
        from gi.repository import Atspi
        window = Atspi.CoordType.WINDOW
        component = node.get_component_iface()
        if component is None:
            return False
        area = component.get_extents(window)
        if area.width <= 0 or area.height <= 0:
            return False
        at = frame.get_component_iface().get_accessible_at_point
        y = area.y + area.height // 2
        own = {node.path} | {child.path for child in self.walk(node)}
        above = set()
        parent = node.get_parent()
        while parent is not None and parent.path != frame.path:
            above.add(parent.path)
            parent = parent.get_parent()
        hit = at(area.x + area.width // 2, y, window)
        if hit is not None:
            # Clicks pass through what is not sensitive.
            is_off = not node.get_state_set().contains(Atspi.StateType.SENSITIVE)
            return hit.path in own or (is_off and hit.path in above)
        # The icon of a button belongs to nobody: look at what is beside it.
        hit = at(area.x - 3, y, window)
        return hit is not None and hit.path in own | above

    def find_role(self, role, name):
        """The first of this role whose name begins so, shown or not."""
        return wait_for(lambda: next((node for text, its_role, node, _ in self.nodes()
                                      if its_role == role and text.startswith(name)), None),
                        'a %s %s' % (role, name))

    def nodes(self):
        """Everything there is, shown or not: (text, role, node, window)."""
        # Asked anew: GTK 4.8 crashes when it is asked for a window that has been closed.
        self.app.clear_cache()
        for i in range(self.app.get_child_count()):
            frame = self.app.get_child_at_index(i)
            if frame is None or frame.get_component_iface() is None:
                continue
            for node in self.walk(frame):
                try:
                    text = self.text_of(node)
                    if text and node.get_component_iface() is not None:
                        yield text, node.get_role_name(), node, frame
                except self.GLib.Error:
                    continue  # It went while we looked; who waits will look again.

    def shown(self, wanted=lambda text: True):
        """What of it is to be seen now: (text, role, node). Looks at all before it points at
        any: GTK 4.8 crashes when a point hits what nobody has asked for yet."""
        try:
            found = [entry for entry in self.nodes() if wanted(entry[0])]
            return [entry[:3] for entry in found if self.is_shown(entry[2], entry[3])]
        except self.GLib.Error:
            return []

    @staticmethod
    def text_of(node):
        """Without the mnemonic, and without the child that GTK 4.8 adds to a button's name."""
        if node.get_role_name() in ('panel', 'filler', 'list', 'list item', 'scroll pane'):
            return ''
        from gi.repository import Atspi
        text = (node.get_name() or '').replace('\u00a0', ' ')
        if not text and 'Text' in node.get_interfaces():
            text = Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))
        words = text.split(' ')
        for i in range(1, len(words)):
            if ' '.join(words[:i]).replace('_', '') == ' '.join(words[i:]):
                return ' '.join(words[i:])
        return text

    def see(self, *wanted):
        """Waits until all these texts are on the screen; the end of one may be a *."""
        def matches(text, pattern):
            if pattern.endswith('*'):
                return text.startswith(pattern[:-1])
            return text == pattern

        def unseen():
            seen = [text for text, _, _ in
                    self.shown(lambda text: any(matches(text, w) for w in wanted))]
            return [w for w in wanted if not any(matches(text, w) for text in seen)]
        try:
            wait_for(lambda: not unseen(), '')
        except AssertionError:
            self.fail('not on the screen: %s\nthere is: %s\n%s' % (
                unseen(), [text for text, _, _ in self.shown()], self.session.logs()))

    def hear(self, text):
        """Waits for a toast, which exists only while it is shown."""
        seen = set()

        def look():
            try:
                seen.update(entry[0] for entry in self.nodes() if entry[1] == 'label')
            except self.GLib.Error:
                pass
            return text in seen
        try:
            wait_for(look, '')
        except AssertionError:
            self.fail('not said: %s\nlabels: %s' % (text, sorted(seen)))

    def see_not(self, *unwanted):
        wait_for(lambda: not self.shown(lambda text: text in unwanted),
                 'the end of %s' % (unwanted,))

    def find(self, name, role=None):
        def look():
            return next((node for _, its_role, node in self.shown(lambda text: text == name)
                         if role in (None, its_role)), None)
        return wait_for(look, '%s %s on the screen' % (role or 'something', name))

    def press(self, name, role='push button'):
        node = self.find(name, role)
        iface = node.get_action_iface()
        self.assertIsNotNone(iface, '%s has no action' % name)
        self.assertTrue(iface.do_action(0), 'cannot press %s' % name)

    def shot(self, name):
        if SHOT_DIR:
            self.session.screenshot(pathlib.Path(SHOT_DIR) / (name + '.png'))


def main():
    sys.argv[1:] = [arg for arg in sys.argv[1:] if arg != '--tap']
    result = unittest.main(exit=False, verbosity=2).result
    if result.testsRun == 0 or (result.skipped and len(result.skipped) == result.testsRun):
        sys.exit(77)
    sys.exit(not result.wasSuccessful())
