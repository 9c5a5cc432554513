/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "content/mesh-unixfs.h"
#include "mesh/store/store-fixture.h"
#include "store/mesh-exporter-place-private.h"

#define N 3
#define LEAF_BYTES 1000

/* The root of a file of N raw leaves; its first and second are alike. (transfer full) */
static GBytes *
make_root (MeshCid **leaves)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_autoptr (GBytes) inner = NULL;
  guint64 size = LEAF_BYTES;

  mesh_dag_pb_node_init (&node);
  mesh_unixfs_init (&unixfs, MESH_UNIXFS_FILE);
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GBytes) bytes = fixture_bytes (i / 2, LEAF_BYTES);

      leaves[i] = fixture_cid (MESH_CODEC_RAW, bytes);
      mesh_dag_pb_node_add_link (&node, leaves[i], "", LEAF_BYTES);
      g_array_append_val (unixfs.block_sizes, size);
    }
  unixfs.has_file_size = TRUE;
  unixfs.file_size = N * LEAF_BYTES;
  inner = mesh_unixfs_encode (&unixfs);
  node.data = g_bytes_get_data (inner, &node.data_len);
  return mesh_dag_pb_encode (&node);
}

static void
test_places (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  g_autoptr (GHashTable) placed
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (MeshFileReader) reader = NULL;
  g_autoptr (MeshCid) root_cid = NULL;
  g_autoptr (GBytes) root = NULL;
  MeshStorePlace *places[N];
  MeshCid *leaves[N];
  MeshCid *want;
  guint64 ids[N], offset = 2 * LEAF_BYTES;
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  root = make_root (leaves);
  root_cid = fixture_cid (MESH_CODEC_DAG_PB, root);
  reader = mesh_file_reader_new (root_cid, 8);
  g_assert_true (mesh_file_reader_poll_want (reader, &want, &ids[0]));
  g_assert_null (
      mesh_exporter_place_new (fixture->store, reader, ids[0], want, path, fd));
  g_assert_true (mesh_file_reader_handle_block (reader, ids[0], root, NULL));
  for (guint i = 0; i < N; i++)
    {
      g_assert_true (mesh_file_reader_poll_want (reader, &want, &ids[i]));
      g_assert_null (mesh_exporter_place_new (NULL, reader, ids[i], want, path, fd));
      places[i]
          = mesh_exporter_place_new (fixture->store, reader, ids[i], want, path, fd);
    }
  g_assert_nonnull (places[0]);
  g_assert_null (places[1]); /* the same block: one place is enough */
  g_assert_nonnull (places[2]);
  {
    g_autoptr (GBytes) bytes = fixture_bytes (1, LEAF_BYTES);

    g_assert_true (fixture_put (fixture->store, leaves[2], bytes, NULL));
  }
  for (guint i = 0; i < N; i++)
    {
      g_assert_true (mesh_exporter_place_end (places[i], reader, ids[i], placed)
                     == (i == 2));
      mesh_cid_unref (leaves[i]);
    }
  g_assert_cmpuint (g_hash_table_size (placed), ==, 1);
  g_assert_true (g_hash_table_contains (placed, &offset));
  g_assert_cmpint (close (fd), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/exporter-place/places", Fixture, NULL, fixture_set_up, test_places,
              fixture_tear_down);
  return g_test_run ();
}
