/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-walk.h"

#include <libsoup/soup.h>

#include "master-fixture.h"

static ShoaldMasterWalk *
walk_new (MasterFixture *fixture, MeshCid *root, const char *path, const char *query)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = mesh_cid_dup_text (root);
  g_autofree char *target = g_strconcat ("/ipfs/", text, path, NULL);
  g_autoptr (GHashTable) form = soup_form_decode (query);
  g_autoptr (ShoaldMasterRequest) request
      = shoald_master_request_parse (target, form, NULL, &error);

  g_assert_no_error (error);
  return shoald_master_walk_new (MESH_BLOCK_SOURCE (fixture->store), request);
}

static gboolean
resolve (ShoaldMasterWalk *walk, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  shoald_master_walk_resolve_async (walk, cancellable, master_fixture_got_result,
                                    &result);
  master_fixture_wait ((gpointer *) &result);
  return shoald_master_walk_resolve_finish (walk, result, error);
}

static GBytes *
next (ShoaldMasterWalk *walk, MeshCid **cid, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  shoald_master_walk_next_async (walk, NULL, master_fixture_got_result, &result);
  master_fixture_wait ((gpointer *) &result);
  return shoald_master_walk_next_finish (walk, result, cid, error);
}

/* Returns: how many blocks come before the end, or -1 when the walk fails. */
static int
count (ShoaldMasterWalk *walk, GError **error)
{
  for (int n = 0;; n++)
    {
      g_autoptr (MeshCid) cid = NULL;
      g_autoptr (GError) inner = NULL;
      g_autoptr (GBytes) bytes = next (walk, &cid, &inner);

      if (inner != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&inner));
          return -1;
        }
      if (bytes == NULL)
        {
          g_assert_null (cid);
          return n;
        }
      g_assert_true (mesh_cid_verify (cid, g_bytes_get_data (bytes, NULL),
                                      g_bytes_get_size (bytes), NULL));
    }
}

static void
test_ends (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree t;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoaldMasterWalk) walk = NULL;

  master_tree_init (&t, fixture);
  walk = walk_new (fixture, t.folder, "", "format=car");
  g_assert_true (resolve (walk, NULL, &error));
  g_assert_cmpint (count (walk, &error), ==, 5);
  g_assert_cmpint (count (walk, &error), ==, 0);
  master_tree_clear (&t);
}

static void
test_cancelled (MasterFixture *fixture, gconstpointer unused)
{
  MasterTree t;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ShoaldMasterWalk) walk = NULL;

  master_tree_init (&t, fixture);
  walk = walk_new (fixture, t.folder, "/file", "format=car");
  g_cancellable_cancel (cancellable);
  g_assert_false (resolve (walk, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  master_tree_clear (&t);
}

/* A chain of folders deeper than the bound breaks off in place of growing. */
static void
test_deep (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) leaf = g_bytes_new_static ("x", 1);
  g_autoptr (MeshCid) cid
      = master_fixture_put (fixture, MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, leaf);
  g_autoptr (ShoaldMasterWalk) walk = NULL;

  for (guint i = 0; i < SHOALD_MASTER_WALK_MAX_DEPTH + 2; i++)
    {
      g_auto (MeshDagPbNode) node = { 0 };
      g_autoptr (GBytes) block = NULL;

      mesh_dag_pb_node_init (&node);
      mesh_dag_pb_node_add_link (&node, cid, "a", 1);
      block = mesh_unixfs_new_directory_block (&node, NULL, NULL);
      mesh_cid_unref (cid);
      cid = master_fixture_put (fixture, MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA2_256,
                                block);
    }
  walk = walk_new (fixture, cid, "", "format=car");
  g_assert_true (resolve (walk, NULL, &error));
  g_assert_cmpint (count (walk, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
}

/* A folder of "0" to "999" and what its shards are called, as `shoalctl add` makes it. */
static MeshCid *
put_sharded_folder (MasterFixture *fixture, MeshCid *entry, int *n_shards)
{
  g_auto (MeshDagPbNode) folder = { 0 };
  g_autoptr (MeshHamtBuilder) builder = NULL;
  MeshCid *root = NULL;
  MeshCid *cid;
  GBytes *block;
  guint64 tsize;

  mesh_dag_pb_node_init (&folder);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      mesh_dag_pb_node_add_link (&folder, entry, name, 1);
    }
  builder = mesh_hamt_builder_new (&folder, MESH_HAMT_FANOUT, 1, MESH_MULTIHASH_SHA2_256,
                                   NULL, NULL);
  for (*n_shards = 0; mesh_hamt_builder_poll_block (builder, &cid, &block, &tsize);
       (*n_shards)++)
    {
      g_clear_pointer (&root, mesh_cid_unref);
      root = master_fixture_put (fixture, MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA2_256,
                                 block);
      g_assert_true (mesh_cid_equal (root, cid));
      mesh_cid_unref (cid);
      g_bytes_unref (block);
    }
  return root;
}

static void
test_sharded_folder (MasterFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) leaf = g_bytes_new_static ("x", 1);
  g_autoptr (MeshCid) entry
      = master_fixture_put (fixture, MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, leaf);
  int n_shards;
  g_autoptr (MeshCid) root = put_sharded_folder (fixture, entry, &n_shards);
  g_autoptr (ShoaldMasterWalk) entity = NULL;
  g_autoptr (ShoaldMasterWalk) all = NULL;
  g_autoptr (ShoaldMasterWalk) none = NULL;

  entity = walk_new (fixture, root, "", "format=car&dag-scope=entity");
  g_assert_true (resolve (entity, NULL, &error));
  g_assert_cmpint (count (entity, &error), ==, n_shards);
  all = walk_new (fixture, root, "", "format=car");
  g_assert_true (resolve (all, NULL, &error));
  g_assert_cmpint (count (all, &error), ==, n_shards + 1);
  for (guint i = 0; i < 1000; i += 50)
    {
      g_autofree char *path = g_strdup_printf ("/%u", i);
      g_autoptr (ShoaldMasterWalk) one = walk_new (fixture, root, path, "format=car");

      g_assert_true (resolve (one, NULL, &error));
      /* The root, perhaps shards below it, the entry: all that proves it. */
      g_assert_cmpint (count (one, &error), >=, 2);
    }
  none = walk_new (fixture, root, "/1000", "format=car");
  g_assert_false (resolve (none, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

/* A shard that has an entry where its name does not belong. */
static void
test_bad_shard (MasterFixture *fixture, gconstpointer unused)
{
  static const guint8 field[] = { 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) leaf = g_bytes_new_static ("x", 1);
  g_autoptr (MeshCid) entry
      = master_fixture_put (fixture, MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, leaf);
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_autoptr (GBytes) data = NULL;
  g_autoptr (GBytes) block = NULL;
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (ShoaldMasterWalk) entity = NULL;
  g_autoptr (ShoaldMasterWalk) path = NULL;

  mesh_dag_pb_node_init (&node);
  mesh_dag_pb_node_add_link (&node, entry, "01name", 1);
  mesh_unixfs_init (&unixfs, MESH_UNIXFS_HAMT_SHARD);
  unixfs.data = field;
  unixfs.data_len = 1;
  unixfs.hash_type = MESH_HAMT_HASH_CODE;
  unixfs.fanout = MESH_HAMT_FANOUT;
  data = mesh_unixfs_encode (&unixfs);
  node.data = g_bytes_get_data (data, &node.data_len);
  block = mesh_dag_pb_encode (&node);
  root = master_fixture_put (fixture, MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA2_256, block);

  path = walk_new (fixture, root, "/name", "format=car");
  g_assert_false (resolve (path, NULL, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  entity = walk_new (fixture, root, "", "format=car&dag-scope=entity");
  g_assert_true (resolve (entity, NULL, &error));
  g_assert_cmpint (count (entity, &error), ==, -1);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/master/walk/" path, MasterFixture, NULL, master_fixture_set_up, func, \
              master_fixture_tear_down)
  ADD ("ends", test_ends);
  ADD ("cancelled", test_cancelled);
  ADD ("deep", test_deep);
  ADD ("sharded-folder", test_sharded_folder);
  ADD ("bad-shard", test_bad_shard);
  return g_test_run ();
}
