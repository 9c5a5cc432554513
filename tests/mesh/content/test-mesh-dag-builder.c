/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-dag-builder.h"

#include "content/mesh-file-reader.h"

/* A tree over @n_leaves leaves with 3 links a node: how many nodes, how deep. */
static void
build (guint n_leaves, guint *n_nodes, MeshDagEntry *root, GHashTable *blocks)
{
  g_autoptr (MeshDagBuilder) builder
      = mesh_dag_builder_new (3, 1, MESH_MULTIHASH_SHA3_256, NULL);
  MeshCid *cid;
  GBytes *block;

  *n_nodes = 0;
  for (guint i = 0; i <= n_leaves; i++)
    {
      if (i < n_leaves)
        {
          guint32 data = GUINT32_TO_LE (i);
          g_autoptr (MeshCid) leaf
              = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA3_256,
                                       (const guint8 *) &data, sizeof data, NULL);

          g_hash_table_insert (blocks, mesh_cid_ref (leaf),
                               g_bytes_new (&data, sizeof data));
          mesh_dag_builder_add_leaf (builder, leaf, 4, 4);
        }
      else
        mesh_dag_builder_finish (builder, root);
      while (mesh_dag_builder_poll_block (builder, &cid, &block))
        {
          (*n_nodes)++;
          g_hash_table_insert (blocks, cid, block);
        }
    }
}

static GHashTable *
new_blocks (void)
{
  return g_hash_table_new_full (mesh_cid_hash, mesh_cid_equal,
                                (GDestroyNotify) mesh_cid_unref,
                                (GDestroyNotify) g_bytes_unref);
}

static void
test_shapes (void)
{
  /* leaves, nodes: as the balanced layout of ipfs-unixfs-importer makes them */
  static const guint shapes[][2] = { { 1, 0 }, { 2, 1 },  { 3, 1 },   { 4, 3 },
                                     { 9, 4 }, { 10, 7 }, { 27, 13 }, { 28, 17 } };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (GHashTable) blocks = new_blocks ();
      g_auto (MeshDagEntry) root = { 0 };
      guint n_nodes;

      build (shapes[i][0], &n_nodes, &root, blocks);
      g_assert_cmpuint (n_nodes, ==, shapes[i][1]);
      g_assert_cmpuint (root.file_size, ==, shapes[i][0] * 4);
    }
}

/* The tree reads back as its leaves in order, and its sizes are those of its blocks. */
static void
test_reads_back (void)
{
  for (guint n_leaves = 1; n_leaves < 120; n_leaves++)
    {
      g_autoptr (GHashTable) blocks = new_blocks ();
      g_auto (MeshDagEntry) root = { 0 };
      g_autoptr (MeshFileReader) reader = NULL;
      g_autoptr (GError) error = NULL;
      guint64 total = 0;
      guint expected = 0;
      guint n_nodes;
      GBytes *data;
      MeshCid *cid;
      guint64 id;

      build (n_leaves, &n_nodes, &root, blocks);
      reader = mesh_file_reader_new (root.cid, 4);
      while (!mesh_file_reader_is_done (reader))
        {
          while (mesh_file_reader_poll_want (reader, &cid, &id))
            {
              GBytes *block = g_hash_table_lookup (blocks, cid);

              total += g_bytes_get_size (block);
              g_assert_true (mesh_file_reader_handle_block (reader, id, block, &error));
            }
          while (mesh_file_reader_poll_data (reader, &data))
            {
              guint32 value = GUINT32_TO_LE (expected);

              g_assert_cmpmem (g_bytes_get_data (data, NULL), g_bytes_get_size (data),
                               &value, 4);
              expected++;
              g_bytes_unref (data);
            }
        }
      g_assert_cmpuint (expected, ==, n_leaves);
      g_assert_cmpuint (total, ==, root.tsize);
    }
}

typedef struct
{
  MeshCid *cid; /* (owned) */
  guint64 id;
} Asked;

/* Blocks that come in any order, through any window, give the same bytes. */
static void
test_any_order (void)
{
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (GHashTable) blocks = new_blocks ();
      g_autoptr (GArray) asked = g_array_new (FALSE, FALSE, sizeof (Asked));
      g_auto (MeshDagEntry) root = { 0 };
      g_autoptr (MeshFileReader) reader = NULL;
      guint n_leaves = (guint) g_test_rand_int_range (1, 200);
      guint window = (guint) g_test_rand_int_range (1, 20);
      guint expected = 0;
      guint n_nodes;
      GBytes *data;
      Asked next;

      build (n_leaves, &n_nodes, &root, blocks);
      reader = mesh_file_reader_new (root.cid, window);
      while (!mesh_file_reader_is_done (reader))
        {
          guint pick;

          while (mesh_file_reader_poll_want (reader, &next.cid, &next.id))
            g_array_append_val (asked, next);
          g_assert_cmpuint (asked->len, >=, 1);
          g_assert_cmpuint (asked->len, <=, window + 1);
          pick = (guint) g_test_rand_int_range (0, (gint32) asked->len);
          next = g_array_index (asked, Asked, pick);
          g_array_remove_index_fast (asked, pick);
          g_assert_true (mesh_file_reader_handle_block (
              reader, next.id, g_hash_table_lookup (blocks, next.cid), NULL));
          while (mesh_file_reader_poll_data (reader, &data))
            {
              guint32 value = GUINT32_TO_LE (expected);

              g_assert_cmpmem (g_bytes_get_data (data, NULL), g_bytes_get_size (data),
                               &value, 4);
              expected++;
              g_bytes_unref (data);
            }
        }
      g_assert_cmpuint (expected, ==, n_leaves);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/dag-builder/shapes", test_shapes);
  g_test_add_func ("/content/dag-builder/reads-back", test_reads_back);
  g_test_add_func ("/content/dag-builder/any-order", test_any_order);
  return g_test_run ();
}
