/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-file-reader.h"

#include <string.h>

#include "base/mesh-error.h"

static MeshCid *
name (guint64 codec, GBytes *block)
{
  return mesh_cid_new_for_data (codec, MESH_MULTIHASH_SHA3_256,
                                g_bytes_get_data (block, NULL), g_bytes_get_size (block),
                                NULL);
}

/* A node over raw leaves of the given texts, which claims the given sizes. */
static GBytes *
make_node (const char *const *texts, const guint64 *sizes, guint n, guint64 file_size)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_autoptr (GBytes) inner = NULL;

  mesh_dag_pb_node_init (&node);
  mesh_unixfs_init (&unixfs, MESH_UNIXFS_FILE);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) leaf = g_bytes_new (texts[i], strlen (texts[i]));
      g_autoptr (MeshCid) cid = name (MESH_CODEC_RAW, leaf);

      mesh_dag_pb_node_add_link (&node, cid, "", strlen (texts[i]));
      g_array_append_val (unixfs.block_sizes, sizes[i]);
    }
  unixfs.has_file_size = TRUE;
  unixfs.file_size = file_size;
  inner = mesh_unixfs_encode (&unixfs);
  node.data = g_bytes_get_data (inner, &node.data_len);
  return mesh_dag_pb_encode (&node);
}

static gboolean
feed (MeshFileReader *reader, const char *text, guint64 id, GError **error)
{
  g_autoptr (GBytes) block = g_bytes_new (text, strlen (text));

  return mesh_file_reader_handle_block (reader, id, block, error);
}

static void
test_order_and_window (void)
{
  static const char *const texts[] = { "one", "two!", "three" };
  static const guint64 sizes[] = { 3, 4, 5 };
  g_autoptr (GBytes) root = make_node (texts, sizes, 3, 12);
  g_autoptr (MeshCid) cid = name (MESH_CODEC_DAG_PB, root);
  g_autoptr (MeshFileReader) reader = mesh_file_reader_new (cid, 3);
  g_autoptr (GString) read = g_string_new (NULL);
  guint64 ids[3];
  guint64 size;
  MeshCid *want;
  GBytes *data;

  g_assert_false (mesh_file_reader_get_size (reader, &size));
  g_assert_true (mesh_file_reader_poll_want (reader, &want, &ids[0]));
  g_assert_false (mesh_file_reader_poll_want (reader, &want, &ids[1]));
  g_assert_true (mesh_file_reader_handle_block (reader, ids[0], root, NULL));
  g_assert_true (mesh_file_reader_get_size (reader, &size));
  g_assert_cmpuint (size, ==, 12);
  g_assert_false (mesh_file_reader_poll_data (reader, &data));
  for (int i = 0; i < 3; i++)
    g_assert_true (mesh_file_reader_poll_want (reader, &want, &ids[i]));
  g_assert_true (feed (reader, "three", ids[2], NULL));
  g_assert_false (mesh_file_reader_poll_data (reader, &data));
  g_assert_true (feed (reader, "one", ids[0], NULL));
  g_assert_true (feed (reader, "two!", ids[1], NULL));
  while (mesh_file_reader_poll_data (reader, &data))
    {
      g_string_append_len (read, g_bytes_get_data (data, NULL),
                           (gssize) g_bytes_get_size (data));
      g_bytes_unref (data);
    }
  g_assert_cmpstr (read->str, ==, "onetwo!three");
  g_assert_true (mesh_file_reader_is_done (reader));
}

static void
test_window_of_one (void)
{
  static const char *const texts[] = { "one", "two!" };
  static const guint64 sizes[] = { 3, 4 };
  g_autoptr (GBytes) root = make_node (texts, sizes, 2, 7);
  g_autoptr (MeshCid) cid = name (MESH_CODEC_DAG_PB, root);
  g_autoptr (MeshFileReader) reader = mesh_file_reader_new (cid, 1);
  guint64 id;
  MeshCid *want;
  GBytes *data;

  g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_true (mesh_file_reader_handle_block (reader, id, root, NULL));
  g_assert_false (mesh_file_reader_poll_data (reader, &data));
  g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_false (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_true (feed (reader, "one", 1, NULL));
  g_assert_false (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_true (mesh_file_reader_poll_data (reader, &data));
  g_bytes_unref (data);
  g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_true (feed (reader, "two!", id, NULL));
  g_assert_true (mesh_file_reader_poll_data (reader, &data));
  g_bytes_unref (data);
  g_assert_true (mesh_file_reader_is_done (reader));
}

static void
refuse (const guint64 *sizes, guint64 file_size, gboolean at_leaf)
{
  static const char *const texts[] = { "one", "two!" };
  g_autoptr (GBytes) root = make_node (texts, sizes, 2, file_size);
  g_autoptr (MeshCid) cid = name (MESH_CODEC_DAG_PB, root);
  g_autoptr (MeshFileReader) reader = mesh_file_reader_new (cid, 4);
  g_autoptr (GError) error = NULL;
  guint64 id;
  MeshCid *want;

  g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_cmpint (mesh_file_reader_handle_block (reader, id, root, &error), ==, at_leaf);
  if (at_leaf)
    {
      g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
      g_assert_false (feed (reader, "one", id, &error));
    }
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

/* A node that lies about sizes would make a file longer than was said. */
static void
test_lies (void)
{
  refuse ((const guint64[]){ 3, 4 }, 8, FALSE);
  refuse ((const guint64[]){ 2, 4 }, 6, TRUE);
}

/* Where a block belongs is known before it comes, but for the root. */
static void
test_range (void)
{
  static const char *const texts[] = { "one", "two!", "three" };
  static const guint64 sizes[] = { 3, 4, 5 };
  g_autoptr (GBytes) root = make_node (texts, sizes, 3, 12);
  g_autoptr (MeshCid) cid = name (MESH_CODEC_DAG_PB, root);
  g_autoptr (MeshFileReader) reader = mesh_file_reader_new (cid, 3);
  guint64 id, offset = 0, size = 0, expected = 0;
  MeshCid *want;

  g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_false (mesh_file_reader_get_range (reader, id, &offset, &size));
  g_assert_true (mesh_file_reader_handle_block (reader, id, root, NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
      g_assert_true (mesh_file_reader_get_range (reader, id, &offset, &size));
      g_assert_cmpuint (offset, ==, expected);
      g_assert_cmpuint (size, ==, sizes[i]);
      expected += sizes[i];
    }
}

/* Parts that claim to be empty are not asked for. */
static void
test_empty_parts (void)
{
  static const char *const texts[] = { "one", "two!" };
  g_autoptr (GBytes) root = make_node (texts, (const guint64[]){ 0, 0 }, 2, 0);
  g_autoptr (MeshCid) cid = name (MESH_CODEC_DAG_PB, root);
  g_autoptr (MeshFileReader) reader = mesh_file_reader_new (cid, 4);
  guint64 id;
  MeshCid *want;
  GBytes *data;

  g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_true (mesh_file_reader_handle_block (reader, id, root, NULL));
  g_assert_false (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_false (mesh_file_reader_poll_data (reader, &data));
  g_assert_true (mesh_file_reader_is_done (reader));
}

static void
test_folder_is_no_file (void)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_autoptr (GBytes) root = NULL;
  g_autoptr (MeshCid) cid = NULL;
  g_autoptr (MeshFileReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  guint64 id;
  MeshCid *want;

  mesh_dag_pb_node_init (&node);
  root = mesh_unixfs_new_directory_block (&node, NULL, NULL);
  cid = name (MESH_CODEC_DAG_PB, root);
  reader = mesh_file_reader_new (cid, 4);
  g_assert_true (mesh_file_reader_poll_want (reader, &want, &id));
  g_assert_false (mesh_file_reader_handle_block (reader, id, root, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/file-reader/order-and-window", test_order_and_window);
  g_test_add_func ("/content/file-reader/window-of-one", test_window_of_one);
  g_test_add_func ("/content/file-reader/lies", test_lies);
  g_test_add_func ("/content/file-reader/range", test_range);
  g_test_add_func ("/content/file-reader/empty-parts", test_empty_parts);
  g_test_add_func ("/content/file-reader/folder-is-no-file", test_folder_is_no_file);
  return g_test_run ();
}
