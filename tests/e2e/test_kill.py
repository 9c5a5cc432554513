# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""kill -9 of the daemon at random moments of fetch, verify, stage, apply and rollback.

After each, `current` names a whole version, and the next start carries on. The seed is
printed; SHOAL_SEED repeats a run, SHOAL_KILLS says how many moments (default 12).
"""

import contextlib
import os
import random
import select

from shoaltest import CtlError, MIB, NodeTestCase, main, make_bytes, read_tree, wait_for, \
    write_tree

APP = "org.example.Painter"
KILLS = int(os.environ.get("SHOAL_KILLS", "12"))
SEED = int(os.environ.get("SHOAL_SEED", str(random.SystemRandom().randrange(1 << 32))))


def release(number):
    big = bytearray(make_bytes(7, 24 * MIB))
    for i in range(0, 24, 3):
        big[i * MIB:(i + 1) * MIB] = make_bytes(number * 100 + i, MIB)
    files = {"bin/painter": (b"#!/bin/sh\necho %d\n" % number, 0o755), "big": bytes(big)}
    files.update({f"small/{i}": b"%d of %d" % (i, number) for i in range(40)})
    return files


class KillTest(NodeTestCase):
    def publish(self, number):
        tree = release(number)
        source = write_tree(self.author.directory / f"v{number}", tree)
        published = self.author.ctl("publish", source, "--app", APP, "--version",
                                    f"{number}.0.0", "--exec", "bin/painter")
        self.trees[f"{number}.0.0"] = tree
        return published["link"]

    def check_whole(self):
        """current names one of the versions, byte for byte; returns which."""
        tree = read_tree(self.user.current(APP))
        version = tree["bin/painter"][0].split()[-1].decode() + ".0.0"
        self.assertEqual(tree, self.trees[version])
        return version

    def app(self):
        return next(a for a in self.user.ctl("list") if a["id"] == APP)

    def settle(self, version):
        """Whatever was interrupted, the user gets to @version in the end."""
        def is_there():
            app = self.app()
            if app["version"] == version:
                return True
            with contextlib.suppress(CtlError):
                if app["skipped_version"] == version:
                    self.user.ctl("unskip", APP)
                self.user.ctl("update", APP)
                self.user.ctl("apply", APP)
            return False
        wait_for(is_there, f"{APP} comes to {version}: {self.user.log_tail()}")
        self.assertEqual(self.check_whole(), version)

    def test_kill(self):
        rng = random.Random(SEED)
        print(f"# SHOAL_SEED={SEED} SHOAL_KILLS={KILLS}")
        self.trees = {}
        self.author = self.sharing_node("author")
        self.user = self.node("user", "--bootstrap", self.author.address())
        self.user.ctl("sharing", "download-only")
        self.user.ctl("config", "set", "auto-fetch", "false")
        wait_for(lambda: self.user.ctl("peers"), "the user is connected")
        self.user.ctl("install", self.publish(1))
        states = {}
        for number in range(2, KILLS + 2):
            self.publish(number)
            step = rng.choice(["update", "update", "apply", "rollback"])
            if step != "update":
                self.settle_staged()
            if step == "rollback":
                self.user.ctl("apply", APP)
            child = self.user.begin(step, APP)
            pause = rng.uniform(0, 0.4 if step == "update" else 0.06)
            select.select([], [], [], pause)  # a random moment, not a wait for anything
            self.user.kill()
            child.wait()
            version = self.check_whole()
            self.user.start()
            self.assertEqual(self.check_whole(), self.app()["version"])
            states[step] = states.get(step, 0) + 1
            print(f"# killed in {step} after {pause * 1000:.0f} ms: {version} is whole")
            wait_for(lambda: self.user.ctl("peers"), "the user is connected again")
            self.settle(f"{number}.0.0")
        print(f"# {states}")

    def settle_staged(self):
        def is_staged():
            # The author may just not be there yet, or again.
            with contextlib.suppress(CtlError):
                self.user.ctl("update", APP)
            return self.app()["update_state"] == "staged"
        wait_for(is_staged, "the update is staged")


if __name__ == "__main__":
    main()
