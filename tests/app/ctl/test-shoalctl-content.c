/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME

static void
test_add (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = ctl_fixture_write (fixture, "hello", "Hello, world!\n");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", "hello", NULL);
  /* The CID other implementations give for these bytes and options. */
  g_autoptr (CtlRun) known
      = ctl_fixture_ask (fixture, A, "add", path, "--hash", "sha2-256", "--raw-leaves",
                         "--cid-base", "base32", NULL);

  ctl_fixture_assert_members (ctl_run_get_object (add),
                              "cid size blocks new_bytes seconds");
  g_assert_cmpint (ctl_run_get_int (add, "size"), ==, 14);
  g_assert_cmpstr (ctl_run_get_string (known, "cid"), ==,
                   "bafkreigzafgemjeejks3vqyuo46ww2e22rt7utq5djikdofjtvnjl5zp6u");
}

static void
test_cat_and_get (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *big = g_strnfill (3000000, 'x');
  g_autofree char *path = ctl_fixture_write (fixture, "big", big);
  g_autofree char *copy = ctl_fixture_path (fixture, "copy");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, NULL);
  const char *cid = ctl_run_get_string (add, "cid");
  g_autoptr (CtlRun) cat = ctl_fixture_run (fixture, "--bus-name", A, "cat", cid, NULL);
  g_autoptr (CtlRun) get = ctl_fixture_ask (fixture, A, "get", cid, "-o", "copy", NULL);
  g_autofree char *got = NULL;

  g_assert_cmpint (cat->code, ==, 0);
  g_assert_cmpstr (cat->out, ==, big);
  ctl_fixture_assert_members (ctl_run_get_object (get), "path size sources seconds");
  g_assert_cmpstr (ctl_run_get_string (get, "path"), ==, copy);
  g_assert_true (g_file_get_contents (copy, &got, NULL, NULL));
  g_assert_cmpstr (got, ==, big);
  ctl_fixture_ask_fails (fixture, A, "Exists", "get", cid, "-o", "copy", NULL);
  ctl_run_free (
      ctl_fixture_ask (fixture, A, "get", cid, "-o", "copy", "--overwrite", NULL));
}

static void
test_from_a_peer (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = ctl_fixture_write (fixture, "hello", "From a peer.\n");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, NULL);
  g_autoptr (CtlRun) status = ctl_fixture_ask (fixture, A, "status", NULL);
  g_autoptr (CtlRun) get = NULL;
  JsonObject *source;

  ctl_fixture_start_second (fixture);
  get = ctl_fixture_ask (fixture, CTL_FIXTURE_SECOND, "get",
                         ctl_run_get_string (add, "cid"), NULL);
  source = json_array_get_object_element (
      json_object_get_array_member (ctl_run_get_object (get), "sources"), 0);
  g_assert_cmpstr (json_object_get_string_member (source, "kind"), ==, "peer");
  g_assert_cmpstr (json_object_get_string_member (source, "id"), ==,
                   ctl_run_get_string (status, "peer_id"));
}

static void
test_errors (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) cat = NULL;

  ctl_fixture_ask_fails (fixture, A, "NotFound", "add", "/no/such/file", NULL);
  ctl_fixture_ask_fails (fixture, A, "InvalidArgument", "add", fixture->dir, "--chunker",
                         "magic", NULL);
  ctl_fixture_ask_fails (fixture, A, "InvalidArgument", "get", "nonsense", NULL);
  ctl_fixture_ask_fails (fixture, A, "NotFound", "cat",
                         "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
                         NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/content/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("add", test_add);
  ADD ("cat-and-get", test_cat_and_get);
  ADD ("from-a-peer", test_from_a_peer);
  ADD ("errors", test_errors);
  return g_test_run ();
}
