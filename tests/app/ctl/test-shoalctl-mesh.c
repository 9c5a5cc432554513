/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME
#define B CTL_FIXTURE_SECOND

static void
test_status (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) status = NULL;
  g_autoptr (CtlRun) text = NULL;
  JsonObject *object;

  ctl_fixture_start_second (fixture);
  status = ctl_fixture_ask (fixture, B, "p2p", "status", NULL);
  text = ctl_fixture_run (fixture, "--bus-name", B, "p2p", "status", NULL);
  object = ctl_run_get_object (status);
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (object, "registry"), "mode"),
                   ==, "hybrid");
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (object, "bootstrap")), ==, 1);
  g_assert_cmpint (text->code, ==, 0);
  g_assert_nonnull (strstr (text->out, "Registry:"));
  g_assert_nonnull (strstr (text->out, "BOOTSTRAP"));
}

static void
test_warnings (CtlFixture *fixture, gconstpointer unused)
{
  g_autoptr (CtlRun) list = ctl_fixture_ask (fixture, A, "warnings", "list", NULL);
  g_autoptr (CtlRun) text
      = ctl_fixture_run (fixture, "--bus-name", A, "warnings", "list", NULL);

  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (list)), ==, 0);
  g_assert_cmpstr (text->out, ==, "Everybody says the same about every app.\n");
  ctl_fixture_ask_fails (fixture, A, "NotFound", "warnings", "dismiss", "7", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/mesh/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("status", test_status);
  ADD ("warnings", test_warnings);
  return g_test_run ();
}
