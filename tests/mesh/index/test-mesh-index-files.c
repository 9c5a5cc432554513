/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "content/mesh-unixfs.h"
#include "mesh/index/index-fixture.h"

static void
test_write_and_read (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_store (fixture, "hello", 5);
  g_autoptr (GBytes) bytes = mesh_index_files_read (&fixture->files, cid, 5);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hello", 5);
  g_assert_null (mesh_index_files_read (&fixture->files, cid, 4));
  mesh_index_files_delete (&fixture->files, cid);
  g_assert_null (mesh_index_files_read (&fixture->files, cid, 5));
}

static void
test_locked (Fixture *fixture, gconstpointer unused)
{
  MeshIndexFiles second;
  g_autoptr (GError) error = NULL;

  g_assert_false (mesh_index_files_open (&second, fixture->dir, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
}

static void
test_tmp_is_emptied (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *tmp = g_build_filename (fixture->dir, "tmp", NULL);
  guint id;

  g_assert_true (
      mesh_index_files_write_tmp (&fixture->files, (const guint8 *) "x", 1, &id, NULL));
  mesh_index_files_close (&fixture->files);
  g_assert_true (mesh_index_files_open (&fixture->files, fixture->dir, NULL));
  {
    g_autoptr (GDir) dir = g_dir_open (tmp, 0, NULL);

    g_assert_null (g_dir_read_name (dir));
  }
}

/* References read only regular files, only inside them, and never through a symlink. */
static void
test_references (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  g_autofree char *link = g_build_filename (fixture->dir, "link", NULL);
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo", NULL);
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (GBytes) leaf = NULL;
  g_autoptr (GBytes) expected
      = mesh_unixfs_new_file_block ((const guint8 *) "3456", 4, NULL);

  g_assert_true (g_file_set_contents (path, "0123456789", -1, NULL));
  g_assert_cmpint (symlink (path, link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  raw = mesh_index_files_read_reference (path, 3, 4, MESH_REFERENCE_RAW);
  g_assert_cmpmem (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw), "3456", 4);
  leaf = mesh_index_files_read_reference (path, 3, 4, MESH_REFERENCE_UNIXFS_LEAF);
  g_assert_true (g_bytes_equal (leaf, expected));
  g_assert_cmpuint (mesh_index_files_get_reference_size (4, MESH_REFERENCE_UNIXFS_LEAF),
                    ==, g_bytes_get_size (leaf));
  g_assert_null (mesh_index_files_read_reference (path, 7, 4, MESH_REFERENCE_RAW));
  g_assert_null (
      mesh_index_files_read_reference (path, G_MAXUINT64, 4, MESH_REFERENCE_RAW));
  g_assert_null (mesh_index_files_read_reference (link, 0, 4, MESH_REFERENCE_RAW));
  g_assert_null (mesh_index_files_read_reference (fifo, 0, 4, MESH_REFERENCE_RAW));
  g_assert_null (
      mesh_index_files_read_reference (fixture->dir, 0, 4, MESH_REFERENCE_RAW));
}

/* What is written through a reference makes the same block again. */
static void
test_write_reference (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  g_autoptr (GBytes) leaf
      = mesh_unixfs_new_file_block ((const guint8 *) "0123456789", 10, NULL);
  g_autoptr (GBytes) got = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *block = g_bytes_get_data (leaf, &len);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_true (
      mesh_index_files_fits_reference (block, len, 10, MESH_REFERENCE_UNIXFS_LEAF));
  g_assert_true (mesh_index_files_fits_reference (block, len, len, MESH_REFERENCE_RAW));
  g_assert_false (
      mesh_index_files_fits_reference (block, len, 9, MESH_REFERENCE_UNIXFS_LEAF));
  g_assert_false (
      mesh_index_files_fits_reference (block, len - 1, 10, MESH_REFERENCE_UNIXFS_LEAF));
  g_assert_false (mesh_index_files_fits_reference (block, len, 10, MESH_REFERENCE_RAW));
  g_assert_true (mesh_index_files_write_reference (fd, 5, 10, MESH_REFERENCE_UNIXFS_LEAF,
                                                   block, &error));
  g_assert_no_error (error);
  g_assert_cmpint (close (fd), ==, 0);
  got = mesh_index_files_read_reference (path, 5, 10, MESH_REFERENCE_UNIXFS_LEAF);
  g_assert_true (g_bytes_equal (got, leaf));
  g_assert_false (mesh_index_files_write_reference (-1, 5, 10, MESH_REFERENCE_UNIXFS_LEAF,
                                                    block, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
}

typedef struct
{
  guint n;
  guint n_leaves;
} Count;

static gboolean
count_file (MeshCid *cid,
            gsize size,
            gboolean is_leaf,
            gpointer user_data,
            GError **error)
{
  Count *count = user_data;

  g_assert_cmpuint (size, ==, 5);
  count->n++;
  count->n_leaves += is_leaf ? 1 : 0;
  return TRUE;
}

static void
test_for_each (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) one = fixture_store (fixture, "leaf.", 5);
  g_autoptr (MeshCid) two = fixture_store (fixture,
                                           "\x12"
                                           "node",
                                           5);
  Count count = { 0 };
  g_autofree char *strange = NULL;

  for (guint shard = 0; shard < 256; shard++)
    {
      g_autofree char *name = g_strdup_printf ("%02x", shard);
      g_autofree char *dir = g_build_filename (fixture->dir, name, NULL);

      g_clear_pointer (&strange, g_free);
      strange = g_build_filename (dir, "not-a-block!", NULL);
      if (g_file_test (dir, G_FILE_TEST_IS_DIR))
        g_assert_true (g_file_set_contents (strange, "x", 1, NULL));
      g_assert_true (
          mesh_index_files_for_each (&fixture->files, shard, count_file, &count, NULL));
    }
  g_assert_cmpuint (count.n, ==, 2);
  g_assert_cmpuint (count.n_leaves, ==, 1);
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
  add ("/index/files/write-and-read", test_write_and_read);
  add ("/index/files/locked", test_locked);
  add ("/index/files/tmp-is-emptied", test_tmp_is_emptied);
  add ("/index/files/references", test_references);
  add ("/index/files/write-reference", test_write_reference);
  add ("/index/files/for-each", test_for_each);
  return g_test_run ();
}
