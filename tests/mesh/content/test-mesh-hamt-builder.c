/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-hamt-builder.h"

#include <string.h>

#include "base/mesh-error.h"
#include "mesh/content/hamt-fixture.h"

/* Adds the names below a shard. Returns: blocks visited. */
static guint
list_shard (GHashTable *blocks, MeshCid *cid, MeshHamtPosition position, GPtrArray *names)
{
  g_auto (MeshDagPbNode) node = { 0 };
  GError *error = NULL;
  guint n = 1;

  g_assert_true (
      shard_open (g_hash_table_lookup (blocks, cid), &node, &position, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < node.links->len; i++)
    {
      MeshDagPbLink *link = &g_array_index (node.links, MeshDagPbLink, i);
      guint n_digits = mesh_hamt_get_prefix_len (position.fanout);
      MeshHamtPosition child;

      if (mesh_hamt_enter (&position, link, &child))
        n += list_shard (blocks, link->cid, child, names);
      else
        g_ptr_array_add (names, g_strdup (link->name + n_digits));
    }
  return n;
}

/* (transfer full) (nullable): the entry's CID, found as a path is followed */
static MeshCid *
look_up (GHashTable *blocks, MeshCid *root, const char *name)
{
  MeshHamtPosition position = { 0 };
  g_autoptr (MeshCid) cid = mesh_cid_ref (root);

  for (;;)
    {
      g_auto (MeshDagPbNode) node = { 0 };
      const MeshDagPbLink *link;
      MeshHamtPosition child;

      g_assert_true (
          shard_open (g_hash_table_lookup (blocks, cid), &node, &position, NULL));
      link = mesh_hamt_find (&node, &position, name, strlen (name));
      if (link == NULL)
        return NULL;
      mesh_cid_unref (cid);
      cid = mesh_cid_ref (link->cid);
      if (!mesh_hamt_enter (&position, link, &child))
        return g_steal_pointer (&cid);
      position = child;
    }
}

/* Whatever the fanout, all entries are listed once and found. */
static void
test_round (void)
{
  static const guint fanouts[] = { 8, 16, 64, 256, 1024 };
  static const guint sizes[] = { 1, 2, 300, 5000 };

  for (gsize i = 0; i < G_N_ELEMENTS (fanouts); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        g_auto (MeshDagPbNode) folder = { 0 };
        g_autoptr (GHashTable) blocks = NULL;
        g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
        g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
        g_autoptr (MeshCid) root = NULL;
        g_autoptr (MeshCid) none = NULL;
        guint n_shards;

        folder_fill (&folder, sizes[j]);
        blocks = folder_shard (&folder, fanouts[i], &root);
        n_shards = list_shard (blocks, root, (MeshHamtPosition){ 0 }, names);
        g_assert_cmpuint (n_shards, ==, g_hash_table_size (blocks));
        g_assert_cmpuint (names->len, ==, sizes[j]);
        for (guint k = 0; k < names->len; k++)
          g_assert_true (g_hash_table_add (seen, names->pdata[k]));
        for (guint k = 0; k < sizes[j]; k += 7)
          {
            MeshDagPbLink *link = &g_array_index (folder.links, MeshDagPbLink, k);
            g_autoptr (MeshCid) found = look_up (blocks, root, link->name);

            g_assert_nonnull (found);
            g_assert_true (mesh_cid_equal (found, link->cid));
          }
        none = look_up (blocks, root, "not there");
        g_assert_null (none);
      }
}

/* The same entries in another order are the same folder. */
static void
test_order (void)
{
  g_auto (MeshDagPbNode) folder = { 0 };
  g_auto (MeshDagPbNode) back = { 0 };
  g_autoptr (GHashTable) one = NULL;
  g_autoptr (GHashTable) two = NULL;
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (MeshCid) again = NULL;

  folder_fill (&folder, 2000);
  mesh_dag_pb_node_init (&back);
  for (guint i = folder.links->len; i > 0; i--)
    folder_add (&back, g_array_index (folder.links, MeshDagPbLink, i - 1).name);
  one = folder_shard (&folder, 256, &root);
  two = folder_shard (&back, 256, &again);
  g_assert_true (mesh_cid_equal (root, again));
}

/* Cumulative sizes: every block once and every entry once. */
static void
test_tsize (void)
{
  MeshUnixfsMeta meta = { .has_mode = TRUE, .mode = 0700 };
  g_auto (MeshDagPbNode) folder = { 0 };
  g_autoptr (MeshHamtBuilder) builder = NULL;
  guint64 expected = 0;
  guint64 tsize = 0;
  guint n_with_mode = 0;
  MeshCid *cid;
  GBytes *block;

  folder_fill (&folder, 1000);
  for (guint i = 0; i < folder.links->len; i++)
    expected += g_array_index (folder.links, MeshDagPbLink, i).tsize;
  builder = mesh_hamt_builder_new (&folder, 256, 0, MESH_MULTIHASH_SHA2_256, &meta, NULL);
  while (mesh_hamt_builder_poll_block (builder, &cid, &block, &tsize))
    {
      g_auto (MeshDagPbNode) node = { 0 };
      g_auto (MeshUnixfs) unixfs = { 0 };
      gsize len;
      const guint8 *data = g_bytes_get_data (block, &len);

      g_assert_cmpuint (mesh_cid_get_version (cid), ==, 0);
      g_assert_true (mesh_dag_pb_decode (data, len, &node, NULL));
      g_assert_true (mesh_unixfs_decode (node.data, node.data_len, &unixfs, NULL));
      n_with_mode += unixfs.meta.has_mode ? 1 : 0;
      expected += len;
      mesh_cid_unref (cid);
      g_bytes_unref (block);
    }
  g_assert_cmpuint (tsize, ==, expected);
  g_assert_cmpuint (n_with_mode, ==, 1);
}

/* Two names with the same hash (here: the same name) have no place. */
static void
test_twins (void)
{
  g_auto (MeshDagPbNode) folder = { 0 };
  g_autoptr (MeshHamtBuilder) builder = NULL;
  g_autoptr (GError) error = NULL;

  folder_fill (&folder, 10);
  folder_add (&folder, "3.txt");
  builder
      = mesh_hamt_builder_new (&folder, 256, 1, MESH_MULTIHASH_SHA2_256, NULL, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
  g_assert_null (builder);
}

/* At the threshold a folder stays whole: 4096 * (28 + 36) bytes is 256 KiB. */
static void
test_needed (void)
{
  g_auto (MeshDagPbNode) folder = { 0 };

  mesh_dag_pb_node_init (&folder);
  for (guint i = 0; i < 4096; i++)
    {
      g_autofree char *name = g_strdup_printf ("%028u", i);

      folder_add (&folder, name);
    }
  g_assert_false (mesh_hamt_builder_is_needed (&folder, MESH_HAMT_SPLIT_LINKS, 1 << 20));
  g_assert_false (mesh_hamt_builder_is_needed (&folder, MESH_HAMT_SPLIT_BLOCK,
                                               MESH_HAMT_SPLIT_BYTES));
  g_assert_true (mesh_hamt_builder_is_needed (&folder, MESH_HAMT_SPLIT_BLOCK,
                                              MESH_HAMT_SPLIT_BYTES + 1));
  g_array_remove_index (folder.links, 4095);
  folder_add (&folder, "00000000000000000000000040950");
  g_assert_true (mesh_hamt_builder_is_needed (&folder, MESH_HAMT_SPLIT_LINKS, 0));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/hamt-builder/round", test_round);
  g_test_add_func ("/content/hamt-builder/order", test_order);
  g_test_add_func ("/content/hamt-builder/tsize", test_tsize);
  g_test_add_func ("/content/hamt-builder/twins", test_twins);
  g_test_add_func ("/content/hamt-builder/needed", test_needed);
  return g_test_run ();
}
