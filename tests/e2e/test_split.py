# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""Split views through whole daemons: a Master Server that is frozen at an old version, and
a publisher whose key signs two releases with one number."""

import contextlib
import hashlib
import json
import pathlib
import re
import shutil

from shoaltest import CtlError, NodeTestCase, main, read_tree, wait_for, write_tree

APP = "org.example.Split"
MANAGER = "/org/shoal/Shoal/Daemon/Manager"


def release(text):
    return {"bin/split": (b"#!/bin/sh\necho " + text.encode() + b"\n", 0o755)}


class SplitTest(NodeTestCase):
    def publish(self, node, version, text=None):
        source = write_tree(node.directory / f"v{version}", release(text or version))
        return node.ctl("publish", source, "--app", APP, "--version", version,
                        "--name", "Split", "--exec", "bin/split")

    def start(self, name, *arguments):
        return self.sharing_node(name, *arguments)

    def warnings(self, node, kind):
        """Those that are whole: the files come a moment after the entry."""
        return [view for view in node.ctl("warnings", "list")
                if view["kind"] == kind and view["evidence"]]

    def wait_warning(self, node, kind, command):
        def is_warned():
            with contextlib.suppress(CtlError):
                node.ctl(*command)
            return self.warnings(node, kind)
        views = wait_for(is_warned, f"{node.name} is warned of {kind}: {node.log_tail()}")
        self.assertEqual(len(views), 1)
        return views[0]

    def check_evidence(self, node, view):
        """The two files are what each side signed; returns them, parsed."""
        folder = pathlib.Path(view["evidence"])
        self.assertEqual(folder.parent, node.data / "evidence")
        sides = []
        for side in ("a", "b"):
            signed = (folder / f"{side}.json").read_bytes()
            self.assertEqual(hashlib.sha3_256(signed).hexdigest(), view[f"{side}_digest"])
            sides.append(json.loads(signed))
        self.assertNotEqual(*sides)
        return sides

    def check_bus(self, node, view):
        views = node.bus_get(MANAGER, "Manager", "SplitViews")
        self.assertIn(f"'id': <'{view['id']}'>", views)
        self.assertIn(f"'kind': <'{view['kind']}'>", views)
        self.assertIn(f"'app': <'{APP}'>", views)
        whole = node.bus_call(MANAGER, "Manager.GetSplitView", view["id"])
        for side in ("a", "b"):
            self.assertRegex(whole, f"'{side}-proof': <b?[\\[\"'].")

    def dismiss(self, node, view):
        """It leaves the list, for good; the evidence stays."""
        node.ctl("warnings", "dismiss", view["id"])
        self.assertEqual(self.warnings(node, view["kind"]), [])
        self.assertNotIn(view["kind"], node.bus_get(MANAGER, "Manager", "SplitViews"))
        with self.assertRaisesRegex(CtlError, "NotFound"):
            node.ctl("warnings", "dismiss", view["id"])
        self.check_evidence(node, view)

    def restart(self, node):
        node.stop()
        node.start()
        wait_for(lambda: node.ctl("peers"), f"{node.name} is connected again")

    def test_stale_master(self):
        # What it offers as the latest is what it is told over HTTP.
        master = self.node("master", "--mini-master", "--http", "127.0.0.1:0",
                           "--listen", "/ip4/127.0.0.1/tcp/0")
        url = "http://" + wait_for(lambda: master.ctl("status").get("http_address"),
                                   "the server serves")
        author = self.start("author")
        author.ctl("config", "set", "master-url", url)
        self.publish(author, "1.0.0")
        author.ctl("config", "set", "master-url", "")
        self.publish(author, "1.1.0")

        user = self.start("user", "--master", url, "--bootstrap", author.address())
        wait_for(lambda: user.ctl("peers"), "the user is connected")
        self.assertEqual(user.ctl("install", APP)["version"], "1.1.0")
        self.assertEqual(read_tree(user.current(APP)), release("1.1.0"))
        view = self.wait_warning(user, "stale-master", ("check", APP))
        self.assertEqual(view["app"], APP)
        self.assertEqual((view["a_version"], view["b_version"]), ("1.0.0", "1.1.0"))
        self.assertEqual((view["a_counter"], view["b_counter"]), (1, 2))
        self.assertEqual(view["a_source"], f"master {url}")
        self.assertRegex(view["b_source"], "^(peer |local$)")
        self.assertRegex(view["message"], "1.0.0.*1.1.0")
        self.check_evidence(user, view)
        self.check_bus(user, view)
        # A search shows it, too, and it is there after a restart.
        found = wait_for(lambda: [entry for entry in user.ctl("search", "split")
                                  if entry["split_view"]], "the search shows it")
        self.assertEqual(found[0]["split_view"], view["id"])
        self.restart(user)
        again = wait_for(lambda: self.warnings(user, "stale-master"), "it is still there")
        self.assertEqual(again[0]["id"], view["id"])
        self.dismiss(user, view)
        self.restart(user)
        self.assertEqual(self.warnings(user, "stale-master"), [])

        # With another release the server is behind anew, until it catches up.
        self.publish(author, "1.2.0")
        view = self.wait_warning(user, "stale-master", ("check", APP))
        self.assertEqual((view["a_version"], view["b_version"]), ("1.0.0", "1.2.0"))
        author.ctl("config", "set", "master-url", url)
        self.publish(author, "1.3.0")

        def is_settled():
            with contextlib.suppress(CtlError):
                user.ctl("check", APP)
            return not user.ctl("warnings", "list")
        wait_for(is_settled, "the warning goes by itself")

    def test_same_counter(self):
        author = self.start("author")
        self.publish(author, "1.0.0")
        author.stop()
        # Whoever has stolen the keys is another node with the same history.
        twin_directory = pathlib.Path(self.directory) / "twin"
        shutil.copytree(author.directory, twin_directory)
        (twin_directory / "data" / "identity.key").unlink()
        author.start()
        twin = self.start("twin")
        self.assertNotEqual(author.ctl("status")["peer_id"], twin.ctl("status")["peer_id"])
        one = self.publish(author, "2.0.0", "good")
        other = self.publish(twin, "2.0.0", "evil")
        self.assertEqual(one["counter"], other["counter"])
        self.assertNotEqual(one["cid"], other["cid"])

        user = self.start("user", "--bootstrap", author.address(),
                          "--bootstrap", twin.address())
        wait_for(lambda: len(user.ctl("peers")) == 2, "the user knows both")
        view = self.wait_warning(user, "same-counter", ("inspect", APP))
        self.assertEqual(view["a_counter"], view["b_counter"])
        self.assertEqual((view["a_version"], view["b_version"]), ("2.0.0", "2.0.0"))
        self.assertTrue(re.search("bear the same number 2", view["message"]))
        self.check_evidence(user, view)
        self.check_bus(user, view)
        self.dismiss(user, view)


if __name__ == "__main__":
    main()
