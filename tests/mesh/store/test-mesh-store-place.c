/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "content/mesh-unixfs.h"
#include "mesh/store/store-fixture.h"

/* A file in the folder of the test. */
typedef struct
{
  char *path; /* (owned) */
  int fd;
} File;

static File
open_file (Fixture *fixture, int flags)
{
  char *path = g_build_filename (fixture->dir, "file", NULL);

  return (File){ path, open (path, flags | O_CREAT | O_CLOEXEC, 0600) };
}

static void
close_file (File *file)
{
  g_assert_cmpint (close (file->fd), ==, 0);
  g_free (file->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (File, close_file)

static void
assert_in_file (const File *file, guint64 offset, const guint8 *data, gsize len)
{
  g_autofree char *contents = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (file->path, &contents, &n, NULL));
  g_assert_cmpmem (contents + offset, n - offset, data, len);
}

static void
assert_counts (Fixture *fixture, guint64 stored_bytes, guint64 n_references)
{
  MeshStoreStats stats;

  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, ==, stored_bytes);
  g_assert_cmpuint (stats.n_references, ==, n_references);
  g_assert_cmpuint (stats.reserved_bytes, ==, 0);
}

static void
test_raw (Fixture *fixture, gconstpointer unused)
{
  g_auto (File) file = open_file (fixture, O_WRONLY);
  g_autoptr (GBytes) bytes = fixture_bytes (1, 5000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (MeshStorePlace) place
      = mesh_store_place_new (fixture->store, cid, file.path, file.fd, 700, 5000);
  g_autoptr (GBytes) got = NULL;

  g_assert_nonnull (place);
  g_assert_null (
      mesh_store_place_new (fixture->store, cid, file.path, file.fd, 9000, 5000));
  g_assert_false (mesh_store_place_is_filled (place));
  g_assert_true (fixture_put (fixture->store, cid, bytes, NULL));
  g_assert_true (mesh_store_place_is_filled (place));
  assert_in_file (&file, 700, g_bytes_get_data (bytes, NULL), 5000);
  assert_counts (fixture, 0, 1);
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_true (g_bytes_equal (got, bytes));
}

/* The store's limit is for its own files; and the next process finds the block. */
static void
test_leaf (Fixture *fixture, gconstpointer unused)
{
  g_auto (File) file = open_file (fixture, O_WRONLY);
  g_autoptr (GBytes) bytes = fixture_bytes (2, 5000);
  g_autoptr (GBytes) leaf
      = mesh_unixfs_new_file_block (g_bytes_get_data (bytes, NULL), 5000, NULL);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_DAG_PB, leaf);
  g_autoptr (GBytes) got = NULL;

  fixture_reopen (fixture, 100);
  {
    g_autoptr (MeshStorePlace) place
        = mesh_store_place_new (fixture->store, cid, file.path, file.fd, 0, 5000);

    g_assert_true (fixture_put (fixture->store, cid, leaf, NULL));
    g_assert_true (mesh_store_place_is_filled (place));
  }
  assert_in_file (&file, 0, g_bytes_get_data (bytes, NULL), 5000);
  fixture_reopen (fixture, 100);
  assert_counts (fixture, 0, 1);
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_true (g_bytes_equal (got, leaf));
}

/* Not the leaf that the place is for: it goes where blocks go. */
static void
test_other_size (Fixture *fixture, gconstpointer unused)
{
  g_auto (File) file = open_file (fixture, O_WRONLY);
  g_autoptr (GBytes) bytes = fixture_bytes (3, 5000);
  g_autoptr (MeshCid) raw = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (MeshCid) node
      = mesh_cid_new_for_data (MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA2_256,
                               g_bytes_get_data (bytes, NULL), 5000, NULL);
  g_autoptr (MeshStorePlace) longer
      = mesh_store_place_new (fixture->store, raw, file.path, file.fd, 0, 5001);
  g_autoptr (MeshStorePlace) framed
      = mesh_store_place_new (fixture->store, node, file.path, file.fd, 0, 4990);

  g_assert_true (fixture_put (fixture->store, raw, bytes, NULL));
  g_assert_true (fixture_put (fixture->store, node, bytes, NULL));
  g_assert_false (mesh_store_place_is_filled (longer));
  g_assert_false (mesh_store_place_is_filled (framed));
  assert_in_file (&file, 0, NULL, 0);
  assert_counts (fixture, 10000, 0);
}

static void
test_wrong_bytes (Fixture *fixture, gconstpointer unused)
{
  g_auto (File) file = open_file (fixture, O_WRONLY);
  g_autoptr (GBytes) bytes = fixture_bytes (4, 5000);
  g_autoptr (GBytes) wrong = fixture_bytes (5, 5000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (MeshStorePlace) place
      = mesh_store_place_new (fixture->store, cid, file.path, file.fd, 0, 5000);
  g_autoptr (GError) error = NULL;

  g_assert_false (fixture_put (fixture->store, cid, wrong, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MISMATCH);
  g_assert_false (mesh_store_place_is_filled (place));
  assert_in_file (&file, 0, NULL, 0);
  assert_counts (fixture, 0, 0);
}

/* Its owner goes while the put is under way: the block is not lost. */
static void
test_given_up (Fixture *fixture, gconstpointer unused)
{
  g_auto (File) file = open_file (fixture, O_WRONLY);
  g_autoptr (GBytes) bytes = fixture_bytes (6, 5000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  MeshStorePlace *place
      = mesh_store_place_new (fixture->store, cid, file.path, file.fd, 0, 5000);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) got = NULL;
  GAsyncResult *slot = NULL;

  mesh_store_put_async (fixture->store, cid, bytes, MESH_STORE_PUT_NONE, NULL,
                        fixture_result_cb, &slot);
  mesh_store_place_free (place);
  result = fixture_wait (&slot);
  g_assert_true (mesh_store_put_finish (fixture->store, result, NULL));
  assert_counts (fixture, 5000, 0);
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_true (g_bytes_equal (got, bytes));
}

static void
test_unwritable (Fixture *fixture, gconstpointer unused)
{
  g_auto (File) file = open_file (fixture, O_RDONLY);
  g_autoptr (GBytes) bytes = fixture_bytes (7, 5000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (MeshStorePlace) place
      = mesh_store_place_new (fixture->store, cid, file.path, file.fd, 0, 5000);
  g_autoptr (GError) error = NULL;

  g_assert_false (fixture_put (fixture->store, cid, bytes, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_assert_false (mesh_store_place_is_filled (place));
  g_assert_false (mesh_store_has (fixture->store, cid));
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
  add ("/store/store-place/raw", test_raw);
  add ("/store/store-place/leaf", test_leaf);
  add ("/store/store-place/other-size", test_other_size);
  add ("/store/store-place/wrong-bytes", test_wrong_bytes);
  add ("/store/store-place/given-up", test_given_up);
  add ("/store/store-place/unwritable", test_unwritable);
  return g_test_run ();
}
