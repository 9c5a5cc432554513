#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""list-targets.py on the notes that meson leaves of a build."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(__file__).resolve().with_name('list-targets.py')


class ListTargets(unittest.TestCase):
    def setUp(self):
        self.build = tempfile.TemporaryDirectory()
        self.addCleanup(self.build.cleanup)
        root = pathlib.Path(self.build.name).resolve()
        info = root / 'meson-info'
        info.mkdir()
        (info / 'intro-targets.json').write_text(json.dumps([
            {'id': 'a', 'filename': [str(root / 'x' / 'test-a')]},
            {'id': 'b', 'filename': [str(root / 'test-b'), str(root / 'b.h')]},
            {'id': 'c', 'filename': [str(root / 'never')]}]))
        (info / 'intro-tests.json').write_text(json.dumps([
            {'suite': ['shoal:unit', 'shoal:base'], 'depends': ['a']},
            {'suite': ['shoal:unit', 'shoal:store'], 'depends': ['a', 'b']},
            {'suite': ['shoal:ui'], 'depends': ['c']}]))

    def run_with(self, *suites):
        done = subprocess.run([sys.executable, PROGRAM, self.build.name, *suites], check=True,
                              capture_output=True, text=True)
        return done.stdout.split()

    def test_suites(self):
        self.assertEqual(self.run_with('base'), ['x/test-a'])
        self.assertEqual(self.run_with('store'), ['b.h', 'test-b', 'x/test-a'])
        self.assertEqual(self.run_with('unit', 'ui'), ['b.h', 'never', 'test-b', 'x/test-a'])
        self.assertEqual(self.run_with('nothing'), [])


if __name__ == '__main__':
    unittest.main()
