# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Whole daemons that find each other, and apps, without a server."""

import re
import urllib.error
import urllib.request

from shoaltest import (DEADLINE_S, MIB, CtlError, NodeTestCase, main, make_bytes,
                       read_tree, wait_for, write_tree)

APP = "org.example.Mesh"
MAX_ANNOUNCEMENT = 8192  # bytes; docs/protocols/registry.md
MANAGER = "/org/shoal/Shoal/Daemon/Manager"


def release(seed):
    return {"bin/mesh": (b"#!/bin/sh\necho %d\n" % seed, 0o755),
            "share/data": make_bytes(seed, 2 * MIB)}


class MeshTestCase(NodeTestCase):
    def start(self, name, *arguments):
        return self.node(name, "--sharing", "on", "--listen", "/ip4/127.0.0.1/tcp/0",
                         *arguments)

    def publish(self, node, seed, version):
        source = write_tree(node.directory / f"v{version}", release(seed))
        return node.ctl("publish", source, "--app", APP, "--version", version,
                        "--name", "Mesh of Tests", "--summary", "Finds and is found",
                        "--category", "Network", "--exec", "bin/mesh")

    def search(self, node, *words):
        """The entries about APP; none while nobody knows it."""
        try:
            return [entry for entry in node.ctl("search", *words)
                    if (entry.get("app") or entry.get("id")) == APP]
        except CtlError:
            return []

    def app(self, node):
        return next((app for app in node.ctl("list") if app["id"] == APP), {})

    def wait_update(self, node, version):
        """A release that nobody asked for is there: only an announcement can bring it."""
        wait_for(lambda: self.app(node).get("update_version") == version
                 and self.app(node)["update_state"] == "staged",
                 f"{node.name} has version {version} staged")


class TenNodesTest(MeshTestCase):
    def test_ten(self):
        first = self.start("n0")
        nodes = [first] + [self.start(f"n{i}", "--bootstrap", first.address())
                           for i in range(1, 10)]
        author, seeker, user, late = nodes[3], nodes[5], nodes[7], nodes[9]
        for node in nodes:
            wait_for(lambda: len(node.ctl("peers")) >= 3, f"{node.name} has peers")

        published = self.publish(author, 1, "1.0.0")
        found = wait_for(lambda: self.search(user, "tests"), "the app is found")
        self.assertEqual(found[0]["version"], "1.0.0")
        self.assertEqual(found[0]["name"], "Mesh of Tests")
        self.assertTrue(self.search(user, "mes", "--category", "network")
                        or self.search(user, "mes", "--category", "Network"))
        self.assertFalse(self.search(user, "somethingelse"))

        author_id = author.ctl("status")["peer_id"]
        wait_for(lambda: author_id in self.providers(seeker, published["cid"]),
                 "the author provides the root")
        wait_for(lambda: author_id in self.providers(seeker, APP),
                 "the author provides the package")

        # By its id alone: who has it is in the hash table.
        installed = user.ctl("install", APP)
        self.assertEqual(installed["version"], "1.0.0")
        self.assertEqual(read_tree(user.current(APP)), release(1))

        second = self.publish(author, 2, "1.1.0")
        self.wait_update(user, "1.1.0")
        user.ctl("apply", APP)
        self.assertEqual(read_tree(user.current(APP)), release(2))

        # The author leaves; another has it.
        user_id = user.ctl("status")["peer_id"]
        wait_for(lambda: user_id in self.providers(seeker, second["cid"]),
                 "the user provides the root")
        author.stop()
        installed = wait_for(lambda: self.try_install(late), "it is installed from others")
        self.assertEqual(installed["version"], "1.1.0")
        self.assertEqual(read_tree(late.current(APP)), release(2))

    def try_install(self, node):
        """Peers may still name the one who left for a moment."""
        try:
            return node.ctl("install", APP)
        except CtlError as error:
            if re.search("NotFound|Unreachable|TimedOut|not found|nobody|reach",
                         str(error), re.I):
                return None
            raise

    def providers(self, node, target):
        """What FindProviders shows in the end, as text."""
        path = node.bus_call(MANAGER, "Manager.FindProviders", target,
                             "{'wait-ms': <uint32 20000>}").split("'")[1]
        wait_for(lambda: re.search("done|failed", node.bus_get(path, "Operation", "State")),
                 "the question is answered")
        return node.bus_get(path, "Operation", "Items")


class AnnouncedTest(MeshTestCase):
    def n_published(self, node):
        """Messages that its gossip has published."""
        status = node.bus_call(MANAGER, "Manager.GetMeshStatus")
        return int(re.search(r"'published': <uint64 (\d+)>", status)[1])

    def test_nobody_yet(self):
        author = self.start("author", "--no-mdns")
        self.assertEqual(self.publish(author, 1, "1.0.0")["announced_to"], 0)
        self.assertEqual(self.n_published(author), 1)
        # Who comes is told of what nobody has heard yet, once.
        user = self.start("user", "--no-mdns", "--bootstrap", author.address())
        wait_for(lambda: self.n_published(author) == 2, "it is published again")
        found = wait_for(lambda: self.search(user, "mesh"), "the user knows of it")
        self.assertEqual(found[0]["version"], "1.0.0")
        self.assertEqual(self.publish(author, 2, "1.1.0")["announced_to"], 1)
        self.assertEqual(self.n_published(author), 3)


class MasterTest(MeshTestCase):
    def test_announcements_over_http(self):
        """The largest announcement is looked at, and what is larger is not read."""
        master = self.node("master", "--mini-master", "--http", "127.0.0.1:0",
                           "--listen", "/ip4/127.0.0.1/tcp/0")
        url = "http://" + wait_for(lambda: master.ctl("status").get("http_address"),
                                   "the server serves")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for size, status in ((MAX_ANNOUNCEMENT, 403), (MAX_ANNOUNCEMENT + 1, 413)):
            request = urllib.request.Request(f"{url}/api/v1/announcements", method="PUT",
                                             data=b"x" * size)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                opener.open(request, timeout=DEADLINE_S)
            self.assertEqual(refused.exception.code, status)
            refused.exception.close()

    def test_master_dies(self):
        master = self.node("master", "--mini-master", "--http", "127.0.0.1:0",
                           "--listen", "/ip4/127.0.0.1/tcp/0")
        url = "http://" + wait_for(lambda: master.ctl("status").get("http_address"),
                                   "the server serves")
        author = self.start("author", "--master", url, "--bootstrap", master.address())
        user = self.start("user", "--master", url, "--bootstrap", author.address(),
                          "--bootstrap", master.address())
        wait_for(lambda: len(user.ctl("peers")) >= 2, "the user is connected")
        self.publish(author, 1, "1.0.0")
        found = wait_for(lambda: self.search(user, "mesh"), "the app is found")
        self.assertEqual(found[0]["version"], "1.0.0")
        self.assertEqual(user.ctl("install", APP)["version"], "1.0.0")

        master.kill()
        # The author publishes, the user notices, with nobody in between.
        self.publish(author, 2, "1.1.0")
        self.wait_update(user, "1.1.0")
        user.ctl("apply", APP)
        self.assertEqual(read_tree(user.current(APP)), release(2))
        self.assertEqual(self.search(user, "mesh")[0]["version"], "1.1.0")
        self.assertEqual(user.ctl("check", APP)["checked"], 1)

        # In mode central the mesh is not asked, and the failure is told.
        late = self.start("late", "--master", url, "--bootstrap", author.address())
        wait_for(lambda: late.ctl("peers"), "the late one is connected")
        late.ctl("config", "set", "registry-mode", "central")
        with self.assertRaises(CtlError):
            late.ctl("install", APP)
        late.ctl("config", "set", "registry-mode", "hybrid")
        self.assertEqual(late.ctl("install", APP)["version"], "1.1.0")


if __name__ == "__main__":
    main()
