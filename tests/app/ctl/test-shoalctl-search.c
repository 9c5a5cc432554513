/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "ctl-fixture.h"

#define A CTL_FIXTURE_NAME
#define B CTL_FIXTURE_SECOND
#define APP "org.example.App"
#define MEMBERS \
  "app name version channel size installed publisher verified fingerprint sources " \
  "summary publishers categories tags link source split_view"

/* (transfer full): the fingerprint of its publisher */
static char *
publish (CtlFixture *fixture)
{
  g_autofree char *dir = ctl_fixture_write_app (fixture, "app", 100000);
  g_autoptr (CtlRun) run = ctl_fixture_ask (
      fixture, A, "publish", dir, "--app", APP, "--version", "1.0.0", "--name", "Example",
      "--summary", "Says nothing", "--category", "Game", "--tag", "quiet", NULL);

  return g_strdup (ctl_run_get_string (run, "fingerprint"));
}

static gboolean
has_source (JsonObject *object, const char *source)
{
  JsonArray *sources = json_object_get_array_member (object, "sources");

  for (guint i = 0; i < json_array_get_length (sources); i++)
    if (strcmp (json_array_get_string_element (sources, i), source) == 0)
      return TRUE;
  return FALSE;
}

static void
test_search (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *fingerprint = publish (fixture);
  g_autoptr (CtlRun) all = ctl_fixture_ask (fixture, A, "search", NULL);
  g_autoptr (CtlRun) one
      = ctl_fixture_ask (fixture, A, "search", "exam", "--category", "Game", "--tag",
                         "quiet", "--limit", "3", "--wait", "300", NULL);
  g_autoptr (CtlRun) none
      = ctl_fixture_ask (fixture, A, "search", "example", "--category", "Toy", NULL);
  g_autoptr (CtlRun) text
      = ctl_fixture_run (fixture, "--bus-name", A, "search", "example", NULL);
  g_autoptr (CtlRun) nothing
      = ctl_fixture_run (fixture, "--bus-name", A, "search", "nosuchword", NULL);
  JsonObject *found = json_array_get_object_element (ctl_run_get_array (one), 0);

  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (all)), ==, 1);
  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (one)), ==, 1);
  g_assert_cmpuint (json_array_get_length (ctl_run_get_array (none)), ==, 0);
  ctl_fixture_assert_members (found, MEMBERS);
  g_assert_cmpstr (json_object_get_string_member (found, "app"), ==, APP);
  g_assert_cmpstr (json_object_get_string_member (found, "version"), ==, "1.0.0");
  g_assert_cmpstr (json_object_get_string_member (found, "fingerprint"), ==, fingerprint);
  g_assert_true (json_object_get_boolean_member (found, "verified"));
  g_assert_true (has_source (found, "local"));
  g_assert_nonnull (strstr (text->out, "SAYS WHO"));
  g_assert_nonnull (strstr (text->out, APP));
  g_assert_nonnull (strstr (text->out, fingerprint));
  g_assert_true (g_str_has_prefix (nothing->out, "Nothing was found.\n"));
  ctl_fixture_ask_fails (fixture, A, "InvalidArgument", "search", "x", "--limit", "0",
                         NULL);
}

/* One object on a line; what a peer says comes after what is known here. */
static void
test_stream (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *fingerprint = publish (fixture);
  g_autoptr (CtlRun) json = ctl_fixture_run (fixture, "--bus-name", A, "--json", "-q",
                                             "search", "example", "--stream", NULL);
  g_autoptr (CtlRun) text
      = ctl_fixture_run (fixture, "--bus-name", A, "search", "example", "--stream", NULL);

  g_assert_cmpint (json->code, ==, 0);
  g_assert_nonnull (strstr (json->out, "\"app\":\"" APP "\""));
  g_assert_cmpint (text->code, ==, 0);
  g_assert_true (g_str_has_prefix (text->out, APP "\tExample\t1.0.0\t"));
}

/* What a node has is told to the mesh after it was added. (transfer full): the answer
 * once there is a provider */
static CtlRun *
ask_until_found (CtlFixture *fixture, const char *cid)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (;;)
    {
      CtlRun *run = ctl_fixture_ask (fixture, B, "providers", cid, "--limit", "1", NULL);

      if (ctl_run_get_int (run, "count") > 0 || g_get_monotonic_time () > end_us)
        return run;
      ctl_run_free (run);
    }
}

static void
test_providers (CtlFixture *fixture, gconstpointer unused)
{
  g_autofree char *path = ctl_fixture_write (fixture, "f", "shared by one");
  g_autoptr (CtlRun) add = ctl_fixture_ask (fixture, A, "add", path, NULL);
  g_autoptr (CtlRun) status = ctl_fixture_ask (fixture, A, "status", NULL);
  g_autoptr (CtlRun) found = NULL;
  g_autoptr (CtlRun) none = NULL;
  g_autoptr (CtlRun) text = NULL;
  JsonArray *providers;
  JsonObject *provider;

  ctl_fixture_start_second (fixture);
  found = ask_until_found (fixture, ctl_run_get_string (add, "cid"));
  ctl_fixture_assert_members (ctl_run_get_object (found),
                              "count queried hops elapsed_ms providers");
  providers = json_object_get_array_member (ctl_run_get_object (found), "providers");
  g_assert_cmpuint (json_array_get_length (providers), ==, 1);
  provider = json_array_get_object_element (providers, 0);
  ctl_fixture_assert_members (provider, "peer source connected known_for_s addresses");
  g_assert_cmpstr (json_object_get_string_member (provider, "peer"), ==,
                   ctl_run_get_string (status, "peer_id"));
  none = ctl_fixture_ask (fixture, B, "providers",
                          "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
                          "--wait", "2000", NULL);
  g_assert_cmpint (ctl_run_get_int (none, "count"), ==, 0);
  text = ctl_fixture_run (fixture, "--bus-name", B, "providers",
                          ctl_run_get_string (add, "cid"), NULL);
  g_assert_nonnull (strstr (text->out, "Peers asked:"));
  ctl_fixture_ask_fails (fixture, B, "InvalidArgument", "providers", "no cid", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/ctl/search/" path, CtlFixture, NULL, ctl_fixture_set_up, func, \
              ctl_fixture_tear_down)
  ADD ("search", test_search);
  ADD ("stream", test_stream);
  ADD ("providers", test_providers);
  return g_test_run ();
}
