/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME
#define B CTL_FIXTURE_SECOND
#define APP "org.example.App"

static void
publish (CtlFixture *fixture, const char *dir, const char *version)
{
  ctl_run_free (ctl_fixture_ask (fixture, A, "publish", dir, "--app", APP, "--version",
                                 version, NULL));
}

/* Version 1 is installed on B, version 2 (a longer file) is published. */
static void
prepare (CtlFixture *fixture)
{
  g_autofree char *one = ctl_fixture_write_app (fixture, "one", 4 << 20);
  g_autofree char *two = ctl_fixture_write_app (fixture, "two", (4 << 20) + 1000);

  publish (fixture, "one", "1.0.0");
  ctl_fixture_start_second (fixture);
  ctl_run_free (
      ctl_fixture_ask (fixture, B, "config", "set", "auto-fetch", "false", NULL));
  ctl_run_free (ctl_fixture_ask (fixture, B, "install", APP, NULL));
  publish (fixture, "two", "2.0.0");
}

static void
test_update (CtlFixture *fixture, gconstpointer unused)
{
  const char *members = "app previous_version version state bytes_total bytes_to_fetch "
                        "bytes_fetched bytes_saved chunks_total chunks_to_fetch "
                        "release_notes error error_message sources seconds";
  g_autoptr (CtlRun) check = NULL;
  g_autoptr (CtlRun) update = NULL;
  g_autoptr (CtlRun) apply = NULL;
  g_autoptr (CtlRun) rollback = NULL;
  JsonObject *object;

  prepare (fixture);
  check = ctl_fixture_ask (fixture, B, "check", NULL);
  ctl_fixture_assert_members (ctl_run_get_object (check), "checked available updates");
  g_assert_cmpint (ctl_run_get_int (check, "available"), ==, 1);
  update = ctl_fixture_ask (fixture, B, "update", APP, NULL);
  object = json_array_get_object_element (ctl_run_get_array (update), 0);
  ctl_fixture_assert_members (object, members);
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "staged");
  g_assert_cmpint (json_object_get_int_member (object, "bytes_to_fetch"), ==, 1000);
  g_assert_cmpint (json_object_get_int_member (object, "bytes_saved"), >=, 4 << 20);
  apply = ctl_fixture_ask (fixture, B, "apply", NULL);
  object = json_array_get_object_element (ctl_run_get_array (apply), 0);
  ctl_fixture_assert_members (object, members);
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "applied");
  rollback = ctl_fixture_ask (fixture, B, "rollback", APP, NULL);
  ctl_fixture_assert_members (ctl_run_get_object (rollback), "app version seconds");
  g_assert_cmpstr (ctl_run_get_string (rollback, "version"), ==, "1.0.0");
}

static void
test_update_and_apply (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) update = NULL;
  g_autoptr (CtlRun) again = NULL;
  g_autoptr (CtlRun) list = NULL;

  prepare (fixture);
  update = ctl_fixture_ask (fixture, B, "update", "--apply", NULL);
  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (update)), ==, 1);
  list = ctl_fixture_ask (fixture, B, "list", NULL);
  g_assert_cmpstr (
      json_object_get_string_member (
          json_array_get_object_element (ctl_run_get_array (list), 0), "version"),
      ==, "2.0.0");
}

static void
test_skip (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) update = NULL;

  prepare (fixture);
  ctl_run_free (ctl_fixture_ask (fixture, B, "check", APP, NULL));
  ctl_run_free (ctl_fixture_ask (fixture, B, "skip", APP, NULL));
  update = ctl_fixture_ask (fixture, B, "update", NULL);
  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (update)), ==, 0);
}

static void
test_nothing (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) update = ctl_fixture_run (fixture, "--bus-name", A, "update", NULL);
  g_autoptr (CtlRun) apply = ctl_fixture_run (fixture, "--bus-name", A, "apply", NULL);

  g_assert_cmpstr (update->out, ==, "Everything is up to date.\n");
  g_assert_cmpstr (apply->out, ==, "Nothing is staged.\n");
  ctl_fixture_ask_fails (fixture, A, "NotFound", "check", "org.example.None", NULL);
  ctl_fixture_ask_fails (fixture, A, "Failed", "apply", "org.example.None", NULL);
  ctl_fixture_ask_fails (fixture, A, "Failed", "skip", "org.example.None", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/updates/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("update", test_update);
  ADD ("update-and-apply", test_update_and_apply);
  ADD ("skip", test_skip);
  ADD ("nothing", test_nothing);
  return g_test_run ();
}
