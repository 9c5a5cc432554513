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
                                 version, "--exec", "run", NULL));
}

static void
test_life (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = ctl_fixture_write_app (fixture, "app", 3000000);
  g_autoptr (CtlRun) install = NULL;
  g_autoptr (CtlRun) list = NULL;
  g_autoptr (CtlRun) removed = NULL;
  g_autoptr (CtlRun) gone = NULL;
  JsonObject *app;

  publish (fixture, dir, "1.0.0");
  ctl_fixture_start_second (fixture);
  install = ctl_fixture_ask (fixture, B, "install", APP, NULL);
  ctl_fixture_assert_members (ctl_run_get_object (install),
                              "app version bytes_fetched bytes_saved sources seconds");
  g_assert_cmpstr (ctl_run_get_string (install, "version"), ==, "1.0.0");
  list = ctl_fixture_ask (fixture, B, "list", NULL);
  app = json_array_get_object_element (ctl_run_get_array (list), 0);
  ctl_fixture_assert_members (app,
                              "id name version update_version update_state size state "
                              "held published installed_time previous_version "
                              "skipped_version channel summary publishers source "
                              "icon_path desktop_id release_notes");
  g_assert_cmpstr (json_object_get_string_member (app, "version"), ==, "1.0.0");
  g_assert_cmpstr (json_object_get_string_member (app, "state"), ==, "installed");
  ctl_run_free (ctl_fixture_ask (fixture, B, "launch", APP, "--", "--flag", NULL));
  ctl_fixture_ask_fails (fixture, B, "WrongState", "rollback", APP, NULL);
  ctl_fixture_ask_fails (fixture, B, "WrongState", "install", APP, NULL);
  removed = ctl_fixture_ask (fixture, B, "remove", APP, NULL);
  ctl_fixture_assert_members (ctl_run_get_object (removed), "app freed_bytes seconds");
  gone = ctl_fixture_run (fixture, "--bus-name", B, "list", NULL);
  g_assert_cmpstr (gone->out, ==, "No app is installed.\n");
}

/* The daemon may take a quarter of a second to tell a change of a property. */
static void
expect_held (CtlFixture *fixture, gboolean expected)
{
  gint64 deadline_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  gboolean is_held;

  do
    {
      g_autoptr (CtlRun) list = ctl_fixture_ask (fixture, B, "list", NULL);
      JsonObject *app = json_array_get_object_element (ctl_run_get_array (list), 0);

      is_held = json_object_get_boolean_member (app, "held");
    }
  while (is_held != expected && g_get_monotonic_time () < deadline_us);
  g_assert_cmpint (is_held, ==, expected);
}

static void
test_hold (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = ctl_fixture_write_app (fixture, "app", 1000);

  publish (fixture, dir, "1.0.0");
  ctl_fixture_start_second (fixture);
  ctl_run_free (ctl_fixture_ask (fixture, B, "install", APP "@1.0.0", NULL));
  ctl_run_free (ctl_fixture_ask (fixture, B, "hold", APP, NULL));
  expect_held (fixture, TRUE);
  ctl_run_free (ctl_fixture_ask (fixture, B, "unhold", APP, NULL));
  expect_held (fixture, FALSE);
  ctl_run_free (ctl_fixture_ask (fixture, B, "unskip", APP, NULL));
}

static void
test_errors (CtlFixture *fixture, gconstpointer unused)
{
  static const char *const commands[]
      = { "launch", "hold", "unhold", "unskip", "rollback", "remove" };
  g_autofree char *dir = ctl_fixture_write_app (fixture, "app", 1000);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    ctl_fixture_ask_fails (fixture, A, "Failed", commands[i], "org.example.None", NULL);
  ctl_fixture_ask_fails (fixture, A, "NotFound", "install", "org.example.None", NULL);
  publish (fixture, dir, "1.0.0");
  ctl_fixture_start_second (fixture);
  ctl_fixture_ask_fails (
      fixture, B, "UnknownKey", "install", APP, "--publisher",
      "0000000000000000000000000000000000000000000000000000000000000000", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/apps/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("life", test_life);
  ADD ("hold", test_hold);
  ADD ("errors", test_errors);
  return g_test_run ();
}
