/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME
#define B CTL_FIXTURE_SECOND
#define APP "org.example.App"

static void
test_keys (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) create
      = ctl_fixture_ask (fixture, A, "keys", "create", "mine", NULL);
  g_autoptr (CtlRun) list = ctl_fixture_ask (fixture, A, "keys", "list", NULL);
  JsonObject *key = json_array_get_object_element (ctl_run_get_array (list), 0);

  ctl_fixture_assert_members (ctl_run_get_object (create), "name fingerprint");
  ctl_fixture_assert_members (key, "name fingerprint public_key");
  g_assert_cmpstr (json_object_get_string_member (key, "fingerprint"), ==,
                   ctl_run_get_string (create, "fingerprint"));
  ctl_fixture_ask_fails (fixture, A, "Exists", "keys", "create", "mine", NULL);
  ctl_fixture_ask_fails (fixture, A, "InvalidArgument", "keys", "create", "../x", NULL);
}

static void
test_publish (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = ctl_fixture_write_app (fixture, "app", 4000000);
  g_autoptr (CtlRun) publish = ctl_fixture_ask (
      fixture, A, "publish", "app", "--app", APP, "--version", "1.0.0", "--name",
      "Example", "--summary", "Says nothing", "--exec", "run", "--category", "Game",
      "--category", "Office", "--tag", "quiet", "-o", "release.json", NULL);
  g_autoptr (CtlRun) show = ctl_fixture_ask (fixture, A, "show", APP, NULL);
  g_autoptr (CtlRun) file = ctl_fixture_ask (fixture, A, "show", "./release.json", NULL);

  ctl_fixture_assert_members (ctl_run_get_object (publish),
                              "app version cid counter size files chunks new_chunks "
                              "new_bytes fingerprint envelope link master announced "
                              "announced_to seconds");
  g_assert_cmpint (ctl_run_get_int (publish, "counter"), ==, 1);
  g_assert_cmpint (ctl_run_get_int (publish, "files"), ==, 3);
  g_assert_true (g_str_has_prefix (ctl_run_get_string (publish, "link"), "shoal:" APP));
  g_assert_cmpstr (ctl_run_get_string (publish, "master"), !=, "");
  ctl_fixture_assert_members (ctl_run_get_object (show),
                              "app name summary version channel installed_version size "
                              "fetch_size cid publishers trusted source source_name "
                              "release_notes split_view");
  g_assert_cmpstr (ctl_run_get_string (show, "cid"), ==,
                   ctl_run_get_string (publish, "cid"));
  g_assert_cmpstr (ctl_run_get_string (file, "cid"), ==,
                   ctl_run_get_string (publish, "cid"));
}

static void
test_errors (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *one = ctl_fixture_write_app (fixture, "one", 1000);
  g_autofree char *two = ctl_fixture_write_app (fixture, "two", 2000);

  ctl_fixture_ask_fails (fixture, A, "NotFound", "publish", "none", "--app", APP,
                         "--version", "1.0.0", NULL);
  ctl_fixture_ask_fails (fixture, A, "NotFound", "publish", "one", "--app", APP,
                         "--version", "1.0.0", "--key", "nobody", NULL);
  ctl_run_free (ctl_fixture_ask (fixture, A, "publish", "one", "--app", APP, "--version",
                                 "2.0.0", NULL));
  ctl_fixture_ask_fails (fixture, A, "Rollback", "publish", "two", "--app", APP,
                         "--version", "1.0.0", NULL);
  ctl_fixture_ask_fails (fixture, A, "NotFound", "show", "org.example.Nothing", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/publish/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("keys", test_keys);
  ADD ("publish", test_publish);
  ADD ("errors", test_errors);
  return g_test_run ();
}
