#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""count-results LOG...: the closing line of a run of tests.

Reads what `meson test` wrote as JSON, one test program a line, and prints
`N passed, N failed[, N skipped]`. A TAP program counts once per test point it
printed; any other counts once. A program that died after its last point counts as
one failure more. Exits 1 when anything failed or nothing ran.
"""

import json
import re
import sys

POINT = re.compile(r'^(not )?ok\b[^#]*(#\s*(skip|todo)\b)?', re.IGNORECASE)
GOOD = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}


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


def main(logs):
    totals = [0, 0, 0]
    bad = []
    for log in logs:
        try:
            with open(log, encoding='utf-8') as lines:
                tests = [json.loads(line) for line in lines if line.strip()]
        except OSError as error:
            tests = []
            print(f'no results: {error}', file=sys.stderr)
        if not tests:
            totals[1] += 1
        for test in tests:
            counts = count(test)
            totals = [a + b for a, b in zip(totals, counts)]
            if counts[1] or counts[2]:
                bad.append(f"{test['result'].lower()}: {test['name']}")
    for line in bad:
        print(line)
    passed, failed, skipped = totals
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
