/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl/shoalctl-session.h"

#include <string.h>

#include "ctl-fixture.h"

static void
test_no_daemon (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) run
      = ctl_fixture_run (fixture, "--bus-name", "org.shoal.Test.Nobody", "status", NULL);

  g_assert_cmpint (run->code, ==, 1);
  g_assert_cmpstr (run->out, ==, "");
  g_assert_nonnull (strstr (run->err, "org.shoal.Test.Nobody"));
  g_assert_nonnull (strstr (run->err, "systemctl --user start shoald"));
  ctl_fixture_ask_fails (fixture, "org.shoal.Test.Nobody", "Failed", "list", NULL);
}

static void
test_no_bus (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *address = g_strdup (g_getenv ("DBUS_SESSION_BUS_ADDRESS"));
  g_autoptr (CtlRun) run = NULL;

  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  run = ctl_fixture_run (fixture, "status", NULL);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  g_assert_cmpint (run->code, ==, 1);
  g_assert_nonnull (strstr (run->err, "session bus"));
}

/* The error of a method arrives as its name and a line for people. */
static void
test_remote_error (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) run = ctl_fixture_run (fixture, "--bus-name", CTL_FIXTURE_NAME,
                                            "connect", "nonsense", NULL);

  g_assert_cmpint (run->code, ==, 1);
  g_assert_true (g_str_has_prefix (run->err, "shoalctl: "));
  g_assert_null (strstr (run->err, "GDBus.Error"));
  ctl_fixture_ask_fails (fixture, CTL_FIXTURE_NAME, "InvalidArgument", "connect",
                         "nonsense", NULL);
}

/* Started before the daemon is ready, it waits for it. */
static void
test_starting_daemon (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) run = NULL;

  ctl_fixture_start (fixture, CTL_FIXTURE_NAME, "--sharing", "off", NULL);
  run = ctl_fixture_ask (fixture, CTL_FIXTURE_NAME, "status", NULL);
  g_assert_cmpstr (ctl_run_get_string (run, "state"), ==, "running");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, set_up, func) \
  g_test_add ("/ctl/session/" path, CtlFixture, NULL, set_up, func, ctl_fixture_tear_down)
  ADD ("no-daemon", ctl_fixture_set_up_bus, test_no_daemon);
  ADD ("no-bus", ctl_fixture_set_up_bus, test_no_bus);
  ADD ("remote-error", ctl_fixture_set_up, test_remote_error);
  ADD ("starting-daemon", ctl_fixture_set_up_bus, test_starting_daemon);
  return g_test_run ();
}
