#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Runs a test of widgets on an X server of its own: in-display.py PROGRAM [ARGUMENT]…"""

import os
import shutil
import subprocess
import sys


def main():
    if shutil.which('Xvfb') is None:
        print('1..0 # SKIP Xvfb is not installed')
        return 0
    read, write = os.pipe()
    server = subprocess.Popen(
        ['Xvfb', '-displayfd', str(write), '-screen', '0', '1000x1000x24', '-nolisten', 'tcp',
         '-noreset'], pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            display = ':' + pipe.readline().strip()
        env = dict(os.environ, DISPLAY=display, GDK_BACKEND='x11', GSK_RENDERER='cairo',
                   GTK_A11Y='none', GSETTINGS_BACKEND='memory', GTK_USE_PORTAL='0',
                   # It would connect to a bus before the test has made its own.
                   ADW_DISABLE_PORTAL='1')
        return subprocess.run(sys.argv[1:], env=env).returncode
    finally:
        server.terminate()
        server.wait()


if __name__ == '__main__':
    sys.exit(main())
