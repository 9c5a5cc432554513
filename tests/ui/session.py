# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""A desktop session of its own for one window: X server, bus, accessibility, settings."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

TIMEOUT_S = float(os.environ.get('SHOAL_UI_TIMEOUT', '60'))
NEEDED = ['Xvfb', 'dbus-daemon', 'gdbus', 'import']
LAUNCHERS = ['/usr/libexec/at-spi-bus-launcher', '/usr/lib/at-spi2-core/at-spi-bus-launcher']
BUS_CONFIG = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=%s</listen><servicedir>%s</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>'''


def missing():
    """What is not installed, of what a session needs; empty: all is there."""
    names = [name for name in NEEDED if shutil.which(name) is None]
    if not any(os.path.exists(path) for path in LAUNCHERS):
        names.append('at-spi-bus-launcher')
    return names


def wait_for(condition, what, timeout_s=TIMEOUT_S):
    """Asks until it is true; returns what it was. It is the only wait of the tests."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError('waited %g s in vain for %s' % (timeout_s, what))
        time.sleep(0.05)


class Session:
    """Starts everything in its own folder; close() ends it all, in reverse order."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='shoal-ui-'))
        self.processes = []
        self.services = self.dir / 'services'
        self.services.mkdir()
        for name in ('config', 'data', 'cache', 'runtime'):
            (self.dir / name).mkdir(mode=0o700)
        self.env = {
            key: os.environ[key] for key in ('PATH', 'HOME', 'ASAN_OPTIONS', 'LSAN_OPTIONS',
                                             'UBSAN_OPTIONS') if key in os.environ}
        self.env.update({
            'XDG_CONFIG_HOME': str(self.dir / 'config'), 'NO_AT_BRIDGE': '0',
            'XDG_DATA_HOME': str(self.dir / 'data'), 'GTK_A11Y': 'atspi',
            'XDG_CACHE_HOME': str(self.dir / 'cache'), 'GDK_BACKEND': 'x11',
            'XDG_RUNTIME_DIR': str(self.dir / 'runtime'), 'GSK_RENDERER': 'cairo',
            'GSETTINGS_BACKEND': 'keyfile',
            'GTK_USE_PORTAL': '0', 'PYTHONDONTWRITEBYTECODE': '1',
            'GSETTINGS_SCHEMA_DIR': os.environ.get('SHOAL_SCHEMA_DIR', ''),
            'SHOAL_LOCALE_DIR': os.environ.get('SHOAL_LOCALE_DIR', '')})
        self.configure()
        try:
            self.start_display(1400, 1400)
            self.start_bus()
        except BaseException:
            self.close()
            raise

    def configure(self, width=820, height=680, is_dark=False, language='en'):
        """What programs find that are started from now on."""
        self.env.update({'LC_ALL': 'C.UTF-8', 'LANGUAGE': language,
                         'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark' if is_dark else 'default'})
        keyfile = self.dir / 'config' / 'glib-2.0' / 'settings' / 'keyfile'
        keyfile.parent.mkdir(parents=True, exist_ok=True)
        keyfile.write_text('[org/shoal/Shoal]\nwindow-width=%d\nwindow-height=%d\n'
                           % (width, height))
        settings = self.dir / 'config' / 'gtk-4.0' / 'settings.ini'
        settings.parent.mkdir(exist_ok=True)
        settings.write_text('[Settings]\ngtk-font-name=Cantarell 11\n'
                            'gtk-enable-animations=0\ngtk-decoration-layout=:close\n')

    def spawn(self, *args, **kwargs):
        log = (self.dir / ('%d-%s.log' % (len(self.processes), os.path.basename(args[0]))))
        with log.open('wb') as stderr:
            process = subprocess.Popen([str(arg) for arg in args], env=self.env,
                                       stdin=subprocess.DEVNULL, stderr=stderr,
                                       **{'stdout': subprocess.DEVNULL, **kwargs})
        process.log = log
        self.processes.append(process)
        return process

    def start_display(self, width, height):
        read, write = os.pipe()
        self.spawn('Xvfb', '-displayfd', write, '-screen', '0', '%dx%dx24' % (width, height),
                   '-nolisten', 'tcp', '-noreset', pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as pipe:
            self.env['DISPLAY'] = ':' + pipe.readline().strip()

    def start_bus(self):
        config = self.dir / 'bus.conf'
        config.write_text(BUS_CONFIG % (self.dir, self.services))
        launcher = next(path for path in LAUNCHERS if os.path.exists(path))
        (self.services / 'org.a11y.Bus.service').write_text(
            '[D-BUS Service]\nName=org.a11y.Bus\nExec=%s\n' % launcher)
        bus = self.spawn('dbus-daemon', '--nofork', '--print-address=1',
                         '--config-file=%s' % config, stdout=subprocess.PIPE)
        self.env['DBUS_SESSION_BUS_ADDRESS'] = bus.stdout.readline().decode().strip()
        # GTK 4 speaks to the accessibility bus only when somebody listens.
        self.spawn(launcher, '--launch-immediately', '--a11y=1', '--screen-reader=1')
        # A window that asks sooner would have a second launcher started, without the options.
        wait_for(lambda: self.has_owner('org.a11y.Bus'), 'the accessibility bus')

    def has_owner(self, name):
        done = subprocess.run(
            ['gdbus', 'call', '--session', '--dest=org.freedesktop.DBus', '--object-path=/',
             '--method=org.freedesktop.DBus.NameHasOwner', name],
            env=self.env, capture_output=True, check=True)
        return b'true' in done.stdout

    def add_service(self, name, command):
        """Makes a program startable by its bus name."""
        (self.services / (name + '.service')).write_text(
            '[D-BUS Service]\nName=%s\nExec=%s\n' % (name, command))

    def screenshot(self, path, window='root'):
        subprocess.run(['import', '-window', window, str(path)], env=self.env, check=True)

    def end(self, process):
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()

    def logs(self):
        texts = []
        for log in sorted(self.dir.glob('*.log')):
            text = log.read_text(errors='replace').strip()
            if text:
                texts.append('--- %s\n%s' % (log.name, text))
        return '\n'.join(texts)

    def close(self):
        for process in reversed(self.processes):
            self.end(process)
        shutil.rmtree(self.dir, ignore_errors=True)
