# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Processes of the demonstration: X server, daemons, shoalctl. Ends only what it began."""

import json
import os
import signal
import socket
import subprocess
import time

DEADLINE_S = 60


class Failed(Exception):
    """A step did not do what it must."""


def wait_for(condition, what, deadline_s=DEADLINE_S):
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f'waited {deadline_s} s in vain for {what}')
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Processes:
    def __init__(self):
        self.running = []

    def start(self, argv, log, **options):
        with open(log, 'ab') as output:
            process = subprocess.Popen(argv, stdout=output, stderr=output,
                                       stdin=subprocess.DEVNULL, **options)
        self.running.append(process)
        return process

    def stop(self, process):
        if process in self.running:
            self.running.remove(process)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return process.returncode

    def stop_all(self):
        for process in reversed(list(self.running)):
            self.stop(process)


def start_display(processes, folder):
    """An X server on a free display; its name."""
    reader, writer = os.pipe()
    processes.start(['Xvfb', '-displayfd', str(writer), '-screen', '0', '1280x900x24',
                     '-nolisten', 'tcp', '-noreset'], folder / 'xvfb.log', pass_fds=[writer])
    os.close(writer)
    with os.fdopen(reader) as pipe:
        number = pipe.readline().strip()
    if not number:
        raise Failed('Xvfb did not start: ' + (folder / 'xvfb.log').read_text())
    return ':' + number


class Node:
    """One shoald with its data folder, its settings and its name on the bus."""

    def __init__(self, name, programs, processes, folder, arguments):
        self.name = name
        self.ctl_program = programs['shoalctl']
        self.bus_name = f'org.shoal.Demo.{name}'
        self.folder = folder / name
        self.folder.mkdir()
        self.log = folder / f'{name}.log'
        self.processes = processes
        self.daemon_program = programs['shoald']
        self.start(arguments)

    def start(self, arguments):
        """Also after it was stopped: with the data it had, and perhaps other arguments."""
        env = {**os.environ, 'XDG_DATA_HOME': str(self.folder / 'share'),
               'XDG_CONFIG_HOME': str(self.folder / 'config')}
        self.process = self.processes.start(
            [self.daemon_program, '--data-dir', self.folder / 'data', '--config',
             self.folder / 'shoald.conf', '--bus-name', self.bus_name, '--no-mdns',
             '--listen', '/ip4/127.0.0.1/tcp/0', *arguments], self.log, env=env)
        found = subprocess.run(['gdbus', 'wait', '--session', '--timeout', '60', self.bus_name])
        if found.returncode != 0:
            raise Failed(f'{self.name} did not start:\n' + self.log.read_text())

    def try_ctl(self, *arguments):
        """Runs shoalctl --json; exit status and what it printed."""
        done = subprocess.run(
            [self.ctl_program, '--bus-name', self.bus_name, '--json', *map(str, arguments)],
            capture_output=True, text=True, timeout=DEADLINE_S)
        return done.returncode, done.stdout, done.stderr.strip()

    def ctl(self, *arguments):
        code, output, error = self.try_ctl(*arguments)
        if code != 0:
            raise Failed(f'shoalctl {arguments[0]} on {self.name}: {error}')
        return json.loads(output)

    def address(self):
        return wait_for(lambda: self.ctl('status')['listen_addresses'],
                        f'{self.name} to listen')[0]

    def received(self):
        """Bytes of payload and protocol from all peers, by peer."""
        return {peer['peer_id']: peer['bytes_down'] for peer in self.ctl('peers')}

    def app(self, app_id):
        for app in self.ctl('list'):
            if app['id'] == app_id:
                return app
        raise Failed(f'{self.name} does not list {app_id}')

    def current(self, app_id):
        return (self.folder / 'data' / 'apps' / app_id / 'current').resolve()
