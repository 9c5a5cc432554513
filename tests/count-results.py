#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""count-results LOG... [--again LOG...]: the closing line of a run of tests.

Reads what `meson test` wrote as JSON, one test program a line, and prints the end of what
each failed program wrote, then `N passed, N failed[, N skipped]`. A TAP program counts once
per test point it printed; any other counts once. A program that died after its last point
counts as one failure more. Exits 1 when anything failed or nothing ran.

The logs after --again are of second tries: there a result replaces that of the first try,
and a line says which programs needed one.

count-results --list-again LOG...: the programs that deserve a second try, one a line. These
run against real processes, clocks and foreign peers, and on a crowded machine one may lose a
race that says nothing about the code; a defect fails more of them, or fails again.
"""

import argparse
import json
import re
import sys

POINT = re.compile(r'^(not )?ok\b[^#]*(#\s*(skip|todo)\b)?', re.IGNORECASE)
GOOD = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}
AGAIN_SUITES = {'ui', 'e2e', 'interop'}
AGAIN_MAX = 2
TAIL_LINES = 60


def count(test):
    """Returns (passed, failed, skipped) of one line of the log."""
    passed = failed = skipped = 0
    for line in (test.get('stdout') or '').splitlines():
        point = POINT.match(line)
        if not point:
            continue
        if point.group(2):
            skipped += 1
        elif point.group(1):
            failed += 1
        else:
            passed += 1
    if test['result'] in SKIPPED:
        return passed, failed, max(skipped, 1)
    if test['result'] not in GOOD:
        return passed, max(failed, 1), skipped
    # A program that meson calls good cannot have failed: its output only looked like TAP.
    if failed or not passed + skipped:
        return 1, 0, 0
    return passed, failed, skipped


def read(log):
    try:
        with open(log, encoding='utf-8') as lines:
            return [json.loads(line) for line in lines if line.strip()]
    except OSError as error:
        print(f'no results: {error}', file=sys.stderr)
        return []


def list_again(logs):
    """Meson writes a name as `project:suite+suite / name`."""
    failed = [test['name'] for log in logs for test in read(log) if count(test)[1]]
    suites = [set(name.partition(' / ')[0].partition(':')[2].split('+')) for name in failed]
    if len(failed) <= AGAIN_MAX and all(AGAIN_SUITES & names for names in suites):
        for name in failed:
            print(name.partition(' / ')[2])


def tail(test):
    """The end of what a program wrote: CI shows little more of its output than the end."""
    lines = '\n'.join(test.get(kind) or '' for kind in ('stdout', 'stderr')).splitlines()
    yield f"--- {test['name']}: {test['result'].lower()}"
    yield from ('    ' + line for line in lines[-TAIL_LINES:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('logs', nargs='+')
    parser.add_argument('--again', nargs='+', default=[])
    parser.add_argument('--list-again', action='store_true')
    args = parser.parse_args()
    if args.list_again:
        list_again(args.logs)
        return 0
    again = {test['name']: test for log in args.again for test in read(log)}
    totals = [0, 0, 0]
    output = []
    notes = []
    for log in args.logs:
        tests = read(log)
        if not tests:
            totals[1] += 1
        for first in tests:
            test = again.get(first['name'], first) if count(first)[1] else first
            counts = count(test)
            totals = [a + b for a, b in zip(totals, counts)]
            if count(first)[1]:
                output.extend(tail(first))
            if counts[1] or counts[2]:
                notes.append(f"{test['result'].lower()}: {test['name']}")
            if test is not first:
                notes.append(f"tried twice ({first['result'].lower()} at first): {test['name']}")
    passed, failed, skipped = totals
    notes.append(f'{passed} passed, {failed} failed'
                 + (f', {skipped} skipped' if skipped else ''))
    print('\n'.join(output + notes))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
