# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The accessibility bus, read directly: what a screen reader is told, without a cache."""

import collections

from gi.repository import Gio, GLib

ACCESSIBLE = 'org.a11y.atspi.Accessible'
ROOT = '/org/a11y/atspi/accessible/root'
REGISTRY = 'org.a11y.atspi.Registry'
WINDOW_COORDS = 1
STATE_SENSITIVE = 24
STATE_FOCUSED = 12
TIMEOUT_MS = 60000
Gone = GLib.Error  # a node went while we looked


def connect(address):
    flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
             | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
    return Gio.DBusConnection.new_for_address_sync(address, flags, None, None)


class Node:
    def __init__(self, tree, path, frame=None, parents=()):
        self.tree = tree
        self.path = path
        self.frame = frame or self
        self.parents = parents

    def call(self, interface, method, signature=None, *args):
        value = GLib.Variant(signature, args) if signature else None
        return self.tree.bus.call_sync(self.tree.name, self.path, interface, method, value,
                                       None, 0, TIMEOUT_MS, None).unpack()

    def get(self, interface, name):
        return self.call('org.freedesktop.DBus.Properties', 'Get', '(ss)', interface, name)[0]

    def children(self):
        parents = self.parents + (self.path,)
        return [Node(self.tree, path, self.frame, parents)
                for _, path in self.call(ACCESSIBLE, 'GetChildren')[0]]

    def name(self):
        return self.get(ACCESSIBLE, 'Name').replace('\u00a0', ' ')

    def role(self):
        return self.call(ACCESSIBLE, 'GetRoleName')[0]

    def has(self, interface):
        return 'org.a11y.atspi.' + interface in self.call(ACCESSIBLE, 'GetInterfaces')[0]

    def is_sensitive(self):
        low, _ = self.call(ACCESSIBLE, 'GetState')[0]
        return bool(low & 1 << STATE_SENSITIVE)

    def area(self):
        return self.call('org.a11y.atspi.Component', 'GetExtents', '(u)', WINDOW_COORDS)[0]

    def at(self, x, y):
        """Path of what is at a point of the window; None: nobody's."""
        path = self.frame.call('org.a11y.atspi.Component', 'GetAccessibleAtPoint', '(iiu)',
                               x, y, WINDOW_COORDS)[0][1]
        return None if path.endswith('/null') else path

    def press(self):
        return self.call('org.a11y.atspi.Action', 'DoAction', '(i)', 0)[0]

    def value(self):
        return self.get('org.a11y.atspi.Value', 'CurrentValue')

    def set_value(self, value):
        self.call('org.freedesktop.DBus.Properties', 'Set', '(ssv)', 'org.a11y.atspi.Value',
                  'CurrentValue', GLib.Variant('d', value))

    def set_text(self, text):
        self.call('org.a11y.atspi.EditableText', 'SetTextContents', '(s)', text)

    def text(self):
        n_chars = self.get('org.a11y.atspi.Text', 'CharacterCount')
        return self.call('org.a11y.atspi.Text', 'GetText', '(ii)', 0, n_chars)[0]

    def is_focused(self):
        low, _ = self.call(ACCESSIBLE, 'GetState')[0]
        return bool(low & 1 << STATE_FOCUSED)

    def is_shown(self):
        """Whether a click into its middle would hit it: GTK 4.8 calls hidden pages visible."""
        x, y, width, height = self.area()
        own = {self.path} | {child.path for child in self.children()}
        hit = self.at(x + width // 2, y + height // 2)
        if hit is not None:
            # Clicks pass through what is not sensitive.
            return hit in own or (hit in self.parents and not self.is_sensitive())
        # The icon of a button belongs to nobody: look at what is beside it.
        return self.at(x - 3, y + height // 2) in own.union(self.parents)


KEYS = {'Return': 0xff0d, 'Escape': 0xff1b, 'Home': 0xff50, 'Left': 0xff51, 'Up': 0xff52,
        'Right': 0xff53, 'Down': 0xff54, 'Tab': 0xff09}
CONTROL_KEYCODE = 37  # on every X server with a PC keyboard
PRESS, RELEASE, SYMBOL = 0, 1, 3


class Keyboard:
    """Keys as the X server sends them, to the window under the pointer."""

    def __init__(self, bus):
        self.bus = bus

    def send(self, code, kind):
        self.bus.call_sync(REGISTRY, '/org/a11y/atspi/registry/deviceeventcontroller',
                           'org.a11y.atspi.DeviceEventController', 'GenerateKeyboardEvent',
                           GLib.Variant('(isu)', (code, '', kind)), None, 0, TIMEOUT_MS, None)

    def type(self, key):
        """A letter, a name of KEYS, or one of them after ctrl+."""
        name = key.removeprefix('ctrl+')
        if name != key:
            self.send(CONTROL_KEYCODE, PRESS)
        self.send(KEYS[name] if name in KEYS else ord(name), SYMBOL)
        if name != key:
            self.send(CONTROL_KEYCODE, RELEASE)


def click(bus, x, y):
    """The left button at a point of the screen."""
    bus.call_sync(REGISTRY, '/org/a11y/atspi/registry/deviceeventcontroller',
                  'org.a11y.atspi.DeviceEventController', 'GenerateMouseEvent',
                  GLib.Variant('(iis)', (x, y, 'b1c')), None, 0, TIMEOUT_MS, None)


class Tree:
    """The accessible objects of one program."""

    def __init__(self, bus, name):
        self.bus = bus
        self.name = name

    @classmethod
    def find(cls, session_bus, pid):
        """The tree of a process; None: it is not there yet."""
        address = session_bus.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus',
                                        'GetAddress', None, None, 0, TIMEOUT_MS, None)
        bus = connect(address.unpack()[0])
        registry = Node(cls(bus, REGISTRY), ROOT)
        try:
            for name, _ in registry.call(ACCESSIBLE, 'GetChildren')[0]:
                owner = bus.call_sync(
                    'org.freedesktop.DBus', '/', 'org.freedesktop.DBus',
                    'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)), None, 0,
                    TIMEOUT_MS, None).unpack()[0]
                if owner == pid:
                    return cls(bus, name)
        except Gone:
            pass
        bus.close_sync(None)
        return None

    def frames(self):
        return [Node(self, path) for _, path in Node(self, ROOT).call(ACCESSIBLE,
                                                                       'GetChildren')[0]]

    def top_nodes(self):
        """Level by level from the root: what lies above the pages, as toasts do, comes soon."""
        waiting = collections.deque(self.frames())
        while waiting:
            node = waiting.popleft()
            yield node
            try:
                waiting.extend(node.children())
            except Gone:
                pass

    def nodes(self, is_whole=False):
        """Everything that has a size, in order: pages never shown have none. What goes while
        it looks is passed over; with is_whole that is an error, Gone."""
        waiting = list(reversed(self.frames()))
        while waiting:
            node = waiting.pop()
            try:
                _, _, width, height = node.area()
                if width <= 0 or height <= 0:
                    continue
                yield node
                waiting.extend(reversed(node.children()))
            except Gone:
                if is_whole:
                    raise
