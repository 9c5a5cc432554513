#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The closing line of CI: counted from logs as meson writes them. Prints TAP."""

import json
import os
import subprocess
import sys
import tempfile

PROGRAM = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'count-results.py')
TAP = '1..2\nok 1 /a\nok 2 /b\n'

CASES = [
    # what, lines of the log, last line, exit code
    ('points count', [('OK', TAP)], '2 passed, 0 failed', 0),
    ('a program without points counts once', [('OK', 'hello\n')], '1 passed, 0 failed', 0),
    ('a failed point', [('FAIL', '1..2\nok 1 /a\nnot ok 2 /b\n')], '1 passed, 1 failed', 1),
    ('a program that died', [('ERROR', '1..2\nok 1 /a\n')], '1 passed, 1 failed', 1),
    ('a timeout', [('TIMEOUT', '')], '0 passed, 1 failed', 1),
    ('a program that fails without points', [('OK', TAP), ('FAIL', 'oh\n')],
     '2 passed, 1 failed', 1),
    ('skipped points', [('OK', '1..2\nok 1 /a\nok 2 /b # SKIP no display\n')],
     '1 passed, 0 failed, 1 skipped', 0),
    ('a skipped program', [('SKIP', '1..0 # SKIP not here\n'), ('OK', '')],
     '1 passed, 0 failed, 1 skipped', 0),
    ('output that looks like TAP', [('OK', 'not ok at all\n')], '1 passed, 0 failed', 0),
    ('an expected failure', [('EXPECTEDFAIL', '')], '1 passed, 0 failed', 0),
    ('nothing ran', [], '0 passed, 1 failed', 1),
]


def main():
    failed = 0
    print(f'1..{len(CASES) + 1}')
    for number, (what, tests, line, code) in enumerate(CASES, 1):
        with tempfile.NamedTemporaryFile('w', suffix='.json') as log:
            for result, stdout in tests:
                print(json.dumps({'name': 'x', 'result': result, 'stdout': stdout}), file=log)
            log.flush()
            done = subprocess.run([PROGRAM, log.name], capture_output=True, text=True,
                                  check=False)
        good = done.stdout.splitlines()[-1:] == [line] and done.returncode == code
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
        if not good:
            print(f'# {done.returncode}: {done.stdout}')
    done = subprocess.run([PROGRAM, '/nowhere.json'], capture_output=True, text=True, check=False)
    good = done.stdout == '0 passed, 1 failed\n' and done.returncode == 1
    print(f"{'ok' if good else 'not ok'} {len(CASES) + 1} - no log at all")
    return 1 if failed or not good else 0


if __name__ == '__main__':
    sys.exit(main())
