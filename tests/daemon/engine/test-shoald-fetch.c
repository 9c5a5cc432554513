/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-fetch.h"

#include "daemon/engine/engine-fixture.h"

static MeshSourceUsage *
new_usage (MeshSourceKind kind, const char *id, guint64 bytes)
{
  MeshSourceUsage *usage = g_new0 (MeshSourceUsage, 1);

  usage->kind = kind;
  usage->id = g_strdup (id);
  usage->bytes = bytes;
  return usage;
}

static void
test_describe (void)
{
  g_autoptr (ShoaldPeers) peers = shoald_peers_new ();
  g_autoptr (GPtrArray) usage
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_source_usage_free);
  g_autoptr (GVariant) sources = NULL;
  static const char *const kinds[] = { "master", "peer", "gateway", "local" };
  static const char *const names[] = { "m.example:8440", "…AJU5SA01", "g.example", "" };

  g_ptr_array_add (usage, new_usage (MESH_SOURCE_STORE, "store", 1));
  g_ptr_array_add (usage, new_usage (MESH_SOURCE_PEERS, "12D3KooWQAJU5SA01", 30));
  g_ptr_array_add (usage, new_usage (MESH_SOURCE_GATEWAY, "https://g.example", 20));
  g_ptr_array_add (usage, new_usage (MESH_SOURCE_MASTER, "http://m.example:8440", 40));
  sources = g_variant_ref_sink (shoald_fetch_describe_usage (usage, peers));
  g_assert_cmpuint (g_variant_n_children (sources), ==, 4);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GVariant) source = g_variant_get_child_value (sources, i);
      const char *text;

      g_assert_true (g_variant_lookup (source, "kind", "&s", &text));
      g_assert_cmpstr (text, ==, kinds[i]);
      g_assert_true (g_variant_lookup (source, "name", "&s", &text));
      g_assert_cmpstr (text, ==, names[i]);
    }
}

static void
test_bound (void)
{
  g_autoptr (ShoaldPeers) peers = shoald_peers_new ();
  g_autoptr (GPtrArray) usage
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_source_usage_free);
  g_autoptr (GVariant) sources = NULL;

  for (guint i = 0; i < 2 * SHOALD_JOB_MAX_SOURCES; i++)
    g_ptr_array_add (usage, new_usage (MESH_SOURCE_PEERS, "p", i));
  sources = g_variant_ref_sink (shoald_fetch_describe_usage (usage, peers));
  g_assert_cmpuint (g_variant_n_children (sources), ==, SHOALD_JOB_MAX_SOURCES);
}

/* While sharing is off a fetch holds the network, and gives it back. */
static void
test_hold (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "off");
  GListModel *peers = G_LIST_MODEL (shoald_engine_get_peers (other));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ShoaldFetch) fetch = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 0);
  shoald_fetch_open_async (other, NULL, NULL, NULL, test_wait_result_cb, &result);
  test_wait_until (result != NULL);
  fetch = shoald_fetch_open_finish (result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 1);
  g_assert_true (MESH_IS_BLOCK_SOURCE (shoald_fetch_get_source (fetch)));
  g_clear_pointer (&fetch, shoald_fetch_free);
  test_wait_until (g_list_model_get_n_items (peers) == 0);
  engine_fixture_stop (other);
}

/* One that is cancelled while it waits for peers holds nothing. */
static void
test_cancel (EngineFixture *fixture, gconstpointer data)
{
  ShoaldEngine *other = engine_fixture_start_other (fixture, "off");
  GListModel *peers = G_LIST_MODEL (shoald_engine_get_peers (other));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  shoald_fetch_open_async (other, NULL, NULL, cancellable, test_wait_result_cb, &result);
  g_cancellable_cancel (cancellable);
  test_wait_until (result != NULL);
  g_assert_null (shoald_fetch_open_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  test_wait_until (g_list_model_get_n_items (peers) == 0);
  engine_fixture_stop (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/fetch/describe", test_describe);
  g_test_add_func ("/shoald/fetch/bound", test_bound);
  g_test_add ("/shoald/fetch/hold", EngineFixture, NULL, engine_fixture_set_up, test_hold,
              engine_fixture_tear_down);
  g_test_add ("/shoald/fetch/cancel", EngineFixture, NULL, engine_fixture_set_up,
              test_cancel, engine_fixture_tear_down);
  return g_test_run ();
}
