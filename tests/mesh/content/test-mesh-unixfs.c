/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-unixfs.h"

#include <string.h>

#include "base/mesh-error.h"

static void
assert_cid (GBytes *block, const char *expected)
{
  g_autoptr (MeshCid) cid = mesh_cid_new_for_data (
      MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA2_256, g_bytes_get_data (block, NULL),
      g_bytes_get_size (block), NULL);
  g_autofree char *text = mesh_cid_to_string (cid, MESH_BASE_32);

  g_assert_cmpstr (text, ==, expected);
}

/* CIDs every IPFS node knows: the empty folder and the empty file. */
static void
test_known (void)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_autoptr (GBytes) folder = NULL;
  g_autoptr (GBytes) file = mesh_unixfs_new_file_block (NULL, 0, NULL);
  guint64 tsize;

  mesh_dag_pb_node_init (&node);
  folder = mesh_unixfs_new_directory_block (&node, NULL, &tsize);
  assert_cid (folder, "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
  assert_cid (file, "bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y");
  g_assert_cmpuint (tsize, ==, 4);
}

static void
test_frame (void)
{
  static const gsize sizes[] = { 0, 1, 127, 128, 16383, 16384, 262144, 1048576 };
  g_autofree guint8 *bytes = g_malloc0 (1048576);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) block = mesh_unixfs_new_file_block (bytes, sizes[i], NULL);
      const guint8 *data = g_bytes_get_data (block, NULL);
      guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD];
      guint8 tail[MESH_UNIXFS_LEAF_MAX_TAIL];
      gsize n_head;
      gsize n_tail;

      mesh_unixfs_leaf_frame (sizes[i], head, &n_head, tail, &n_tail);
      g_assert_cmpuint (g_bytes_get_size (block), ==, n_head + sizes[i] + n_tail);
      g_assert_cmpmem (data, n_head, head, n_head);
      g_assert_cmpmem (data + n_head + sizes[i], n_tail, tail, n_tail);
    }
}

static void
check_round_trip (const MeshUnixfs *unixfs)
{
  g_autoptr (GBytes) once = mesh_unixfs_encode (unixfs);
  g_auto (MeshUnixfs) decoded = { 0 };
  g_autoptr (GBytes) twice = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_unixfs_decode (g_bytes_get_data (once, NULL),
                                     g_bytes_get_size (once), &decoded, &error));
  g_assert_no_error (error);
  g_assert_cmpint (decoded.type, ==, unixfs->type);
  g_assert_cmpint (decoded.meta.has_mtime, ==, unixfs->meta.has_mtime);
  g_assert_cmpint (decoded.meta.mtime_s, ==, unixfs->meta.mtime_s);
  g_assert_cmpuint (decoded.meta.mtime_ns, ==, unixfs->meta.mtime_ns);
  g_assert_cmpuint (decoded.fanout, ==, unixfs->fanout);
  twice = mesh_unixfs_encode (&decoded);
  g_assert_true (g_bytes_equal (once, twice));
}

static void
test_meta (void)
{
  g_auto (MeshUnixfs) unixfs = { 0 };

  mesh_unixfs_init (&unixfs, MESH_UNIXFS_FILE);
  unixfs.has_file_size = TRUE;
  unixfs.meta = (MeshUnixfsMeta){ TRUE, 0755, TRUE, -5, 1 };
  check_round_trip (&unixfs);
  unixfs.meta.mtime_s = G_MAXINT64;
  unixfs.meta.mtime_ns = 999999999;
  check_round_trip (&unixfs);
  unixfs.type = MESH_UNIXFS_HAMT_SHARD;
  unixfs.hash_type = 0x22;
  unixfs.fanout = 256;
  check_round_trip (&unixfs);
}

/* A mode that is the default is not written: absence means it. */
static void
test_default_mode (void)
{
  MeshUnixfsMeta meta = { .has_mode = TRUE, .mode = 0644 };
  g_autoptr (GBytes) plain = mesh_unixfs_new_file_block ((const guint8 *) "x", 1, NULL);
  g_autoptr (GBytes) with_default
      = mesh_unixfs_new_file_block ((const guint8 *) "x", 1, &meta);
  g_autoptr (GBytes) with_other = NULL;

  meta.mode = 0755;
  with_other = mesh_unixfs_new_file_block ((const guint8 *) "x", 1, &meta);
  g_assert_true (g_bytes_equal (plain, with_default));
  g_assert_false (g_bytes_equal (plain, with_other));
}

static void
test_block_sizes (void)
{
  static const guint8 packed[] = { 8, 2, 0x22, 3, 5, 0x80, 1 };
  static const guint8 single[] = { 8, 2, 0x20, 5, 0x20, 0x80, 1 };
  static const guint8 *const forms[] = { packed, single };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_auto (MeshUnixfs) unixfs = { 0 };

      g_assert_true (mesh_unixfs_decode (forms[i], 7, &unixfs, NULL));
      g_assert_cmpuint (unixfs.block_sizes->len, ==, 2);
      g_assert_cmpuint (g_array_index (unixfs.block_sizes, guint64, 0), ==, 5);
      g_assert_cmpuint (g_array_index (unixfs.block_sizes, guint64, 1), ==, 128);
    }
}

typedef struct
{
  gsize len;
  guint8 bytes[24];
} Bad;

static void
test_refused (void)
{
  static const Bad bad[] = {
    { 0, { 0 } },             /* no type */
    { 2, { 8, 6 } },          /* unknown type */
    { 2, { 0x0a, 0 } },       /* type of the wrong wire type */
    { 4, { 8, 2, 0x12, 5 } }, /* data cut short */
    { 4, { 8, 2, 0x10, 5 } }, /* data of the wrong wire type */
    { 3, { 8, 2, 0x18 } },    /* size cut short */
    { 4, { 8, 2, 0x1b, 0 } }, /* a group */
    { 13, { 8, 2, 0x18, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 } }, /* 2^64 - 1 */
    { 14, { 8, 2, 0x18, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 } },
    /* two sizes of 2^63 */
    { 24, { 8, 2,    0x20, 128, 128, 128, 128, 128, 128, 128, 128, 128,
            1, 0x20, 128,  128, 128, 128, 128, 128, 128, 128, 128, 1 } },
    { 9, { 8, 2, 0x42, 5, 0x15, 255, 255, 255, 255 } }, /* 4 billion nanoseconds */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (MeshUnixfs) unixfs = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (mesh_unixfs_decode (bad[i].bytes, bad[i].len, &unixfs, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
}

static void
test_unknown_fields_are_skipped (void)
{
  static const guint8 bytes[]
      = { 8, 2, 0x78, 1, 0x7a, 2, 1, 2, 0x7d, 1, 2, 3, 4, 0x18, 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };

  g_assert_true (mesh_unixfs_decode (bytes, sizeof bytes, &unixfs, NULL));
  g_assert_true (unixfs.has_file_size);
}

static void
test_symlink (void)
{
  g_autoptr (GBytes) block = mesh_unixfs_new_symlink_block ("../target", NULL);
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };

  g_assert_true (mesh_dag_pb_decode (g_bytes_get_data (block, NULL),
                                     g_bytes_get_size (block), &node, NULL));
  g_assert_true (mesh_unixfs_decode (node.data, node.data_len, &unixfs, NULL));
  g_assert_cmpint (unixfs.type, ==, MESH_UNIXFS_SYMLINK);
  g_assert_false (unixfs.has_file_size);
  g_assert_cmpmem (unixfs.data, unixfs.data_len, "../target", 9);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/unixfs/known", test_known);
  g_test_add_func ("/content/unixfs/frame", test_frame);
  g_test_add_func ("/content/unixfs/meta", test_meta);
  g_test_add_func ("/content/unixfs/default-mode", test_default_mode);
  g_test_add_func ("/content/unixfs/block-sizes", test_block_sizes);
  g_test_add_func ("/content/unixfs/refused", test_refused);
  g_test_add_func ("/content/unixfs/unknown-fields-are-skipped",
                   test_unknown_fields_are_skipped);
  g_test_add_func ("/content/unixfs/symlink", test_symlink);
  return g_test_run ();
}
