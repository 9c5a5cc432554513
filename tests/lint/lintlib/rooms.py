# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The plan of the house, read from docs/ARCHITECTURE.md: one line a room in its block
```rooms, as

    mesh/store   split   [content work sqlite]   blocks on disk ...

A name in the brackets is a room of the same component (or one written with its
component), or a library. What a named room may use, its user may use too, except
libraries: those each room names itself."""

import re
from dataclasses import dataclass

PLAN = 'docs/ARCHITECTURE.md'
KINDS = ('pure', 'split', 'io')
_ROW = re.compile(r'^(?P<path>[a-z][\w/-]*)\s+(?P<kind>\w+)\s+\[(?P<uses>[^\]]*)\]')

# A library by its header, by its symbols and by its meson variable.
LIBRARIES = {
    'gio': (r'gio/', None, ('gio', 'gio_unix')),
    'sodium': (r'sodium', r'(crypto|sodium|randombytes)_', ('sodium',)),
    'nettle': (r'nettle/', r'nettle_', ('nettle', 'hogweed')),
    'gnutls': (r'gnutls/', r'gnutls_', ('gnutls',)),
    'sqlite': (r'sqlite3', r'sqlite3_', ('sqlite',)),
    'soup': (r'libsoup/', r'soup_', ('soup',)),
    'json': (r'json-glib/', r'json_(node|parser|object|array|generator|builder|reader)_',
             ('json_glib',)),
    'protobuf-c': (r'protobuf-c/', r'protobuf_c_', ('protobuf_c',)),
    'gtk': (r'gtk/', r'(gtk|gdk|gsk)_', ('gtk', 'gtk4')),
    'adw': (r'adwaita', r'adw_', ('adw', 'adwaita', 'libadwaita')),
}
FREE_LIBRARIES = {'glib'}


@dataclass
class Room:
    path: str
    kind: str
    names: tuple  # as written in the brackets
    line: int
    rooms: frozenset = frozenset()  # paths it may use, itself included
    libraries: frozenset = frozenset()


class Plan:
    def __init__(self, tree):
        self.rooms = {}
        self.errors = []  # (line, text)
        self._parse(tree)
        self._close()

    def _parse(self, tree):
        inside = False
        for number, line in enumerate(tree.read(PLAN).splitlines(), 1):
            if line.startswith('```'):
                inside = line.strip() == '```rooms'
                continue
            if not inside or not line.strip():
                continue
            row = _ROW.match(line)
            if not row or row['kind'] not in KINDS:
                self.errors.append((number, f'not a room: {line.strip()[:60]}'))
                continue
            names = tuple(row['uses'].replace(',', ' ').split())
            self.rooms[row['path']] = Room(row['path'], row['kind'], names, number)

    def _close(self):
        """Rooms in order: each may use what stands above it."""
        for room in self.rooms.values():
            allowed, libraries = {room.path}, set()
            for name in room.names:
                if name in LIBRARIES or name in FREE_LIBRARIES:
                    libraries.add(name)
                    continue
                used = self._find(room, name)
                if used is None or used.line >= room.line:
                    self.errors.append((room.line, f'{room.path} names {name}, which is no '
                                                   'library and no room above it'))
                    continue
                allowed |= used.rooms
            room.rooms, room.libraries = frozenset(allowed), frozenset(libraries)

    def _find(self, room, name):
        component = room.path.split('/')[0]
        parts = room.path.split('/')
        for path in (name, f'{component}/{name}', '/'.join(parts[:-1] + [name])):
            if path in self.rooms:
                return self.rooms[path]
        return None

    def room_of(self, path):
        """The innermost room that holds the file, or None."""
        parts = path.split('/')[:-1]
        while parts:
            room = self.rooms.get('/'.join(parts))
            if room:
                return room
            parts.pop()
        return None

    def components(self):
        return {path.split('/')[0] for path in self.rooms}
