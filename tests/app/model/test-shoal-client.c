/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* The models against the made-up daemon of tests/ui, on a bus of the test's own. */
#include "config.h"

#include "model/shoal-client.h"

#include "app-fixture.h"
#include "proxy/shoal-error.h"
#include "model/shoal-request.h"

#define PAINTER "org.example.Painter"
#define TERMINAL "org.example.Terminal"
#define WAIT APP_FIXTURE_WAIT

typedef struct
{
  AppFixture base;
  guint n_staged;
  guint n_ended;
} Fixture;

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
set_up (Fixture *fixture, gconstpointer scenario)
{
  app_fixture_set_up (&fixture->base, NULL);
  g_signal_connect_swapped (fixture->base.client, "update-staged", G_CALLBACK (count_cb),
                            &fixture->n_staged);
  g_signal_connect_swapped (fixture->base.client, "job-ended", G_CALLBACK (count_cb),
                            &fixture->n_ended);
  if (scenario == NULL)
    return;
  app_fixture_start_daemon (&fixture->base, scenario);
  shoal_client_connect (fixture->base.client);
  WAIT (g_str_equal (shoal_client_get_state (fixture->base.client), "ready"));
}

static void
tear_down (Fixture *fixture, gconstpointer scenario)
{
  app_fixture_tear_down (&fixture->base, scenario);
}

static void
assert_text (gpointer object, const char *property, const char *expected)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *plain = NULL;

  g_object_get (object, property, &text, NULL);
  /* g_format_size() parts number and unit with a no-break space. */
  parts = g_strsplit (text, "\u00a0", -1);
  plain = g_strjoinv (" ", parts);
  g_assert_cmpstr (plain, ==, expected);
}

static void
test_lists (Fixture *fixture, gconstpointer scenario)
{
  ShoalObjects *objects = shoal_client_get_objects (fixture->base.client);
  ShoalApp *app = shoal_objects_find_app (objects, PAINTER);
  ShoalUpdate *update = shoal_objects_find_update (objects, PAINTER);
  g_autoptr (GObject) linked = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_apps (objects)), ==, 4);
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_updates (objects)), ==,
                    2);
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_jobs (objects)), ==, 4);
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_peers (objects)), ==, 3);
  g_assert_true (shoal_app_get_update (app) == update);
  g_object_get (update, "app", &linked, NULL);
  g_assert_true (linked == G_OBJECT (app));
  assert_text (update, "saved-text", "1.0 MB of 34.2 MB fetched, 97% already here");
  assert_text (update, "version-text", "2.4.0 → 2.5.0");
  assert_text (app, "subtitle", "2.4.0 · 34.2 MB");
  g_assert_true (app_fixture_flag (app, "can-apply"));
  g_assert_true (app_fixture_flag (app, "can-roll-back"));
  g_assert_cmpuint (fixture->n_staged, ==, 1);
  g_assert_cmpuint (fixture->n_ended, ==, 0); /* ended before we came */
  g_assert_null (shoal_objects_find_app (objects, "org.example.Nobody"));
}

static void
put_string (const char *path, const char *interface, const char *name, const char *value)
{
  app_fixture_put (path, interface, name, g_variant_new_string (value));
}

/* What was exported while we asked what there is comes with the answer and by signal. */
static void
test_announced_twice (Fixture *fixture, gconstpointer scenario)
{
  static const char *const paths[]
      = { "Manager", "Apps/org_2eexample_2ePainter", "Updates/org_2eexample_2ePainter",
          "Transfers/1", "Peers/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN" };
  ShoalObjects *objects = shoal_client_get_objects (fixture->base.client);
  ShoalApp *app = shoal_objects_find_app (objects, PAINTER);
  ShoalUpdate *update = shoal_objects_find_update (objects, PAINTER);
  ShoalJob *job = shoal_objects_find_job (objects, "/org/shoal/Shoal/Daemon/Transfers/1");
  ShoalPeer *peer = shoal_objects_find_peer (
      objects, "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN");

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *path = g_strconcat ("/org/shoal/Shoal/Daemon/", paths[i], NULL);

      app_fixture_tell ("Announce", g_variant_new ("(s)", path));
    }
  put_string (paths[0], "Manager", "PeerId", "another");
  put_string (paths[1], "App", "Summary", "another");
  put_string (paths[2], "Update", "NewVersion", "another");
  put_string (paths[3], "Transfer", "Title", "another");
  put_string (paths[4], "Peer", "Agent", "another");
  WAIT (app_fixture_text_is (shoal_client_get_node (fixture->base.client), "peer-id",
                             "another"));
  WAIT (app_fixture_text_is (app, "summary", "another"));
  WAIT (app_fixture_text_is (update, "version-text", "2.4.0 → another"));
  WAIT (app_fixture_text_is (job, "title", "another"));
  WAIT (app_fixture_text_is (peer, "agent", "another"));
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_apps (objects)), ==, 4);
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_updates (objects)), ==,
                    2);
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_jobs (objects)), ==, 4);
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_peers (objects)), ==, 3);
  g_assert_true (shoal_app_get_update (app) == update);
}

static void
test_apply (Fixture *fixture, gconstpointer scenario)
{
  ShoalObjects *objects = shoal_client_get_objects (fixture->base.client);
  ShoalUpdate *update = shoal_objects_find_update (objects, PAINTER);

  shoal_request_run (fixture->base.client, SHOAL_PROXY_OBJECT (update), "Apply",
                     g_variant_new_parsed ("(@a{sv} {},)"), "done", "failed");
  WAIT (fixture->base.notices->len > 0);
  g_assert_cmpstr (fixture->base.notices->str, ==, "done|");
  WAIT (shoal_objects_find_update (objects, PAINTER) == NULL);
  g_assert_null (shoal_app_get_update (shoal_objects_find_app (objects, PAINTER)));
  assert_text (shoal_objects_find_app (objects, PAINTER), "installed-version", "2.5.0");
}

static void
test_failures (Fixture *fixture, gconstpointer scenario)
{
  ShoalObjects *objects = shoal_client_get_objects (fixture->base.client);
  ShoalUpdate *update = shoal_objects_find_update (objects, PAINTER);

  /* One the operation ends with, and one the call ends with. */
  app_fixture_tell ("Fail", g_variant_new ("(sss)", "apply", "NoSpace", "full"));
  shoal_request_run (fixture->base.client, SHOAL_PROXY_OBJECT (update), "Apply",
                     g_variant_new_parsed ("(@a{sv} {},)"), "done", "First");
  WAIT (fixture->base.notices->len > 0);
  shoal_request_run (fixture->base.client,
                     SHOAL_PROXY_OBJECT (shoal_objects_find_update (objects, TERMINAL)),
                     "Apply", g_variant_new_parsed ("(@a{sv} {},)"), "done", "Second");
  WAIT (strstr (fixture->base.notices->str, "Second") != NULL);
  g_assert_cmpstr (fixture->base.notices->str, ==,
                   "First. The disk is full. Free some space, then try again.|"
                   "Second. The update is fetching.|");
}

static void
test_vanish (Fixture *fixture, gconstpointer scenario)
{
  ShoalObjects *objects = shoal_client_get_objects (fixture->base.client);
  g_autoptr (ShoalJob) job = NULL;

  job = g_object_ref (
      shoal_objects_find_job (objects, "/org/shoal/Shoal/Daemon/Transfers/1"));
  g_assert_true (shoal_job_is_active (job));
  app_fixture_tell ("Vanish", NULL);
  /* It cannot be started: there is no service file on this bus. */
  WAIT (g_str_equal (shoal_client_get_state (fixture->base.client), "unavailable"));
  assert_text (fixture->base.client, "error-text", "The Shoal service is not running.");
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_apps (objects)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (shoal_objects_get_peers (objects)), ==, 0);
  g_assert_true (shoal_job_is_failed (job));
  assert_text (job, "title", "Terminal");
  app_fixture_wait_end (&fixture->base);
  app_fixture_start_daemon (&fixture->base, "empty");
  shoal_client_connect (fixture->base.client);
  WAIT (g_str_equal (shoal_client_get_state (fixture->base.client), "ready"));
}

static void
test_settings (Fixture *fixture, gconstpointer scenario)
{
  ShoalNode *node = shoal_client_get_node (fixture->base.client);
  guint64 limit_bps = 0;
  gboolean is_same = FALSE;

  g_object_set (node, "max-upload-bps", G_GUINT64_CONSTANT (4000), NULL);
  while (!is_same)
    {
      g_main_context_iteration (NULL, TRUE);
      g_object_get (node, "max-upload-bps", &limit_bps, NULL);
      is_same = limit_bps == 4000;
    }
  g_object_set (node, "master-url", "no address", NULL);
  WAIT (fixture->base.notices->len > 0);
  g_assert_cmpstr (fixture->base.notices->str, ==,
                   "Master-url must begin with http:// or https://.|");
  assert_text (node, "master-url", "https://apps.example.org");
}

static void
inspected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoalRelease) release = NULL;

  release = shoal_request_inspect_finish (SHOAL_CLIENT (source), result, &error);
  if (release == NULL)
    {
      g_assert_true (shoal_error_is (error, "NotFound"));
      *(int *) user_data = -1;
      return;
    }
  g_assert_cmpstr (shoal_release_get_name (release), ==, "Charts");
  g_assert_cmpstr (shoal_release_get_publisher (release), ==,
                   "SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8");
  g_assert_false (app_fixture_flag (release, "is-trusted"));
  *(int *) user_data = 1;
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) releases = NULL;

  releases = shoal_request_search_finish (SHOAL_CLIENT (source), result, &error);
  g_assert_no_error (error);
  *(int *) user_data = (int) g_list_model_get_n_items (releases);
}

static void
test_requests (Fixture *fixture, gconstpointer scenario)
{
  int found = 0;
  int missing = 0;
  int n_results = 0;

  shoal_request_inspect_async (fixture->base.client, "shoal:org.example.Charts", NULL,
                               inspected_cb, &found);
  shoal_request_inspect_async (fixture->base.client, "shoal:org.example.Nobody", NULL,
                               inspected_cb, &missing);
  shoal_request_search_async (fixture->base.client, "", NULL, searched_cb, &n_results);
  WAIT (found != 0 && missing != 0 && n_results != 0);
  g_assert_cmpint (found, ==, 1);
  g_assert_cmpint (missing, ==, -1);
  g_assert_cmpint (n_results, ==, 3);
}

static void
test_no_daemon (Fixture *fixture, gconstpointer scenario)
{
  shoal_client_connect (fixture->base.client);
  WAIT (g_str_equal (shoal_client_get_state (fixture->base.client), "unavailable"));
  shoal_request_install (fixture->base.client, "org.example.Charts", NULL);
  WAIT (fixture->base.notices->len > 0);
  g_assert_cmpstr (fixture->base.notices->str, ==,
                   "Could not install the app. The Shoal service is not running.|");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoal-client/lists", Fixture, "busy", set_up, test_lists, tear_down);
  g_test_add ("/shoal-client/announced-twice", Fixture, "busy", set_up,
              test_announced_twice, tear_down);
  g_test_add ("/shoal-client/apply", Fixture, "busy", set_up, test_apply, tear_down);
  g_test_add ("/shoal-client/failures", Fixture, "busy", set_up, test_failures,
              tear_down);
  g_test_add ("/shoal-client/vanish", Fixture, "busy", set_up, test_vanish, tear_down);
  g_test_add ("/shoal-client/settings", Fixture, "empty", set_up, test_settings,
              tear_down);
  g_test_add ("/shoal-client/requests", Fixture, "empty", set_up, test_requests,
              tear_down);
  g_test_add ("/shoal-client/no-daemon", Fixture, NULL, set_up, test_no_daemon,
              tear_down);
  return g_test_run ();
}
