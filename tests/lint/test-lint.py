#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Does each rule fire? For every fixture, the check must find its rule in each tree named
bad* and nothing at all in the tree named good. Prints TAP.

A fixture is fixtures/<rule>.txt: files begin with `=== TREE/PATH`; `@repeat N TEXT` stands
for N lines; `@@` vanishes (for text that would break a rule where it stands here)."""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
FIXTURES = os.path.join(HERE, 'fixtures')
# A fixture of these rules is about nothing else: no test, README or build file in it.
UNRELATED = {'room', 'mirror'}


def unpack(fixture, folder):
    """Writes the trees of a fixture; returns their names, in order."""
    trees, file = [], None
    with open(fixture, encoding='utf-8') as lines:
        for line in lines:
            line = line.replace('@@', '')
            if line.startswith('=== '):
                path = line[4:].strip()
                if path.split('/')[0] not in trees:
                    trees.append(path.split('/')[0])
                path = os.path.join(folder, path)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                if file:
                    file.close()
                file = open(path, 'w', encoding='utf-8')
                continue
            repeat = re.match(r'@repeat (\d+) (.*\n)', line)
            file.write(repeat.group(2) * int(repeat.group(1)) if repeat else line)
    file.close()
    return trees


def check(program, *args):
    """(exit code, {rules found}, output)"""
    done = subprocess.run([os.path.join(HERE, program), *args], capture_output=True,
                          text=True, check=False)
    return done.returncode, set(re.findall(r'\[([\w-]+)\]', done.stdout)), \
        done.stdout + done.stderr


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, good, what, output=''):
        self.n += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {what}")
        if not good:
            print('\n'.join(f'# {line}' for line in output.splitlines()))


def test_source_rules(tap):
    sys.path.insert(0, HERE)
    sys.dont_write_bytecode = True
    from lintlib.rules import RULES  # pylint: disable=import-outside-toplevel
    seen = set()
    for name in sorted(os.listdir(FIXTURES)):
        fixture = name.removesuffix('.txt')
        rule = fixture if fixture in RULES else fixture.rsplit('-', 1)[0]
        seen.add(rule)
        aside = [arg for other in sorted(UNRELATED - {rule}) for arg in ('--without', other)]
        with tempfile.TemporaryDirectory() as folder:
            for tree in unpack(os.path.join(FIXTURES, name), folder):
                code, rules, output = check('check-source', '--root',
                                            os.path.join(folder, tree), *aside)
                if tree == 'good':
                    tap.ok(code == 0 and not rules, f'{fixture}: {tree} passes', output)
                else:
                    tap.ok(code == 1 and rule in rules, f'{fixture}: {tree} is found', output)
    for rule in sorted(set(RULES) - seen):
        tap.ok(False, f'{rule} has a fixture')


PLAN = '''```rooms
mesh/base   pure  [glib]               x
mesh/peer   pure  [base sodium]        x
mesh/store  io    [base sqlite gio]    x
mesh/node   io    [store peer gio]     x
daemon/bus  io    [mesh/node gio]      x
```
'''

LAYERS = [
    # what, file, text, rule (None: passes)
    ('a room above', 'mesh/peer/mesh-a.c', '#include "base/mesh-b.h"', None),
    ('a room of a room', 'mesh/node/mesh-a.c', '#include "base/mesh-b.h"', None),
    ('a room below', 'mesh/base/mesh-a.c', '#include "peer/mesh-b.h"', 'layer'),
    ('a sibling', 'mesh/store/mesh-a.c', '#include "peer/mesh-b.h"', 'layer'),
    ('its library', 'mesh/store/mesh-a.c', '#include <sqlite3.h>', None),
    ("another's library", 'mesh/peer/mesh-a.c', '#include <sqlite3.h>', 'layer'),
    ('a library of its room', 'mesh/node/mesh-a.c', '#include <sqlite3.h>', 'layer'),
    ('gio in a pure room', 'mesh/peer/mesh-a.h', '#include <gio/gio.h>', 'layer'),
    ('the public header', 'daemon/bus/shoald-a.c', '#include "node/mesh.h"', None),
    ('a private header', 'daemon/bus/shoald-a.c', '#include "store/mesh-b.h"', 'layer'),
    ('the daemon from mesh', 'mesh/node/mesh-a.c', '#include "bus/shoald-a.h"', 'layer'),
    ('no room', 'mesh/other/mesh-a.c', '', 'place'),
    ('a dependency in meson', 'mesh/store/meson.build', 'x = [mesh_base_dep, sqlite_dep]', None),
    ('a wrong one', 'mesh/store/meson.build', 'dependencies: mesh_peer_dep', 'meson'),
    ('a wrong library', 'mesh/peer/meson.build', 'dependencies: [gio_dep]', 'meson'),
    ('a plan that is upside down', 'docs/ARCHITECTURE.md', PLAN.replace('[glib] ', '[store]'),
     'plan'),
]


def write(folder, path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text + '\n')
    return path


def test_layers(tap):
    for what, path, text, rule in LAYERS:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, 'docs/ARCHITECTURE.md', PLAN)
            write(folder, path, text)
            code, rules, output = check('check-layers', '--root', folder)
            tap.ok(rules == ({rule} if rule else set()) and code == (1 if rule else 0),
                   f"layers: {what} {'is found' if rule else 'passes'}", output)


def archive(folder, path, text):
    """Compiles text into the static library at path."""
    source = write(folder, path + '.c', text)
    compiler = os.environ.get('CC', 'cc').split()
    subprocess.run([*compiler, '-c', source, '-o', source + '.o'], check=True)
    subprocess.run(['ar', 'rcs', os.path.join(folder, path), source + '.o'], check=True)


def test_links(tap):
    """What the objects take counts, even where no header was included."""
    for taker, rule in (('peer', None), ('base', 'link')):
        with tempfile.TemporaryDirectory() as folder:
            write(folder, 'docs/ARCHITECTURE.md', PLAN)
            given = 'peer' if taker == 'base' else 'base'
            archive(folder, f'build/mesh/{given}/libgiven.a',
                    'int mesh_given (void) { return 1; }')
            archive(folder, f'build/mesh/{taker}/libtaker.a',
                    'int mesh_given (void); int mesh_taker (void) { return mesh_given (); }')
            code, rules, output = check('check-layers', '--root', folder)
            tap.ok(rules == ({rule} if rule else set()) and code == (1 if rule else 0),
                   f"links: {taker} taking from {given} {'is found' if rule else 'passes'}",
                   output)
    with tempfile.TemporaryDirectory() as folder:
        write(folder, 'docs/ARCHITECTURE.md', PLAN)
        archive(folder, 'build/mesh/peer/libpeer.a',
                'int sqlite3_open (void); int mesh_peer (void) { return sqlite3_open (); }')
        _, rules, output = check('check-layers', '--root', folder)
        tap.ok(rules == {'link'}, "links: another's library is found", output)


CORES = [
    ('g_get_monotonic_time', False), ('clock_gettime', False), ('g_random_int', False),
    ('randombytes_buf', False), ('crypto_box_keypair', False), ('socket', False),
    ('open', False), ('g_file_get_contents', False), ('g_thread_new', False),
    ('g_mutex_lock', False), ('g_timeout_add', False), ('g_main_context_default', False),
    ('g_getenv', False), ('g_input_stream_read', False), ('g_bytes_new', True),
    ('g_hash_table_new', True), ('crypto_sign_seed_keypair', True), ('memcpy', True),
]


def test_cores(tap):
    for symbol, good in CORES:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, 'docs/ARCHITECTURE.md', PLAN)
            archive(folder, 'build/mesh/base/libbase.a',
                    f'extern char {symbol}[]; void *mesh_base (void) {{ return {symbol}; }}')
            code, rules, output = check('check-core', '--root', folder)
            tap.ok((code == 0 and not rules) if good else (code == 1 and rules == {'core'}),
                   f"core: {symbol} {'passes' if good else 'is found'}", output)
    with tempfile.TemporaryDirectory() as folder:
        write(folder, 'docs/ARCHITECTURE.md', PLAN)
        archive(folder, 'build/mesh/store/libstore.a',
                'void *g_getenv (); void *mesh_store (void) { return (void *) g_getenv; }')
        code, _, output = check('check-core', '--root', folder)
        tap.ok(code == 0, 'core: a room that is not pure may', output)
        archive(folder, 'build/mesh/store/libstore-core.a',
                'void *g_getenv (); void *mesh_store (void) { return (void *) g_getenv; }')
        _, rules, output = check('check-core', '--root', folder)
        tap.ok(rules == {'core'}, 'core: but its -core library may not', output)


def test_known(tap):
    """The list of old breaches excuses what it names and complains when it is stale."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder, 'mesh/x/mesh-foo.h', '/* nothing */')
        write(folder, 'tests/lint/known.txt', 'mesh/x/mesh-foo.h pragma')
        args = ('--root', folder, '--rule', 'pragma')
        code, _, output = check('check-source', *args)
        tap.ok(code == 0, 'known: a listed breach passes', output)
        write(folder, 'mesh/x/mesh-foo.h', '#pragma once')
        code, rules, output = check('check-source', *args)
        tap.ok(code == 1 and rules == {'pragma'}, 'known: a stale line is found', output)


def main():
    tap = Tap()
    for test in (test_source_rules, test_layers, test_links, test_cores, test_known):
        test(tap)
    print(f'1..{tap.n}')
    return 1 if tap.failed else 0


if __name__ == '__main__':
    sys.exit(main())
