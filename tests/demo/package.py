# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Two versions of a real desktop app, unpacked from a Debian package."""

import gzip
import os
import pathlib
import re
import shutil
import subprocess

PACKAGE = 'gtk-4-examples'
LIBRARY = 'libgtk-4-1'
APP_ID = 'org.gtk.Demo4'
PROGRAM = 'usr/bin/gtk4-demo'
DESKTOP = 'usr/share/applications/org.gtk.Demo4.desktop'
ICON = 'usr/share/icons/hicolor/scalable/apps/org.gtk.Demo4.svg'
METAINFO = 'usr/share/metainfo/org.gtk.Demo4.appdata.xml'
CHANGELOG = 'usr/share/doc/gtk-4-examples/changelog.Debian.gz'
WINDOW_TITLE = 'GTK Demo'

# What changes in the program from one release to the next: texts of the window (they are
# in the resources inside the program) and the version. As long as the old ones, so that the
# program still runs; a rebuilt one would move the rest, too, which fixed chunks feel.
TEXTS = [(b'_About GTK Demo', b'_About the Demo'),
         (b'GTK Demo is a collection', b'GTK Demo is an anthology')]


class Package:
    def __init__(self, deb):
        self.deb = deb
        found = subprocess.run(['dpkg-deb', '-f', deb, 'Version'], check=True,
                               capture_output=True, text=True)
        self.debian_version = found.stdout.strip()
        # "4.8.3+ds-2+deb12u1" is 4.8.3 for people and for semantic versions.
        self.version = re.match(r'\d+\.\d+\.\d+', self.debian_version).group(0)
        major, minor, patch = self.version.split('.')
        self.next_version = f'{major}.{minor}.{int(patch) + 1}'
        self.third_version = f'{major}.{minor}.{int(patch) + 2}'

    def unpack(self, folder):
        subprocess.run(['dpkg-deb', '-x', self.deb, folder], check=True)
        # GSettings reads the compiled form only.
        schemas = pathlib.Path(folder, 'usr/share/glib-2.0/schemas')
        if schemas.is_dir() and shutil.which('glib-compile-schemas'):
            subprocess.run(['glib-compile-schemas', schemas], check=True)

    def make_next(self, old, new):
        self.make_release(old, new, TEXTS, self.version, self.next_version)

    def make_third(self, old, new):
        self.make_release(old, new, [(b, a) for a, b in TEXTS], self.next_version,
                          self.third_version)

    @staticmethod
    def make_release(old, new, texts, old_version, version):
        """Copies the tree @old to @new and changes it as a release does."""
        shutil.copytree(old, new, symlinks=True)
        program = pathlib.Path(new, PROGRAM)
        data = program.read_bytes()
        for text, other in texts + [(old_version.encode(), version.encode())]:
            if len(text) != len(other) or text not in data:
                raise RuntimeError(f'{PROGRAM} has no {text.decode()} to change')
            data = data.replace(text, other)
        program.write_bytes(data)
        metainfo = pathlib.Path(new, METAINFO)
        metainfo.write_text(metainfo.read_text().replace(
            '</component>', f'  <releases><release version="{version}"/></releases>\n'
            '</component>'))
        icon = pathlib.Path(new, ICON)
        icon.write_text(icon.read_text() + '<!-- redrawn -->\n')
        changelog = pathlib.Path(new, CHANGELOG)
        with gzip.open(changelog) as old_log:
            text = old_log.read()
        with gzip.GzipFile(changelog, 'wb', mtime=0) as new_log:
            new_log.write(f'gtk4 ({version}-1) stable; urgency=medium\n\n'
                          '  * New version.\n\n'.encode() + text)


def installed_version(package):
    found = subprocess.run(['dpkg-query', '-W', '-f', '${Version}', package],
                           capture_output=True, text=True)
    return found.stdout.strip()


def fetch(target, cache):
    return subprocess.run(['apt-get', '-qq', 'download', target], cwd=cache,
                          stderr=subprocess.PIPE, text=True,
                          env={**os.environ, 'LC_ALL': 'C.UTF-8'})


def update_lists():
    """A fresh machine has no lists of packages, an old one lists what is gone."""
    print('      apt-get update, for the package of the demonstration', flush=True)
    root = [] if os.geteuid() == 0 else ['sudo']
    subprocess.run([*root, 'apt-get', '-qq', 'update'])


def download(cache):
    """The package file, from the cache or by apt; the one that fits the library here."""
    wanted = installed_version(LIBRARY)
    target = f'{PACKAGE}={wanted}' if wanted else PACKAGE
    cache.mkdir(parents=True, exist_ok=True)
    name = f'{PACKAGE}_{wanted}_*.deb'.replace(':', '%3a')
    if not list(cache.glob(name)):
        done = fetch(target, cache)
        if done.returncode != 0 and (os.geteuid() == 0 or shutil.which('sudo')):
            update_lists()
            done = fetch(target, cache)
        if done.returncode != 0:
            raise RuntimeError(f'apt-get download {target} failed: {done.stderr.strip()}; '
                               'put the package into ' + str(cache))
    return Package(next(cache.glob(name)))
