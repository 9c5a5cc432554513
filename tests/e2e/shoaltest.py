# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Whole daemons for tests: each on a data directory of its own, all on one private bus.

The programs come from SHOALD and SHOALCTL (set by meson). Nothing here naps for a fixed
time: wait_for() polls a condition against a deadline.
"""

import contextlib
import json
import os
import pathlib
import random
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

SHOALD = os.environ.get("SHOALD", "shoald")
SHOALCTL = os.environ.get("SHOALCTL", "shoalctl")
MIB = 1 << 20
DEADLINE_S = 180  # only a hang reaches it, on the slowest of machines


def wait_for(condition, what, deadline_s=DEADLINE_S):
    """Polls until condition() gives something true, and returns that."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what}")
        select.select([], [], [], 0.02)


def make_bytes(seed, size):
    return random.Random(seed).randbytes(size)


def write_tree(root, files):
    """files: {path: bytes | (bytes, mode) | '-> target'}; what else is there goes."""
    root = pathlib.Path(root)
    shutil.rmtree(root, ignore_errors=True)
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            target.symlink_to(content.removeprefix("-> "))
            continue
        data, mode = content if isinstance(content, tuple) else (content, 0o644)
        target.write_bytes(data)
        target.chmod(mode)
    return root


def read_tree(root):
    """What write_tree() took, for comparing."""
    files = {}
    for path in sorted(pathlib.Path(root).rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            files[name] = "-> " + os.readlink(path)
        elif path.is_file():
            mode = path.stat().st_mode & 0o777
            files[name] = path.read_bytes() if mode == 0o644 else (path.read_bytes(), mode)
    return files


class CtlError(Exception):
    """shoalctl ended with something other than 0."""

    def __init__(self, command, code, stdout, stderr):
        super().__init__(f"shoalctl {' '.join(command)}: exit {code}: {stderr or stdout}")
        self.code = code
        self.stderr = stderr


class Bus:
    """A private session bus."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()

    def stop(self):
        self.process.terminate()
        self.process.wait(DEADLINE_S)
        self.process.stdout.close()


class Node:
    """One shoald."""

    def __init__(self, bus, directory, name, *arguments):
        self.bus = bus
        self.name = name
        self.directory = pathlib.Path(directory) / name
        self.data = self.directory / "data"
        self.bus_name = f"org.shoal.Test.{name.capitalize()}"
        self.arguments = list(arguments)
        self.log = self.directory / "log"
        self.process = None
        self.mdns = False  # look for peers on the network
        self.directory.mkdir(parents=True, exist_ok=True)
        self.environment = dict(
            os.environ, DBUS_SESSION_BUS_ADDRESS=bus.address, HOME=str(self.directory),
            XDG_DATA_HOME=str(self.directory / "share"),
            XDG_CONFIG_HOME=str(self.directory / "config"),
            XDG_CACHE_HOME=str(self.directory / "cache"), NO_COLOR="1", LC_ALL="C.UTF-8",
            # What this machine is like plays no part: its system bus with the Avahi and
            # NetworkManager on it, whether its network is metered, its proxies.
            DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent/bus",
            GIO_USE_NETWORK_MONITOR="base", GIO_USE_PROXY_RESOLVER="dummy")

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [SHOALD, "--data-dir", self.data, "--config", self.directory / "shoald.conf",
                 "--bus-name", self.bus_name, *([] if self.mdns else ["--no-mdns"]),
                 *self.arguments],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self.is_running, f"{self.name} runs; its log:\n{self.log_tail()}")
        return self

    def is_running(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n"
                                 f"{self.log_tail()}")
        try:
            return self.ctl("status")["state"] == "running"
        except CtlError:
            return False

    def log_tail(self):
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def ctl(self, *command, timeout=DEADLINE_S):
        """Runs shoalctl --json and gives what it printed, parsed; CtlError if it failed."""
        done = subprocess.run(
            [SHOALCTL, "--bus-name", self.bus_name, "--json", *map(str, command)],
            env=self.environment, capture_output=True, text=True, timeout=timeout,
            stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise CtlError(list(map(str, command)), done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def bus_call(self, path, method, *arguments):
        """Calls org.shoal.Shoal1.METHOD, arguments and reply as text of GVariants."""
        done = subprocess.run(
            ["gdbus", "call", "--session", "--dest", self.bus_name, "--object-path", path,
             "--method", f"org.shoal.Shoal1.{method}" if "freedesktop" not in method else method,
             *arguments],
            env=self.environment, capture_output=True, text=True, timeout=DEADLINE_S,
            stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise CtlError([method], done.returncode, done.stdout, done.stderr)
        return done.stdout.strip()

    def bus_get(self, path, interface, name):
        """A property of an object, as text."""
        return self.bus_call(path, "org.freedesktop.DBus.Properties.Get",
                             f"org.shoal.Shoal1.{interface}", name)

    def begin(self, *command):
        """Starts shoalctl and does not wait."""
        return subprocess.Popen(
            [SHOALCTL, "--bus-name", self.bus_name, "--json", *map(str, command)],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL)

    def address(self):
        """A full multiaddr on loopback."""
        return next(a for a in self.ctl("status")["listen_addresses"]
                    if a.startswith("/ip4/127.0.0.1/tcp/"))

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.name} did not stop:\n{self.log_tail()}") from None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def app_dir(self, app):
        return self.data / "apps" / app

    def current(self, app):
        """The folder that `current` names, or None."""
        link = self.app_dir(app) / "current"
        return link.resolve(strict=True) if link.is_symlink() else None


class Wire:
    """A TCP relay that counts what passes: the wire between two nodes."""

    def __init__(self, port):
        self.target = port
        self.up = self.down = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.server.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    near.close()
                    continue
                for source, sink, name in ((near, far, "up"), (far, near, "down")):
                    threading.Thread(target=self._copy, args=(source, sink, name),
                                     daemon=True).start()

    def _copy(self, source, sink, name):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 18):
                setattr(self, name, getattr(self, name) + len(data))
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.server.close()


class NodeTestCase(unittest.TestCase):
    """A bus and a folder for each test; node() starts daemons that end with it."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="shoal-e2e-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.bus = Bus()
        self.addCleanup(self.bus.stop)

    def node(self, name, *arguments):
        node = Node(self.bus, self.directory, name, *arguments)
        self.addCleanup(node.stop)
        return node.start()

    def sharing_node(self, name, *arguments):
        node = self.node(name, "--listen", "/ip4/127.0.0.1/tcp/0", *arguments)
        node.ctl("sharing", "on")
        wait_for(lambda: node.ctl("status")["listen_addresses"], f"{name} listens")
        return node

    def wire_to(self, node):
        """A relay to @node and the multiaddr that leads through it."""
        parts = node.address().split("/")
        wire = Wire(int(parts[4]))
        self.addCleanup(wire.close)
        return wire, "/".join(parts[:4] + [str(wire.port)] + parts[5:])


def main():
    import sys
    result = unittest.main(verbosity=2, exit=False).result
    sys.exit(0 if result.wasSuccessful() else 1)
