/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry-master.h"
#include "registry-node.h"
#include "registry/mesh-exchange.h"
#include "registry/mesh-registry.h"

/* Searching at peers and at a Master Server over real sockets. */

typedef struct
{
  RegistryMaster master;
  RegistryNode user;
  RegistryNode peer;
  guint n_found;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer mode)
{
  registry_master_init (&fixture->master, NULL);
  registry_node_init_full (&fixture->user, 43, (MeshRegistryMode) GPOINTER_TO_INT (mode),
                           fixture->master.client, FALSE);
  registry_node_init (&fixture->peer, 44);
}

static void
tear_down (Fixture *fixture, gconstpointer mode)
{
  registry_node_clear (&fixture->user);
  registry_node_clear (&fixture->peer);
  registry_master_clear (&fixture->master);
}

static gboolean
has_source (const MeshRegistryResult *result, const char *prefix)
{
  for (gsize i = 0; result->sources[i] != NULL; i++)
    if (g_str_has_prefix (result->sources[i], prefix))
      return TRUE;
  return FALSE;
}

static void
found_cb (MeshRegistryResult *result, gpointer user_data)
{
  ++*(guint *) user_data;
}

/* What only a peer knows is found, streamed, and kept. */
static void
test_peer (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture editor = registry_fixture_now ();
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new ("edi", NULL, NULL, 0);
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };
  MeshRegistryStats stats;
  const MeshRegistryResult *result;

  registry_node_connect (&fixture->user, &fixture->peer);
  registry_node_announce (&fixture->peer, &editor);
  mesh_registry_search_async (fixture->user.registry, query, 20000, found_cb,
                              &fixture->n_found, NULL, registry_wait_cb, &wait);
  results = mesh_registry_search_finish (fixture->user.registry,
                                         registry_wait_for (&wait), NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&wait.result);
  g_assert_cmpuint (results->len, ==, 1);
  g_assert_cmpuint (fixture->n_found, >=, 1);
  result = results->pdata[0];
  g_assert_cmpstr (result->name, ==, "Exämple Editor");
  g_assert_true (has_source (result, "peer "));
  g_assert_false (result->is_verified);
  mesh_registry_get_stats (fixture->user.registry, &stats);
  g_assert_cmpuint (stats.n_listings, ==, 1);
  again = registry_node_search (&fixture->user, "edi", NULL);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_true (has_source (again->pdata[0], "local"));
  g_assert_true (has_source (again->pdata[0], "peer "));
}

static void
test_verified (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture editor = registry_fixture_now ();
  g_autoptr (GPtrArray) results = NULL;

  registry_node_track (&fixture->user, &editor);
  registry_node_connect (&fixture->user, &fixture->peer);
  registry_node_announce (&fixture->peer, &editor);
  results = registry_node_search (&fixture->user, "editor", NULL);
  g_assert_cmpuint (results->len, ==, 1);
  g_assert_true (((MeshRegistryResult *) results->pdata[0])->is_verified);
}

/* An app once, with everybody who said so; listed by the Master under the same keys it is
 * verified. */
static void
test_merged (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture editor = registry_fixture_now ();
  g_autoptr (MeshAnnouncement) announcement = registry_fixture_announcement (&editor);
  g_autoptr (GPtrArray) results = NULL;
  g_auto (GStrv) warnings = NULL;
  const MeshRegistryResult *result;

  fixture->master.packages = g_strdup_printf (
      "{\"packages\":[{\"app_id\":\"%s\",\"channel\":\"stable\",\"name\":\"Editor\","
      "\"version\":\"1.0.0\",\"fingerprint\":\"%s\",\"size\":5},"
      "{\"app_id\":\"org.example.Other\",\"name\":\"Editor two\",\"fingerprint\":1}]}",
      TRUST_FIXTURE_APP, mesh_announcement_get_fingerprint (announcement));
  registry_node_connect (&fixture->user, &fixture->peer);
  registry_node_announce (&fixture->peer, &editor);
  results = registry_node_search (&fixture->user, "editor", &warnings);
  g_assert_cmpuint (g_strv_length (warnings), ==, 0);
  g_assert_cmpuint (results->len, ==, 2);
  result = results->pdata[0];
  g_assert_cmpstr (result->app_id, ==, TRUST_FIXTURE_APP);
  g_assert_true (has_source (result, "peer "));
  g_assert_true (has_source (result, "master http"));
  g_assert_true (result->is_verified);
  result = results->pdata[1];
  g_assert_cmpstr (result->app_id, ==, "org.example.Other");
  g_assert_false (result->is_verified);
  g_assert_null (result->announcement);
}

/* With the Master's answer comes the proof. */
static void
test_master_proves (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture editor = registry_fixture_now ();
  g_autoptr (GBytes) bytes = registry_fixture_bytes (&editor);
  g_autoptr (MeshAnnouncement) announcement = registry_fixture_announcement (&editor);
  g_autofree char *text
      = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *escaped = g_strescape (text, "äöüÄÖÜ\303\244");
  g_autoptr (GPtrArray) results = NULL;
  const MeshRegistryResult *result;

  fixture->master.packages = g_strdup_printf (
      "{\"packages\":[{\"app_id\":\"%s\",\"channel\":\"stable\",\"fingerprint\":\"%s\","
      "\"announcement\":\"%s\"}]}",
      TRUST_FIXTURE_APP, mesh_announcement_get_fingerprint (announcement), escaped);
  results = registry_node_search (&fixture->user, "editor", NULL);
  g_assert_cmpuint (results->len, ==, 1);
  result = results->pdata[0];
  g_assert_nonnull (result->announcement);
  g_assert_true (result->is_verified);
}

static void
test_master_down (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture editor = registry_fixture_now ();
  g_autoptr (GPtrArray) results = NULL;
  g_auto (GStrv) warnings = NULL;

  fixture->master.status = 502;
  registry_node_connect (&fixture->user, &fixture->peer);
  registry_node_announce (&fixture->peer, &editor);
  results = registry_node_search (&fixture->user, "editor", &warnings);
  g_assert_cmpuint (results->len, ==, 1);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
}

static void
test_central_down (Fixture *fixture, gconstpointer mode)
{
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new ("x", NULL, NULL, 0);
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };

  fixture->master.status = 502;
  mesh_registry_search_async (fixture->user.registry, query, 0, NULL, NULL, NULL,
                              registry_wait_cb, &wait);
  g_assert_null (mesh_registry_search_finish (fixture->user.registry,
                                              registry_wait_for (&wait), NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_clear_object (&wait.result);
}

static void
test_garbage (Fixture *fixture, gconstpointer mode)
{
  g_autoptr (GPtrArray) results = NULL;
  g_auto (GStrv) warnings = NULL;

  fixture->master.packages = g_strdup ("[1, 2");
  results = registry_node_search (&fixture->user, "editor", &warnings);
  g_assert_cmpuint (results->len, ==, 0);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
}

/* What a peer answers that does not answer the question is not shown. */
typedef struct
{
  GBytes *answer; /* (unowned) */
} Liar;

static void
lie_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  (void) !mesh_exchange_answer_finish (result, NULL);
}

static void
lie_cb (MeshStream *stream, gpointer user_data)
{
  g_autoptr (MeshStream) owned = stream;
  Liar *liar = user_data;

  mesh_exchange_answer_async (G_IO_STREAM (stream), liar->answer, NULL, lie_answered_cb,
                              NULL);
}

static void
test_liar (Fixture *fixture, gconstpointer mode)
{
  RegistryFixture spam = registry_fixture_now ();
  g_autoptr (GPtrArray) list
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  MeshSearchAnswer answer = { list, none };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GPtrArray) results = NULL;
  Liar liar;

  registry_node_connect (&fixture->user, &fixture->peer);
  spam.name = "Casino";
  spam.summary = "Win";
  g_ptr_array_add (list, registry_fixture_bytes (&spam));
  g_ptr_array_add (list, g_bytes_new_static ("{}", 2));
  bytes = mesh_search_message_encode_answer (&answer);
  liar.answer = bytes;
  mesh_host_set_handler (fixture->peer.host, MESH_SEARCH_MESSAGE_PROTOCOL, lie_cb, &liar,
                         NULL);
  results = registry_node_search (&fixture->user, "editor", NULL);
  g_assert_cmpuint (results->len, ==, 0);
}

static void
test_cancelled (Fixture *fixture, gconstpointer mode)
{
  g_autoptr (MeshRegistryQuery) query = mesh_registry_query_new ("x", NULL, NULL, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  RegistryWait wait = { NULL };

  fixture->master.is_silent = TRUE;
  mesh_registry_search_async (fixture->user.registry, query, 0, NULL, NULL, cancellable,
                              registry_wait_cb, &wait);
  g_cancellable_cancel (cancellable);
  g_assert_null (mesh_registry_search_finish (fixture->user.registry,
                                              registry_wait_for (&wait), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&wait.result);
}

#define ADD(name, mode, func) \
  g_test_add ("/registry/search/" name, Fixture, \
              GINT_TO_POINTER (MESH_REGISTRY_MODE_##mode), set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("peer", P2P, test_peer);
  ADD ("verified", P2P, test_verified);
  ADD ("merged", HYBRID, test_merged);
  ADD ("master-proves", HYBRID, test_master_proves);
  ADD ("master-down", HYBRID, test_master_down);
  ADD ("central-down", CENTRAL, test_central_down);
  ADD ("garbage", HYBRID, test_garbage);
  ADD ("liar", P2P, test_liar);
  ADD ("cancelled", HYBRID, test_cancelled);
  return g_test_run ();
}
