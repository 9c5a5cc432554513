# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""A daemon that the bus starts when it is called and that leaves when nobody needs it:
whoever calls at that moment is answered, by the one that stays or by the next."""

import pathlib
import random
import re
import subprocess

import shoaltest
from shoaltest import NodeTestCase, SHOALD, main, wait_for

NAME = "org.shoal.Test.Idle"
MANAGER = "/org/shoal/Shoal/Daemon/Manager"
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<servicedir>{0}</servicedir><limit name="service_start_timeout">300000</limit>
<policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>
"""
SERVICE = """[D-BUS Service]
Name={name}
Exec={shoald} --data-dir {dir}/data --config {dir}/shoald.conf --bus-name {name} --no-mdns \
--idle-exit 1
"""


class ActivatingBus(shoaltest.Bus):
    """A session bus that knows how to start the daemon."""

    def __init__(self, directory):
        services = pathlib.Path(directory) / "services"
        services.mkdir()
        (services / f"{NAME}.service").write_text(
            SERVICE.format(name=NAME, shoald=SHOALD, dir=directory))
        config = pathlib.Path(directory) / "bus.conf"
        config.write_text(CONFIG.format(services))
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()


class IdleTest(NodeTestCase):
    def setUp(self):
        super().setUp()
        self.activating = ActivatingBus(self.directory)
        self.addCleanup(self.activating.stop)
        self.addCleanup(self.quit)
        # Only its environment and its way to call are used: the bus starts the daemon.
        self.caller = shoaltest.Node(self.activating, self.directory, "caller")
        self.caller.bus_name = NAME

    def peer_id(self):
        """Starts the daemon if there is none; empty while it starts."""
        reply = self.caller.bus_get(MANAGER, "Manager", "PeerId")
        return re.search("'(.*)'", reply)[1]

    def ask_bus(self, method, *arguments):
        return subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus",
             "--object-path", "/", "--method", f"org.freedesktop.DBus.{method}", *arguments],
            env=self.caller.environment, capture_output=True, text=True,
            timeout=shoaltest.DEADLINE_S, stdin=subprocess.DEVNULL).stdout

    def is_there(self):
        return "true" in self.ask_bus("NameHasOwner", NAME)

    def owner(self):
        return self.ask_bus("GetConnectionUnixProcessID", NAME)

    def quit(self):
        """Whatever became of the test, no daemon is left."""
        if self.is_there():
            self.caller.bus_call(MANAGER, "Manager.Quit")
        wait_for(lambda: not self.is_there(), "the daemon is gone")

    def test_called_while_leaving(self):
        identity = wait_for(self.peer_id, "the bus has started it")
        owners = set()
        for _ in range(4):
            owners.add(self.owner())
            # It gives back its name first, and then its folder: the next one is started
            # while this one still has that.
            wait_for(lambda: not self.is_there(), "it leaves")
            self.assertEqual(wait_for(self.peer_id, "another one runs"), identity)
        self.assertEqual(len(owners), 4)

    def test_called_about_then(self):
        """At any moment about the one at which it leaves."""
        identity = wait_for(self.peer_id, "the bus has started it")
        rng = random.Random()
        for _ in range(8):
            shoaltest.select.select([], [], [], rng.uniform(0.9, 1.2))
            self.assertEqual(wait_for(self.peer_id, "one of them runs"), identity)


if __name__ == "__main__":
    main()
