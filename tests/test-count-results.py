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


AGAIN = [
    # what, first log, second log, names to try again, last lines, exit code
    ('passes the second time', [('a:ui+app / w', 'FAIL'), ('a:unit / u', 'OK')],
     [('a:ui+app / w', 'OK')], ['w'],
     ['tried twice (fail at first): a:ui+app / w', '2 passed, 0 failed'], 0),
    ('fails the second time', [('a:e2e / w', 'TIMEOUT')], [('a:e2e / w', 'FAIL')], ['w'],
     ['fail: a:e2e / w', 'tried twice (timeout at first): a:e2e / w', '0 passed, 1 failed'], 1),
    ('a unit test gets one try', [('a:unit / u', 'FAIL'), ('a:ui / w', 'OK')], [], [],
     ['fail: a:unit / u', '1 passed, 1 failed'], 1),
    ('beside a failed unit test nothing is tried again',
     [('a:unit / u', 'FAIL'), ('a:ui / w', 'FAIL')], [], [], ['0 passed, 2 failed'], 1),
    ('many that fail are no accident',
     [('a:ui / v', 'FAIL'), ('a:ui / w', 'FAIL'), ('a:e2e / x', 'FAIL')], [], [],
     ['0 passed, 3 failed'], 1),
    ('what passed is not taken from the second log', [('a:ui / w', 'OK')],
     [('a:ui / w', 'FAIL')], [], ['1 passed, 0 failed'], 0),
]


def write(folder, name, tests):
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='utf-8') as log:
        for test, result in tests:
            print(json.dumps({'name': test, 'result': result, 'stdout': ''}), file=log)
    return path


def run(*args):
    done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, check=False)
    return done.stdout.splitlines(), done.returncode


def check_again(first, second, names, lines, code):
    with tempfile.TemporaryDirectory() as folder:
        log = write(folder, 'first.json', first)
        args = ['--again', write(folder, 'second.json', second)] if second else []
        listed, _ = run('--list-again', log)
        printed, status = run(log, *args)
        return listed == names and printed[-len(lines):] == lines and status == code


def check_tail():
    """The end of what a failed program said comes before the closing line."""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as log:
        said = '\n'.join(str(i) for i in range(200))
        print(json.dumps({'name': 'x', 'result': 'FAIL', 'stdout': said, 'stderr': 'oh'}),
              file=log, flush=True)
        lines, _ = run(log.name)
    return (lines[0] == '--- x: fail' and lines[-3:] == ['    oh', 'fail: x',
                                                         '0 passed, 1 failed']
            and '    199' in lines and '    100' not in lines)


def main():
    failed = 0
    print(f'1..{len(CASES) + len(AGAIN) + 2}')
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
    failed += not good
    for number, (what, *case) in enumerate(AGAIN, len(CASES) + 2):
        good = check_again(*case)
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
    good = check_tail()
    failed += not good
    print(f"{'ok' if good else 'not ok'} {len(CASES) + len(AGAIN) + 2} - the end of the output")
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
