# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The rules of docs/STYLE.md that the text of the sources shows. Each takes the tree and
yields findings; RULES at the end names them."""

import os
import re

from lintlib.tree import Finding

LIBRARIES = ('mesh/', 'daemon/', 'app/')
MAX_FILE_LINES = 800
MAX_FUNCTION_LINES = 80
MAX_NESTING = 4
MAX_PAIRS = 16
MAX_README_LINES = 10

LICENCES = [  # first match counts
    ('mesh/', 'LGPL-2.1-or-later'),
    ('tests/mesh/', 'LGPL-2.1-or-later'),
    ('tests/fuzz/', 'LGPL-2.1-or-later'),
    ('tests/faults/', None),
    ('tests/bench/', None),
    ('data/', None),
    ('', 'GPL-3.0-or-later'),
]

# What a call is banned for, and the files (by pattern) where it is right.
TESTS = r'tests/'
MAINS = r'(tests/|app/ctl/|app/terminal/|.*/main\.c$|.*-main\.c$)'
BANNED_CALLS = [
    (r'g_error', 'ends the process: return a GError', None),
    (r'system|popen', 'runs a shell: use GSubprocess', None),
    (r'strcpy|strcat|sprintf|vsprintf|gets|strncpy|strtok|alloca|g_alloca|g_newa',
     'has no bound', None),
    (r'atoi|atol|atoll|atof', 'hides errors: use g_ascii_string_to_unsigned', None),
    (r'(?!mesh_|shoald_|shoal_)\w+_sync', 'blocks: use the asynchronous call (STYLE 26)', MAINS),
    (r'g_main_context_iteration|g_main_loop_run', 'is a nested main loop (STYLE 26)', MAINS),
    (r'g_usleep|usleep|sleep|nanosleep', 'naps: wait for a condition (STYLE 26, 33)', None),
    (r'g_thread_new|g_thread_try_new|pthread_create|g_task_run_in_thread\w*|'
     r'g_thread_pool_new\w*', 'starts a thread outside mesh/work (STYLE 26)',
     r'(tests/|mesh/work/)'),
    (r'g_cancellable_connect', 'deadlocks: use a cancellable source (STYLE 25)', TESTS),
    (r'printf|puts|putchar|g_print|g_printerr|fprintf|vprintf',
     'prints from a library: log or return it',
     r'(tests/|app/ctl/|app/terminal/|.*/main\.c$)'),
]


def _line_rule(name, source, pattern, text):
    for match in re.finditer(pattern, source.code):
        yield Finding(source.path, source.line_of(match.start()), name,
                      text.format(*(match.groups() or ('',))))


def file_length(tree):
    for source in tree.sources():
        if len(source.lines) > MAX_FILE_LINES:
            yield Finding(source.path, len(source.lines), 'file-length',
                          f'{len(source.lines)} lines, at most {MAX_FILE_LINES}: '
                          'two ideas live here')


def function_length(tree):
    for source in tree.sources():
        for function in source.functions():
            lines = function.end - function.line + 1
            if lines > MAX_FUNCTION_LINES:
                yield Finding(source.path, function.line, 'function-length',
                              f'{function.name} has {lines} lines, '
                              f'at most {MAX_FUNCTION_LINES}')


def nesting(tree):
    for source in tree.sources():
        for function in source.functions():
            if function.depth - 1 > MAX_NESTING:
                yield Finding(source.path, function.line, 'nesting',
                              f'{function.name} nests {function.depth - 1} deep, '
                              f'at most {MAX_NESTING}')


def prefix(tree):
    for source in tree.sources(*LIBRARIES):
        if source.is_header or source.stem == 'main':
            continue
        stem = source.stem.removesuffix('-private').replace('-', '_')
        component = stem.split('_')[0] + '_'
        for function in source.functions():
            own = function.name == stem or function.name.startswith(stem + '_')
            if own or function.name == 'main':
                continue
            if not function.is_static:
                yield Finding(source.path, function.line, 'prefix',
                              f'{function.name} is not static and does not begin with {stem}_')
            elif function.name.startswith(component):
                yield Finding(source.path, function.line, 'prefix',
                              f'static {function.name}: a static function has no '
                              f'prefix, or {stem}_')


def include(tree):
    for source in tree.sources():
        includes = source.includes()
        for item in includes:
            if '..' in item.name.split('/'):
                yield Finding(source.path, item.line, 'include',
                              f'"{item.name}": write it from the component root')
        if source.is_header:
            if any(item.name == 'config.h' for item in includes):
                yield Finding(source.path, 1, 'include', 'config.h is for sources only')
            continue
        if not includes or includes[0].name != 'config.h':
            yield Finding(source.path, includes[0].line if includes else 1, 'include',
                          'config.h comes first')
        yield from _include_order(tree, source, includes[1:])


def _include_order(tree, source, includes):
    """Own header (of a test: the one it tests), then <system and libraries>, then other rooms, then the own room."""
    folder, stem = os.path.dirname(source.path), source.stem
    is_test = source.path.startswith('tests/')
    stem = stem.removeprefix('test-') if is_test else stem
    last = -1
    for position, item in enumerate(includes):
        name = os.path.basename(item.name)
        if item.quoted and position == 0 and name == f'{stem}.h' or \
                position <= 1 and name == f'{stem}-private.h':
            continue
        if item.quoted and name == f'{stem}.h' and not is_test:
            yield Finding(source.path, item.line, 'include',
                          'the own header comes right after config.h')
            continue
        same = item.quoted and f'/{folder}/'.endswith(f'/{os.path.dirname(item.name)}/')
        rank = 0 if not item.quoted else 2 if same else 1
        if rank < last:
            yield Finding(source.path, item.line, 'include',
                          f'{item.name}: system, libraries, other rooms, own room, in this order')
        last = max(last, rank)


def pragma(tree):
    for source in tree.sources():
        if source.is_header and not re.search(r'^#pragma once$', source.text, re.MULTILINE):
            yield Finding(source.path, 1, 'pragma', 'a header has #pragma once')


def spdx(tree):
    kinds = ('.c', '.h', '.py', '.mjs', '.sh')
    for path in tree.files:
        if not path.endswith(kinds) and not (
                path.startswith(('tests/', 'dev', '.ci/')) and _is_script(tree, path)):
            continue
        lines = tree.read(path).splitlines()[:3]
        if lines and lines[0].startswith('#!'):
            lines = lines[1:]
        wanted = next(licence for start, licence in LICENCES if path.startswith(start))
        found = re.search(r'SPDX-License-Identifier: ([\w.-]+)', lines[0]) if lines else None
        if not found:
            yield Finding(path, 1, 'spdx', 'the first line names the licence (SPDX)')
        elif wanted and found.group(1) != wanted:
            yield Finding(path, 1, 'spdx', f'{found.group(1)} here should be {wanted}')
        elif len(lines) < 2 or 'Copyright (C)' not in lines[1]:
            yield Finding(path, 2, 'spdx', 'the second line is the copyright')


def _is_script(tree, path):
    if '.' in os.path.basename(path)[1:]:
        return False
    with open(os.path.join(tree.root, path), 'rb') as file:
        return file.read(2) == b'#!'


def banned(tree):
    for source in tree.sources():
        for pattern, why, where in BANNED_CALLS:
            if where and re.match(where, source.path):
                continue
            yield from _line_rule('banned', source,
                                  r'(?<![\w.>])(' + pattern + r') \(',
                                  '{0} ' + why)
        yield from _line_rule('banned', source, r'\bgoto\b', 'goto: use g_auto* (STYLE 12)')
        yield from _line_rule('banned', source, r'\(\*\s*error\)->message',
                              'reads the message of an error: match its code (STYLE 15)')


def todo(tree):
    for source in tree.sources():
        for number, line in enumerate(source.lines, 1):
            if re.search(r'\b(TODO|FIXME|XXX)\b(?!.*#\d)', line):
                yield Finding(source.path, number, 'todo', 'a TODO names its issue (#N)')


def room(tree):
    """A room is a folder with a meson.build, a README and a bounded number of pairs."""
    rooms = {}
    for source in tree.sources(*LIBRARIES):
        rooms.setdefault(os.path.dirname(source.path), set()).add(source.stem)
    for folder, stems in sorted(rooms.items()):
        stems -= {stem for stem in stems if stem.endswith('-private')}
        if len(stems) > MAX_PAIRS:
            yield Finding(folder, 1, 'room', f'{len(stems)} pairs, at most {MAX_PAIRS}: '
                                             'make it two rooms')
        for name in ('meson.build', 'README'):
            if not tree.exists(f'{folder}/{name}'):
                yield Finding(folder, 1, 'room', f'a room has a {name}')
        if tree.exists(f'{folder}/README') and \
                len(tree.read(f'{folder}/README').splitlines()) > MAX_README_LINES:
            yield Finding(f'{folder}/README', MAX_README_LINES + 1, 'room',
                          f'at most {MAX_README_LINES} lines')


UNTESTED = 'tests/lint/untested.txt'


def mirror(tree):
    """Every source has its test-<stem>.c in tests/<component>; the list of those that
    have none yet only shrinks."""
    tests = {}
    for source in tree.sources('tests/'):
        component = source.path.split('/')[1]
        tests.setdefault(component, set()).add(source.stem)
    excused = set()
    if tree.exists(UNTESTED):
        excused = {line.strip() for line in tree.read(UNTESTED).splitlines()
                   if line.strip() and not line.startswith('#')}
    untested = set()
    for source in tree.sources(*LIBRARIES):
        component = source.path.split('/')[0]
        if not source.is_header and f'test-{source.stem}' not in tests.get(component, ()):
            untested.add(source.path)
    for path in sorted(untested - excused):
        stem = os.path.splitext(os.path.basename(path))[0]
        yield Finding(path, 1, 'mirror', f'has no tests/{path.split("/")[0]}/**/test-{stem}.c')
    for path in sorted(excused - untested):
        yield Finding(UNTESTED, 1, 'mirror', f'{path} has a test now, or is gone: take it off')


# Written in pieces so that this file does not break its own rule.
PRIVATE = [
    (r'(?<![\w.$}])/' + r'(work/(main|wt|shared|brief)\b|root/\.|builds/|home/\w+/\.)',
     'a path of one machine'),
    (r'registry\.(npmjs|yarnpkg)' + r'\.\w+', 'a registry host'),
    (r'(deb|ftp|security|snapshot)\.' + r'debian\.org', 'a registry host'),
]


def private(tree):
    for path in tree.files:
        if os.path.splitext(path)[1] in ('.png', '.svg', '.car', '.ttf') \
                or '/corpus/' in path or path.startswith('LICENSES/'):
            continue
        for number, line in enumerate(tree.read(path).splitlines(), 1):
            for pattern, what in PRIVATE:
                if re.search(pattern, line):
                    yield Finding(path, number, 'private', f'names {what}')


RULES = {
    'file-length': file_length,
    'function-length': function_length,
    'nesting': nesting,
    'prefix': prefix,
    'include': include,
    'pragma': pragma,
    'spdx': spdx,
    'banned': banned,
    'todo': todo,
    'room': room,
    'mirror': mirror,
    'private': private,
}
