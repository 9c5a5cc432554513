/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "content/mesh-dag-pb.h"
#include "content/mesh-unixfs.h"
#include "mesh/store/store-fixture.h"

/* root → two leaves */
static MeshCid *
put_tree (MeshStore *store, guint32 seed, MeshCid **leaf)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_autoptr (MeshCid) one = fixture_put_new (store, seed, 1000);
  g_autoptr (MeshCid) two = fixture_put_new (store, seed + 1, 1000);
  g_autoptr (GBytes) block = NULL;
  MeshCid *root;

  mesh_dag_pb_node_init (&node);
  mesh_dag_pb_node_add_link (&node, one, "one", 1000);
  mesh_dag_pb_node_add_link (&node, two, "two", 1000);
  block = mesh_unixfs_new_directory_block (&node, NULL, NULL);
  root = fixture_cid (MESH_CODEC_DAG_PB, block);
  g_assert_true (fixture_put (store, root, block, NULL));
  if (leaf != NULL)
    *leaf = g_steal_pointer (&one);
  return root;
}

static void
test_pins (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) leaf = NULL;
  g_autoptr (MeshCid) root = put_tree (fixture->store, 20, &leaf);
  g_autoptr (MeshCid) loose = fixture_put_new (fixture->store, 30, 5000);
  g_autoptr (GPtrArray) pins = NULL;
  MeshStoreStats stats;

  g_assert_true (fixture_pin (fixture->store, "app", root, NULL));
  g_assert_true (fixture_pin (fixture->store, "app", root, NULL));
  g_assert_true (mesh_store_is_pinned (fixture->store, leaf));
  g_assert_false (mesh_store_is_pinned (fixture->store, loose));
  g_assert_cmpuint (fixture_gc (fixture->store), ==, 5000);
  g_assert_false (mesh_store_has (fixture->store, loose));
  g_assert_true (mesh_store_has (fixture->store, leaf));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.pinned_bytes, ==, stats.stored_bytes);

  fixture_reopen (fixture, 0);
  pins = mesh_store_dup_pins (fixture->store);
  g_assert_cmpuint (pins->len, ==, 1);
  g_assert_cmpuint (((MeshStorePin *) g_ptr_array_index (pins, 0))->count, ==, 2);
  for (int i = 0; i < 2; i++)
    {
      FIXTURE_RUN (result, mesh_store_unpin_async, fixture->store, "app", root, NULL);
      g_assert_true (mesh_store_unpin_finish (fixture->store, result, NULL));
      g_assert_cmpint (mesh_store_is_pinned (fixture->store, leaf), ==, i == 0);
    }
  {
    g_autoptr (GError) error = NULL;
    FIXTURE_RUN (result, mesh_store_unpin_async, fixture->store, "app", root, NULL);

    g_assert_false (mesh_store_unpin_finish (fixture->store, result, &error));
    g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  }
  fixture_gc (fixture->store);
  g_assert_false (mesh_store_has (fixture->store, root));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, 0);
  g_assert_cmpuint (stats.stored_bytes, ==, 0);
  g_assert_cmpuint (stats.pinned_bytes, ==, 0);
}

static void
test_pin_needs_all (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) leaf = NULL;
  g_autoptr (MeshCid) root = put_tree (fixture->store, 40, &leaf);
  g_autoptr (GError) error = NULL;

  {
    FIXTURE_RUN (result, mesh_store_delete_async, fixture->store, leaf, NULL);
    g_assert_true (mesh_store_delete_finish (fixture->store, result, NULL));
  }
  g_assert_false (fixture_pin (fixture->store, "app", root, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_assert_false (mesh_store_is_pinned (fixture->store, root));
}

static void
test_shares (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) leaf = NULL;
  g_autoptr (MeshCid) root = put_tree (fixture->store, 50, &leaf);
  g_autoptr (MeshCid) loose = fixture_put_new (fixture->store, 60, 10);
  g_autoptr (GPtrArray) roots = NULL;

  g_assert_false (mesh_store_is_shared (fixture->store, leaf));
  {
    FIXTURE_RUN (result, mesh_store_set_shared_async, fixture->store, root, TRUE, NULL);
    g_assert_true (mesh_store_set_shared_finish (fixture->store, result, NULL));
  }
  g_assert_true (mesh_store_is_shared (fixture->store, root));
  g_assert_true (mesh_store_is_shared (fixture->store, leaf));
  g_assert_false (mesh_store_is_shared (fixture->store, loose));
  mesh_store_share_block (fixture->store, root, loose);
  {
    FIXTURE_RUN (result, mesh_store_sync_async, fixture->store, NULL);
    g_assert_true (mesh_store_sync_finish (fixture->store, result, NULL));
  }
  g_assert_true (mesh_store_is_shared (fixture->store, loose));
  roots = mesh_store_dup_shared_roots (fixture->store);
  g_assert_cmpuint (roots->len, ==, 1);
  {
    FIXTURE_RUN (result, mesh_store_set_shared_async, fixture->store, root, FALSE, NULL);
    g_assert_true (mesh_store_set_shared_finish (fixture->store, result, NULL));
  }
  g_assert_false (mesh_store_is_shared (fixture->store, root));
  g_assert_false (mesh_store_is_shared (fixture->store, loose));
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/index/roots/pins", test_pins);
  add ("/index/roots/pin-needs-all", test_pin_needs_all);
  add ("/index/roots/shares", test_shares);
  return g_test_run ();
}
