/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "mesh/store/store-fixture.h"

#define N 300 /* more than the index names at once */

/* A file of @n raw blocks of 1000 bytes, all of them references. (transfer full) */
static char *
make_file (Fixture *fixture, guint n, MeshCid **cids)
{
  char *path = g_build_filename (fixture->dir, "file", NULL);
  g_autoptr (GByteArray) contents = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) bytes = fixture_bytes (i, 1000);

      g_byte_array_append (contents, g_bytes_get_data (bytes, NULL), 1000);
      cids[i] = fixture_cid (MESH_CODEC_RAW, bytes);
    }
  g_assert_true (g_file_set_contents (path, (const char *) contents->data,
                                      (gssize) contents->len, NULL));
  for (guint i = 0; i < n; i++)
    {
      FIXTURE_RUN (result, mesh_store_add_reference_async, fixture->store, cids[i], path,
                   i * 1000, 1000, MESH_REFERENCE_RAW, NULL);

      g_assert_true (mesh_store_add_reference_finish (fixture->store, result, NULL));
    }
  return path;
}

static guint
count_here (Fixture *fixture, guint n, MeshCid **cids)
{
  guint count = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) got = fixture_get (fixture->store, cids[i], NULL);

      count += got != NULL ? 1 : 0;
      mesh_cid_unref (cids[i]);
    }
  return count;
}

static gboolean
adopt (Fixture *fixture, const char *path, guint64 max_bytes, GError **error)
{
  FIXTURE_RUN (result, mesh_store_adopt_references_async, fixture->store, path,
               max_bytes);

  return mesh_store_adopt_references_finish (fixture->store, result, error);
}

static void
test_outlive_the_file (Fixture *fixture, gconstpointer unused)
{
  MeshStoreStats stats;
  MeshCid *cids[N];
  g_autofree char *path = make_file (fixture, N, cids);

  g_assert_true (adopt (fixture, fixture->dir, G_MAXUINT64, NULL));
  g_assert_cmpint (g_remove (path), ==, 0);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_references, ==, 0);
  g_assert_cmpuint (stats.stored_bytes, ==, N * 1000);
  g_assert_cmpuint (count_here (fixture, N, cids), ==, N);
}

static void
test_bound (Fixture *fixture, gconstpointer unused)
{
  MeshCid *cids[N];
  g_autofree char *path = make_file (fixture, N, cids);

  g_assert_true (adopt (fixture, path, 5999, NULL));
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpuint (count_here (fixture, N, cids), ==, 5);
}

/* What the file does not hold any more is passed over. */
static void
test_changed_file (Fixture *fixture, gconstpointer unused)
{
  MeshCid *cids[3];
  g_autofree char *path = make_file (fixture, 3, cids);
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  contents[1500] ^= 1;
  g_assert_true (g_file_set_contents (path, contents, 3000, NULL));
  g_assert_true (adopt (fixture, path, G_MAXUINT64, NULL));
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpuint (count_here (fixture, 3, cids), ==, 2);
}

static void
test_full_store (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) held = NULL;
  MeshCid *cids[3];
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;

  fixture_reopen (fixture, 2500);
  held = fixture_put_new (fixture->store, 99, 2000);
  g_assert_true (fixture_pin (fixture->store, "app", held, NULL));
  path = make_file (fixture, 3, cids);
  g_assert_false (adopt (fixture, path, G_MAXUINT64, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NO_SPACE);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, ==, 2000);
  g_assert_cmpuint (stats.n_references, ==, 0);
  g_assert_cmpuint (count_here (fixture, 3, cids), ==, 0);
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
  add ("/store/store-adopt/outlive-the-file", test_outlive_the_file);
  add ("/store/store-adopt/bound", test_bound);
  add ("/store/store-adopt/changed-file", test_changed_file);
  add ("/store/store-adopt/full-store", test_full_store);
  return g_test_run ();
}
