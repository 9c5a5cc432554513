# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""What the check-* programs share: arguments in, findings out."""

import argparse
import os
import sys

from lintlib.tree import Finding, Tree

KNOWN = 'tests/lint/known.txt'

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))


def without_known(tree, findings, rules):
    """The findings less those on the list, and a finding for each idle line of it."""
    if not tree.exists(KNOWN):
        return findings
    known = {tuple(line.split()): number
             for number, line in enumerate(tree.read(KNOWN).splitlines(), 1)
             if line.strip() and not line.startswith('#')}
    met = {(finding.path, finding.rule) for finding in findings}
    idle = [Finding(KNOWN, number, key[1], f'{key[0]} keeps the rule now: take it off')
            for key, number in known.items() if key not in met and key[1] in rules]
    return [f for f in findings if (f.path, f.rule) not in known] + idle


def run(description, check, rules, uses_build=False):
    """Calls check (tree, args), prints its findings sorted, exits 1 when there are any.
    `rules` are those that the program has; --rule and --without narrow them."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--root', default=TOP, help='the tree to look at')
    parser.add_argument('--rule', action='append', choices=rules, help='only these rules')
    parser.add_argument('--without', action='append', choices=rules, default=[],
                        help='not these rules')
    if uses_build:
        parser.add_argument('--build', help='its build folder (default: ROOT/build)')
    args = parser.parse_args()
    if uses_build and not args.build:
        args.build = os.path.join(args.root, 'build')
    wanted = set(args.rule or rules) - set(args.without)
    tree = Tree(os.path.abspath(args.root))
    findings = [finding for finding in check(tree, args) if finding.rule in wanted]
    findings = sorted(without_known(tree, findings, wanted))
    for finding in findings:
        print(finding)
    if findings:
        print(f'{os.path.basename(sys.argv[0])}: {len(findings)} findings', file=sys.stderr)
    sys.exit(1 if findings else 0)
