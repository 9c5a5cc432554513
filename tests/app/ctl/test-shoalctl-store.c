/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME
#define B CTL_FIXTURE_SECOND
#define APP "org.example.App"

static void
test_pins (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = ctl_fixture_write (fixture, "f", "Pinned.\n");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, "--no-pin", NULL);
  const char *cid = ctl_run_get_string (add, "cid");
  g_autoptr (CtlRun) none = ctl_fixture_ask (fixture, A, "pins", NULL);
  g_autoptr (CtlRun) pin
      = ctl_fixture_ask (fixture, A, "pin", cid, "--name", "mine", NULL);
  g_autoptr (CtlRun) one = ctl_fixture_ask (fixture, A, "pins", NULL);
  g_autoptr (CtlRun) unpin = ctl_fixture_ask (fixture, A, "unpin", cid, NULL);
  g_autoptr (CtlRun) text = ctl_fixture_run (fixture, "--bus-name", A, "pins", NULL);
  JsonObject *entry;

  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (none)), ==, 0);
  ctl_fixture_assert_members (ctl_run_get_object (pin), "cid sources");
  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (one)), ==, 1);
  entry = json_array_get_object_element (ctl_run_get_array (one), 0);
  ctl_fixture_assert_members (entry, "cid name user");
  g_assert_cmpstr (json_object_get_string_member (entry, "cid"), ==, cid);
  g_assert_cmpstr (json_object_get_string_member (entry, "name"), ==, "mine");
  ctl_fixture_assert_members (ctl_run_get_object (unpin), "");
  g_assert_cmpstr (text->out, ==, "Nothing is pinned.\n");
  ctl_fixture_ask_fails (fixture, A, "NotFound", "unpin", cid, NULL);
}

static void
test_gc (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = ctl_fixture_write (fixture, "f", "Collected.\n");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, "--no-pin", NULL);
  g_autoptr (CtlRun) gc = ctl_fixture_ask (fixture, A, "gc", NULL);

  ctl_fixture_assert_members (ctl_run_get_object (gc), "removed_blocks removed_bytes");
  g_assert_cmpint (ctl_run_get_int (gc, "removed_blocks"), ==, 1);
  g_assert_cmpint (ctl_run_get_int (gc, "removed_bytes"), >, 0);
  ctl_fixture_ask_fails (fixture, A, "NotFound", "cat", ctl_run_get_string (add, "cid"),
                         NULL);
}

static void
test_sharing (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = ctl_fixture_write (fixture, "f", "A secret.\n");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, "--no-share", NULL);
  const char *cid = ctl_run_get_string (add, "cid");
  g_autoptr (CtlRun) cat = NULL;

  ctl_fixture_start_second (fixture);
  ctl_fixture_ask_fails (fixture, B, "NotFound", "cat", cid, NULL);
  ctl_run_free (ctl_fixture_ask (fixture, A, "share", cid, NULL));
  cat = ctl_fixture_run (fixture, "--bus-name", B, "cat", cid, NULL);
  g_assert_cmpstr (cat->out, ==, "A secret.\n");
  ctl_run_free (ctl_fixture_ask (fixture, A, "unshare", cid, NULL));
  ctl_fixture_ask_fails (fixture, A, "NotFound", "share",
                         "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
                         NULL);
}

static void
test_car (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = ctl_fixture_write (fixture, "f", "In an archive.\n");
  g_autofree char *broken = ctl_fixture_write (fixture, "broken.car", "no archive");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, NULL);
  const char *cid = ctl_run_get_string (add, "cid");
  g_autoptr (CtlRun) export
      = ctl_fixture_ask (fixture, A, "car", "export", cid, "out.car", NULL);
  g_autoptr (CtlRun) import = NULL;

  ctl_fixture_assert_members (ctl_run_get_object (export), "path blocks size");
  g_assert_cmpint (ctl_run_get_int (export, "blocks"), ==, 1);
  ctl_fixture_ask_fails (fixture, A, "Exists", "car", "export", cid, "out.car", NULL);
  ctl_run_free (ctl_fixture_ask (fixture, A, "unpin", cid, NULL));
  ctl_run_free (ctl_fixture_ask (fixture, A, "gc", NULL));
  import = ctl_fixture_ask (fixture, A, "car", "import", "out.car", NULL);
  ctl_fixture_assert_members (ctl_run_get_object (import), "roots blocks size");
  g_assert_cmpstr (
      json_array_get_string_element (
          json_object_get_array_member (ctl_run_get_object (import), "roots"), 0),
      ==, cid);
  ctl_fixture_ask_fails (fixture, A, "Invalid", "car", "import", "broken.car", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/store/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("pins", test_pins);
  ADD ("gc", test_gc);
  ADD ("sharing", test_sharing);
  ADD ("car", test_car);
  return g_test_run ();
}
