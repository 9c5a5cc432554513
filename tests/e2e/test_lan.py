# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Daemons on one network that know nothing of each other, in a network namespace of their
own; exit 77 where there can be none."""

import os
import pathlib
import shutil
import subprocess
import sys
import time

from shoaltest import NodeTestCase, make_bytes, read_tree, wait_for, write_tree
import shoaltest

APP = "org.example.Lan"
MDNS_PORT = 5353
INSIDE = "SHOAL_TEST_IN_NAMESPACE"


def skip(reason):
    print(f"# skipped: {reason}")
    sys.exit(77)


def run_ip(command):
    """What is wrong with it, or None."""
    done = subprocess.run(["ip", *command.split()], capture_output=True, text=True)
    return done.stderr.strip() or "it failed" if done.returncode != 0 else None


def enter():
    """Goes on in a namespace with one network that is not the loopback."""
    if INSIDE not in os.environ:
        if not shutil.which("unshare") or not shutil.which("ip"):
            skip("unshare and ip are needed")
        for options in (["--net"], ["--user", "--map-root-user", "--net"]):
            if subprocess.run(["unshare", *options, "ip", "link", "set", "lo", "up"],
                              capture_output=True).returncode == 0:
                os.execvpe("unshare", ["unshare", *options, sys.executable, *sys.argv],
                           dict(os.environ, **{INSIDE: "1"}))
        skip("there can be no network namespace here")
    for kind in ("dummy", "bridge"):  # either will do; kernels have one, or both
        if run_ip(f"link add lan0 type {kind}") is None:
            break
    for command in ("addr add 10.87.0.1/24 dev lan0", "link set lan0 multicast on up",
                    "link set lo up"):
        problem = run_ip(command)
        if problem:
            skip(f"ip {command}: {problem}")


def sockets(node):
    """Local ports of the UDP sockets, and of the TCP sockets that listen, of a process."""
    root = pathlib.Path(f"/proc/{node.process.pid}")
    inodes = set()
    for fd in (root / "fd").iterdir():
        try:
            target = os.readlink(fd)
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = {"udp": set(), "listen": set()}
    for name in ("udp", "udp6", "tcp", "tcp6"):
        for line in (root / "net" / name).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] not in inodes:
                continue
            port = int(fields[1].rsplit(":", 1)[1], 16)
            if name.startswith("udp"):
                found["udp"].add(port)
            elif fields[3] == "0A":
                found["listen"].add(port)
    return found


class LanTest(NodeTestCase):
    def start(self, name, *arguments, mdns=True):
        node = shoaltest.Node(self.bus, self.directory, name, "--sharing", "on",
                              "--listen", "/ip4/10.87.0.1/tcp/0", *arguments)
        node.mdns = mdns
        self.addCleanup(node.stop)
        return node.start()

    @staticmethod
    def peers(node):
        return {peer["peer_id"] for peer in node.ctl("peers")}

    def test_three(self):
        nodes = [self.start(name) for name in ("one", "two")]
        began = time.monotonic()
        nodes.append(self.start("three"))
        ids = {node.name: node.ctl("status")["peer_id"] for node in nodes}
        for node in nodes:
            others = set(ids.values()) - {ids[node.name]}
            wait_for(lambda: others <= self.peers(node), f"{node.name} finds the others")
        print(f"# three nodes found each other {time.monotonic() - began:.2f} s after the "
              "start of the third process")

        tree = {"bin/lan": (b"#!/bin/sh\n", 0o755), "data": make_bytes(1, 300000)}
        source = write_tree(nodes[0].directory / "v1", tree)
        nodes[0].ctl("publish", source, "--app", APP, "--version", "1.0.0",
                     "--name", "Office")
        wait_for(lambda: nodes[2].ctl("search", "office"), "the app is found")
        nodes[2].ctl("install", APP)
        self.assertEqual(read_tree(nodes[2].current(APP)), tree)

    def test_off_is_off(self):
        one = self.start("one")
        two = self.start("two")
        deaf = self.start("deaf", mdns=False)
        wait_for(lambda: self.peers(one), "one finds two")
        self.assertIn(MDNS_PORT, sockets(one)["udp"])
        self.assertNotIn(MDNS_PORT, sockets(deaf)["udp"])
        self.assertFalse(self.peers(deaf))
        self.assertNotIn(deaf.ctl("status")["peer_id"], self.peers(one))
        # Switched off while it runs.
        one.ctl("config", "set", "mdns", "false")
        wait_for(lambda: MDNS_PORT not in sockets(one)["udp"], "one closes its socket")
        # Sharing off: nothing listens, and nothing is asked of the network.
        two.ctl("sharing", "off")
        wait_for(lambda: not sockets(two)["udp"] and not sockets(two)["listen"],
                 "two has no socket")
        wait_for(lambda: not self.peers(two), "two has no peers")


if __name__ == "__main__":
    enter()
    shoaltest.main()
