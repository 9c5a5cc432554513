/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "content/mesh-unixfs.h"
#include "mesh/store/store-fixture.h"

static gboolean
add_reference (Fixture *fixture,
               MeshCid *cid,
               const char *path,
               guint64 offset,
               gsize size,
               int kind)
{
  FIXTURE_RUN (result, mesh_store_add_reference_async, fixture->store, cid, path, offset,
               size, (MeshReferenceKind) kind, NULL);

  return mesh_store_add_reference_finish (fixture->store, result, NULL);
}

static GBytes *
leaf_block (const guint8 *data, gsize size)
{
  return mesh_unixfs_new_file_block (data, size, NULL);
}

static void
test_references (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "app", NULL);
  g_autoptr (GBytes) file = fixture_bytes (9, 10000);
  const guint8 *data = g_bytes_get_data (file, NULL);
  g_autoptr (GBytes) raw = g_bytes_new_from_bytes (file, 1000, 4000);
  g_autoptr (GBytes) leaf = leaf_block (data + 5000, 5000);
  g_autoptr (MeshCid) raw_cid = fixture_cid (MESH_CODEC_RAW, raw);
  g_autoptr (MeshCid) leaf_cid = fixture_cid (MESH_CODEC_DAG_PB, leaf);
  g_autoptr (GBytes) got_raw = NULL;
  g_autoptr (GBytes) got_leaf = NULL;
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;

  g_assert_true (g_file_set_contents (path, (const char *) data, 10000, NULL));
  g_assert_true (add_reference (fixture, raw_cid, path, 1000, 4000, MESH_REFERENCE_RAW));
  g_assert_true (
      add_reference (fixture, leaf_cid, path, 5000, 5000, MESH_REFERENCE_UNIXFS_LEAF));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_references, ==, 2);
  g_assert_cmpuint (stats.stored_bytes, ==, 0);
  g_assert_cmpuint (stats.referenced_bytes, ==, 4000 + g_bytes_get_size (leaf));
  got_raw = fixture_get (fixture->store, raw_cid, &error);
  g_assert_true (g_bytes_equal (got_raw, raw));
  got_leaf = fixture_get (fixture->store, leaf_cid, &error);
  g_assert_true (g_bytes_equal (got_leaf, leaf));

  /* The file changes in the raw part only. */
  {
    g_autofree guint8 *changed = g_memdup2 (data, 10000);

    changed[1500] ^= 0x40;
    g_assert_true (g_file_set_contents (path, (const char *) changed, 10000, NULL));
  }
  g_assert_null (fixture_get (fixture->store, raw_cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_bytes_unref (g_steal_pointer (&got_leaf));
  got_leaf = fixture_get (fixture->store, leaf_cid, NULL);
  g_assert_true (g_bytes_equal (got_leaf, leaf));
  fixture_reopen (fixture, 0);
  g_assert_false (mesh_store_has (fixture->store, raw_cid));
  g_assert_true (mesh_store_has (fixture->store, leaf_cid));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_references, ==, 1);
}

static void
test_reference_paths (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *staged = g_build_filename (fixture->dir, "staged", NULL);
  g_autofree char *sibling = g_build_filename (fixture->dir, "staged2", NULL);
  g_autofree char *live = g_build_filename (fixture->dir, "live", NULL);
  g_autofree char *path = g_build_filename (staged, "file", NULL);
  g_autoptr (GBytes) a = fixture_bytes (10, 100);
  g_autoptr (GBytes) b = fixture_bytes (11, 100);
  g_autoptr (MeshCid) cid_a = fixture_cid (MESH_CODEC_RAW, a);
  g_autoptr (MeshCid) cid_b = fixture_cid (MESH_CODEC_RAW, b);
  g_autoptr (GBytes) got = NULL;

  g_assert_cmpint (g_mkdir (staged, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (a, NULL), 100, NULL));
  g_assert_true (g_file_set_contents (sibling, g_bytes_get_data (b, NULL), 100, NULL));
  g_assert_true (add_reference (fixture, cid_a, path, 0, 100, MESH_REFERENCE_RAW));
  g_assert_true (add_reference (fixture, cid_b, sibling, 0, 100, MESH_REFERENCE_RAW));
  g_assert_cmpint (g_rename (staged, live), ==, 0);
  {
    FIXTURE_RUN (result, mesh_store_rename_references_async, fixture->store, staged, live,
                 NULL);
    g_assert_true (mesh_store_rename_references_finish (fixture->store, result, NULL));
  }
  got = fixture_get (fixture->store, cid_a, NULL);
  g_assert_nonnull (got);
  {
    FIXTURE_RUN (result, mesh_store_remove_references_async, fixture->store, live, NULL);
    g_assert_true (mesh_store_remove_references_finish (fixture->store, result, NULL));
  }
  g_assert_false (mesh_store_has (fixture->store, cid_a));
  g_assert_true (mesh_store_has (fixture->store, cid_b));
}

/* A file takes the place of one that has the same blocks, none of which came anew. */
static void
test_rename_of_nothing (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *temp = g_build_filename (fixture->dir, "temp", NULL);
  g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
  g_autoptr (GBytes) bytes = fixture_bytes (12, 100);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (GBytes) got = NULL;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), 100, NULL));
  g_assert_true (add_reference (fixture, cid, path, 0, 100, MESH_REFERENCE_RAW));
  g_assert_true (g_file_set_contents (temp, g_bytes_get_data (bytes, NULL), 100, NULL));
  g_assert_cmpint (g_rename (temp, path), ==, 0);
  {
    FIXTURE_RUN (result, mesh_store_rename_references_async, fixture->store, temp, path,
                 NULL);
    g_assert_true (mesh_store_rename_references_finish (fixture->store, result, NULL));
  }
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_nonnull (got);
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
  add ("/index/index/references", test_references);
  add ("/index/index/reference-paths", test_reference_paths);
  add ("/index/index/rename-of-nothing", test_rename_of_nothing);
  return g_test_run ();
}
