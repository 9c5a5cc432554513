# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""The tree that is linted: its files, their text with comments and strings blanked,
their includes and functions. Nothing here knows a rule."""

import os
import re
import subprocess
from dataclasses import dataclass, field

CODE = ('.c', '.h')
SKIPPED_DIRS = {'.git', 'node_modules', '__pycache__', 'fixtures'}


@dataclass(order=True)
class Finding:
    """A breach: where, of which rule, and what to do about it."""
    path: str
    line: int
    rule: str
    text: str = field(compare=False)

    def __str__(self):
        return f'{self.path}:{self.line}: [{self.rule}] {self.text}'


@dataclass
class Include:
    line: int
    name: str
    quoted: bool


@dataclass
class Function:
    name: str
    line: int  # of the opening brace
    end: int  # of the closing brace
    is_static: bool
    depth: int  # deepest braces, the body itself being 1


_BLANK = re.compile(r'''/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*\'''',
                    re.DOTALL)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
_NAME = re.compile(r'([A-Za-z_]\w*)\s*\(')


def _blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


class Source:
    """One C file."""

    def __init__(self, root, path):
        self.path = path
        with open(os.path.join(root, path), encoding='utf-8', errors='replace') as file:
            self.text = file.read()
        self.lines = self.text.splitlines()
        # Same length and lines as the text, comments and literals made blank.
        self.code = _BLANK.sub(_blank, self.text)
        self.code_lines = self.code.splitlines()

    @property
    def stem(self):
        return os.path.splitext(os.path.basename(self.path))[0]

    @property
    def is_header(self):
        return self.path.endswith('.h')

    def line_of(self, offset):
        return self.text.count('\n', 0, offset) + 1

    def includes(self):
        return [Include(self.line_of(m.start(2)), m.group(2), m.group(1) == '"')
                for m in _INCLUDE.finditer(self.text)]

    def functions(self):
        """Function bodies, in the GNU layout that clang-format guarantees: the braces of
        a body are alone in column 0 and the name begins the line before the arguments."""
        start = None
        for number, line in enumerate(self.code_lines, 1):
            if line.startswith('{') and start is None:
                start = number
            elif line.startswith('}') and start is not None:
                function = self._function(start, number)
                if function and line.rstrip() == '}':
                    yield function
                start = None

    def _function(self, start, end):
        head = []
        number = start - 1
        while number > 0 and self.code_lines[number - 1].strip() and \
                not re.search(r'[;}]\s*$|^\s*#', self.code_lines[number - 1]):
            head.insert(0, self.code_lines[number - 1])
            number -= 1
        name = _NAME.search(' '.join(head))
        if not name or re.search(r'\b(struct|enum|union)\b[^(]*$', ' '.join(head)):
            return None
        depth = deepest = 0
        for line in self.code_lines[start - 1:end]:
            for char in line:
                if char == '{':
                    depth += 1
                    deepest = max(deepest, depth)
                elif char == '}':
                    depth -= 1
        return Function(name.group(1), start, end,
                        re.search(r'\bstatic\b', ' '.join(head)) is not None, deepest)


def files(root):
    """Paths of what git tracks or would track below root; of everything when root is no
    work tree of its own (a fixture)."""
    if os.path.exists(os.path.join(root, '.git')):
        listed = subprocess.run(
            ['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
            check=True, capture_output=True, text=True).stdout
        paths = [path for path in listed.split('\0')
                 if path and os.path.isfile(os.path.join(root, path))
                 and not os.path.islink(os.path.join(root, path))]
        return sorted(path for path in paths if not path.startswith('tests/lint/fixtures/'))
    found = []
    for where, dirs, names in os.walk(root):
        dirs[:] = sorted(set(dirs) - SKIPPED_DIRS)
        found += [os.path.relpath(os.path.join(where, name), root) for name in names]
    return sorted(found)


class Tree:
    """All of it, read once."""

    def __init__(self, root):
        self.root = root
        self.files = files(root)
        self._sources = {}

    def sources(self, *below):
        """C files, of the named folders when any are named."""
        for path in self.files:
            if path.endswith(CODE) and (not below or path.startswith(below)):
                if path not in self._sources:
                    self._sources[path] = Source(self.root, path)
                yield self._sources[path]

    def read(self, path):
        with open(os.path.join(self.root, path), encoding='utf-8', errors='replace') as file:
            return file.read()

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))
