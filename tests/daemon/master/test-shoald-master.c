/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master.h"

#include <string.h>

#include "master-fixture.h"
#include "prometheus.h"

static void
test_health (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (MasterAnswer) answer
      = master_fixture_ask (fixture, "GET", "/healthz", NULL, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (master_answer_get_header (answer, "Cache-Control"), ==, "no-store");
}

static GHashTable *
read_metrics (MasterFixture *fixture)
{
  g_autoptr (MasterAnswer) answer
      = master_fixture_ask (fixture, "GET", "/metrics", NULL, NULL);
  g_autofree char *page = g_strndup (g_bytes_get_data (answer->body, NULL),
                                     g_bytes_get_size (answer->body));

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (master_answer_get_header (answer, "Content-Type"), ==,
                   "text/plain; version=0.0.4; charset=utf-8");
  return prometheus_parse (page);
}

static void
test_metrics (MasterFixture *fixture, gconstpointer unused)
{
  const char *health
      = "shoal_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"}";
  const char *nothing
      = "shoal_http_requests_total{route=\"other\",method=\"other\",status=\"404\"}";
  g_autoptr (GHashTable) before = read_metrics (fixture);
  g_autoptr (GHashTable) after = NULL;
  MasterTree tree;

  g_assert_cmpfloat (prometheus_get (before, "shoal_store_blocks"), ==, 0);
  g_assert_cmpfloat (prometheus_get (before, "shoal_master_apps"), ==, 0);
  g_assert_cmpfloat (prometheus_get (before, "shoal_http_requests_in_flight"), ==, 1);
  master_tree_init (&tree, fixture);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MasterAnswer) answer
          = master_fixture_ask (fixture, "GET", "/healthz", NULL, NULL);
      g_autoptr (MasterAnswer) other
          = master_fixture_ask (fixture, "BREW", "/no\"such", NULL, NULL);

      g_assert_cmpuint (other->status, ==, 404);
    }
  after = read_metrics (fixture);
  g_assert_cmpfloat (prometheus_get (after, health), ==, 3);
  g_assert_cmpfloat (prometheus_get (after, nothing), ==, 3);
  g_assert_cmpfloat (prometheus_get (after, "shoal_store_blocks"), ==, 5);
  g_assert_cmpfloat (prometheus_get (after, "shoal_http_connections"), >=, 1);
  master_tree_clear (&tree);
}

/* Stops with a request in flight: the request breaks off, nothing is left. */
static void
test_stop_with_requests (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree tree;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;
  g_autofree char *url = NULL;
  g_autoptr (SoupMessage) msg = NULL;
  g_autoptr (GBytes) body = NULL;

  master_tree_init (&tree, fixture);
  text = mesh_cid_dup_text (tree.folder);
  url = g_strdup_printf ("http://%s/ipfs/%s?format=car",
                         shoald_master_get_address (fixture->master), text);
  msg = soup_message_new ("GET", url);
  soup_session_send_and_read_async (fixture->session, msg, 0, NULL,
                                    master_fixture_got_result, &result);
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (NULL, FALSE);
  master_fixture_restart (fixture);
  master_fixture_wait ((gpointer *) &result);
  body = soup_session_send_and_read_finish (fixture->session, result, NULL);
  {
    g_autoptr (MasterAnswer) answer
        = master_fixture_ask (fixture, "GET", "/healthz", NULL, NULL);

    g_assert_cmpuint (answer->status, ==, 200);
  }
  master_tree_clear (&tree);
}

static void
test_bad_address (MasterFixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *listen;
    MeshError code;
  } table[] = { { "nowhere", MESH_ERROR_INVALID }, { NULL, MESH_ERROR_BUSY } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      ShoaldMasterOptions options = {
        .listen = table[i].listen != NULL ? table[i].listen
                                          : shoald_master_get_address (fixture->master),
        .data_dir = fixture->dir,
        .store = fixture->store,
        .pool = fixture->pool,
      };

      shoald_master_start_async (&options, NULL, master_fixture_got_result, &result);
      master_fixture_wait ((gpointer *) &result);
      g_assert_null (shoald_master_start_finish (result, &error));
      g_assert_error (error, MESH_ERROR, (int) table[i].code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/master/" path, MasterFixture, NULL, master_fixture_set_up, func, \
              master_fixture_tear_down)
  ADD ("health", test_health);
  ADD ("metrics", test_metrics);
  ADD ("stop-with-requests", test_stop_with_requests);
  ADD ("bad-address", test_bad_address);
  return g_test_run ();
}
