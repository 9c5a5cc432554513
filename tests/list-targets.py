#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""list-targets.py BUILD SUITE...: the files, as ninja names them, that the tests of these
suites need: a build of them alone is enough to run them."""

import json
import pathlib
import sys


def targets(build, suites):
    info = pathlib.Path(build, 'meson-info')
    tests = json.loads((info / 'intro-tests.json').read_text())
    files = {target['id']: target['filename']
             for target in json.loads((info / 'intro-targets.json').read_text())}
    root = pathlib.Path(build).resolve()
    wanted = set()
    for test in tests:
        # A suite is written "project:suite".
        names = {suite.rpartition(':')[2] for suite in test['suite']}
        if names.isdisjoint(suites):
            continue
        for target in test['depends']:
            wanted.update(str(pathlib.Path(file).relative_to(root)) for file in files[target])
    return sorted(wanted)


if __name__ == '__main__':
    print('\n'.join(targets(sys.argv[1], set(sys.argv[2:]))))
