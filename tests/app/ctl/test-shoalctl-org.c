/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

/* What a later version will do says so, with or without a daemon. */
static void
test_later (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) org = ctl_fixture_run (fixture, "org", "create", "crew", NULL);

  g_assert_cmpint (org->code, ==, 1);
  g_assert_cmpstr (org->out, ==, "");
  g_assert_nonnull (strstr (org->err, "not available yet"));
  ctl_fixture_ask_fails (fixture, CTL_FIXTURE_NAME, "Failed", "org", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ctl/org/later", CtlFixture, NULL, ctl_fixture_set_up_bus, test_later,
              ctl_fixture_tear_down);
  return g_test_run ();
}
