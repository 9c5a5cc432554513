/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "mesh/store/store-fixture.h"

static void
test_put_get (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = fixture_bytes (1, 300000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (MeshCid) other = fixture_cid (MESH_CODEC_DAG_PB, bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;
  gsize size;

  g_assert_false (mesh_store_has (fixture->store, cid));
  g_assert_null (fixture_get (fixture->store, cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (fixture_put (fixture->store, cid, bytes, &error));
  g_assert_true (mesh_store_has (fixture->store, cid));
  g_assert_true (mesh_store_has (fixture->store, other));
  g_assert_true (mesh_store_get_block_size (fixture->store, cid, &size));
  g_assert_cmpuint (size, ==, 300000);
  got = fixture_get (fixture->store, other, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (got, bytes));

  /* Again: nothing is counted twice. */
  g_assert_true (fixture_put (fixture->store, cid, bytes, &error));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, 1);
  g_assert_cmpuint (stats.stored_bytes, ==, 300000);
  g_assert_cmpuint (stats.reserved_bytes, ==, 0);
}

static void
test_persists (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 5, 70000);
  g_autoptr (GBytes) expected = fixture_bytes (5, 70000);
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;

  fixture_reopen (fixture, 0);
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_true (g_bytes_equal (got, expected));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, 1);
  g_assert_cmpuint (stats.stored_bytes, ==, 70000);
}

static void
test_closed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshStore) store = g_object_ref (fixture->store);
  g_autoptr (GBytes) bytes = fixture_bytes (1, 10);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (GError) error = NULL;

  {
    FIXTURE_RUN (result, mesh_store_close_async, store, NULL);
    g_assert_true (mesh_store_close_finish (store, result, NULL));
  }
  g_assert_false (fixture_put (store, cid, bytes, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_assert_false (mesh_store_has (store, cid));
  g_clear_object (&fixture->store);
}

/* What was put when it was said to be there is there for the next process, without any
 * orderly end: the folder is copied while the store is open. */
static void
test_survives_kill (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *copy = g_build_filename (fixture->dir, "copy", NULL);
  g_autofree char *command = g_strdup_printf ("cp -r '%s' '%s'", fixture->blocks, copy);
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 77, 9000);
  g_autoptr (MeshStore) second = NULL;
  g_autoptr (GBytes) got = NULL;

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  second = fixture_open (copy, 0, NULL);
  g_assert_nonnull (second);
  got = fixture_get (second, cid, NULL);
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
  add ("/store/store/put-get", test_put_get);
  add ("/store/store/persists", test_persists);
  add ("/store/store/closed", test_closed);
  add ("/store/store/survives-kill", test_survives_kill);
  return g_test_run ();
}
