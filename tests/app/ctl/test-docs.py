#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""test-docs.py SHOALCTL SHOALD MAN-FOLDER COMPLETION: manual pages and completion say what
--help says, no more and no less."""

import pathlib
import re
import shutil
import subprocess
import sys
import unittest

SHOALCTL, SHOALD, MAN, COMPLETION = sys.argv[1:5]


def output(*argv):
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def options_of(text):
    return set(re.findall(r'^\s+(?:-\w, )?(--[a-z-]+)', text, re.MULTILINE))


def commands():
    """Names in `shoalctl --help`, "car export" as one."""
    names = []
    for line in output(SHOALCTL, '--help').splitlines():
        found = re.match(r'  ([a-z].*?)(?:  |$)', line)
        if not found:
            continue
        words = found.group(1).split()
        is_two = len(words) > 1 and words[1].isalpha() and words[1].islower()
        names.append(' '.join(words[:2 if is_two else 1]))
    return names


def rendered(page):
    """The page as text; any warning of groff fails."""
    done = subprocess.run(
        ['groff', '-k', '-man', '-Tutf8', '-ww', '-rLL=200n', '-P-cbou', str(page)],
        capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(done.stderr)
    return done.stdout.replace('\u2010', '-').replace('\u2212', '-')


def complete(line):
    """What bash offers at the end of @line, whose first word is the program."""
    script = '''
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _shoalctl; printf '%s\\n' "${COMPREPLY[@]}"'''
    words = [SHOALCTL] + line.split(' ')
    return output('bash', '-c', script, 'bash', COMPLETION, *words).split()


class Man(unittest.TestCase):
    def setUp(self):
        if shutil.which('groff') is None:
            self.skipTest('groff is not installed')

    def test_shoalctl(self):
        page = rendered(pathlib.Path(MAN, 'shoalctl.1'))
        section = page[page.index('\nCOMMANDS'):page.index('\nJSON')]
        in_page = re.findall(r'^ {7}([a-z0-9]+(?: [a-z]+)?)(?= |$)', section, re.MULTILINE)
        everything = set(options_of(output(SHOALCTL, '--help')))
        for name in commands():
            self.assertIn(name, in_page)
            text = output(SHOALCTL, *name.split(), '--help')
            summary = text.split('\n\n')[1].rstrip('.')
            self.assertIn(summary.lower()[:40], re.sub(r'\s+', ' ', section).lower())
            everything |= options_of(text)
        self.assertEqual(everything, set(re.findall(r'(?<![\w-])--[a-z][a-z-]*', page)) -
                         {'--bootstrap'})

    def test_shapes(self):
        page = rendered(pathlib.Path(MAN, 'shoalctl.1'))
        shapes = page[page.index('\nJSON'):page.index('\nEXIT STATUS')]
        for name in commands():
            if name not in ('org', 'shutdown', 'launch', 'hold', 'unhold', 'unskip',
                            'skip', 'unpin', 'share', 'unshare', 'disconnect', 'cancel', 'warnings dismiss'):
                self.assertIn(name, shapes)

    def test_shoald(self):
        page = rendered(pathlib.Path(MAN, 'shoald.1'))
        self.assertEqual(options_of(output(SHOALD, '--help')),
                         set(re.findall(r'^\s+(?:-\w, )?(--[a-z-]+)', page, re.MULTILINE)))


class Completion(unittest.TestCase):
    def test_commands(self):
        first = {name.split()[0] for name in commands()}
        self.assertEqual(set(complete('')), first)
        self.assertEqual(complete('roll'), ['rollback'])
        self.assertEqual(complete('--bus-name org.example.X roll'), ['rollback'])
        self.assertEqual(sorted(complete('car ')), ['export', 'import'])
        self.assertEqual(sorted(complete('config ')), ['add', 'get', 'remove', 'set'])
        self.assertEqual(complete('p2p '), ['status'])
        self.assertEqual(sorted(complete('warnings ')), ['dismiss', 'list'])
        self.assertEqual(complete('keys cr'), ['create'])

    def test_options(self):
        for name in commands():
            wanted = options_of(output(SHOALCTL, *name.split(), '--help'))
            self.assertEqual(set(complete(name + ' -')), wanted)

    def test_values(self):
        self.assertEqual(complete('add --hash sha2-5'), ['sha2-512'])
        self.assertEqual(complete('publish --chunker f'), ['fastcdc'])
        self.assertEqual(complete('add --shard-split b'), ['block-bytes'])
        self.assertEqual(sorted(complete('sharing o')), ['off', 'on'])

    def test_no_daemon(self):
        self.assertEqual(complete('--bus-name org.example.Nobody launch '), [])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
