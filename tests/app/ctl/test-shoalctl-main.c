/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

/* Exit codes 0 and 2 need no bus. */

static void
test_help (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) all = ctl_fixture_run (fixture, "--help", NULL);
  g_autoptr (CtlRun) one = ctl_fixture_run (fixture, "get", "-h", NULL);
  g_autoptr (CtlRun) version = ctl_fixture_run (fixture, "--version", NULL);

  g_assert_cmpint (all->code, ==, 0);
  g_assert_nonnull (strstr (all->out, "car export CID PATH"));
  g_assert_cmpstr (all->err, ==, "");
  g_assert_cmpint (one->code, ==, 0);
  g_assert_nonnull (strstr (one->out, "--output PATH"));
  g_assert_null (strstr (one->out, "car export"));
  g_assert_cmpint (version->code, ==, 0);
  g_assert_cmpstr (version->out, ==, "shoalctl " PACKAGE_VERSION "\n");
}

static void
check_usage (CtlFixture *fixture, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  g_autoptr (CtlRun) run = ctl_fixture_run (fixture, words[0], words[0] ? words[1] : NULL,
                                            words[0] && words[1] ? words[2] : NULL, NULL);

  g_test_message ("%s: %s", line, run->err);
  g_assert_cmpint (run->code, ==, 2);
  g_assert_cmpstr (run->out, ==, "");
  g_assert_true (g_str_has_prefix (run->err, "shoalctl: "));
  g_assert_true (strchr (run->err, '\n') == run->err + strlen (run->err) - 1);
}

static void
test_usage (CtlFixture *fixture, gconstpointer unused)
{
  check_usage (fixture, "frobnicate");
  check_usage (fixture, "get");
  check_usage (fixture, "status too many");
  check_usage (fixture, "status --frobnicate");
  check_usage (fixture, "add x --max-links");
  check_usage (fixture, "publish dir");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/main/help", CtlFixture, NULL, ctl_fixture_set_up_bus, test_help,
              ctl_fixture_tear_down);
  g_test_add ("/ctl/main/usage", CtlFixture, NULL, ctl_fixture_set_up_bus, test_usage,
              ctl_fixture_tear_down);
  return g_test_run ();
}
