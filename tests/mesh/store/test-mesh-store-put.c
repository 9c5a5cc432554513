/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "mesh/store/store-fixture.h"

static void
test_put_wrong_bytes (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = fixture_bytes (1, 1000);
  g_autoptr (GBytes) wrong = fixture_bytes (2, 1000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;

  g_assert_false (fixture_put (fixture->store, cid, wrong, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_MISMATCH);
  g_assert_false (mesh_store_has (fixture->store, cid));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.reserved_bytes, ==, 0);
}

/* Many puts at once, some of them the same block. */
static void
test_many_puts (Fixture *fixture, gconstpointer unused)
{
  enum
  {
    N = 200
  };
  GAsyncResult *slots[N] = { NULL };
  MeshStoreStats stats;

  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GBytes) bytes = fixture_bytes (i / 2, 2000);
      g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);

      mesh_store_put_async (fixture->store, cid, bytes, MESH_STORE_PUT_VERIFIED, NULL,
                            fixture_result_cb, &slots[i]);
    }
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GAsyncResult) result = fixture_wait (&slots[i]);

      g_assert_true (mesh_store_put_finish (fixture->store, result, NULL));
    }
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.n_blocks, ==, N / 2);
  g_assert_cmpuint (stats.stored_bytes, ==, N / 2 * 2000);
}

static void
test_limit_evicts_oldest (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) first = NULL;
  g_autoptr (MeshCid) second = NULL;
  g_autoptr (MeshCid) third = NULL;
  g_autoptr (MeshCid) fourth = NULL;
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;

  fixture_reopen (fixture, 3500);
  first = fixture_put_new (fixture->store, 1, 1000);
  second = fixture_put_new (fixture->store, 2, 1000);
  third = fixture_put_new (fixture->store, 3, 1000);
  got = fixture_get (fixture->store, first, NULL);
  fourth = fixture_put_new (fixture->store, 4, 1000);
  g_assert_true (mesh_store_has (fixture->store, first));
  g_assert_false (mesh_store_has (fixture->store, second));
  g_assert_true (mesh_store_has (fixture->store, fourth));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, <=, 3500);
  g_assert_cmpuint (stats.n_evicted, >=, 1);
}

static void
test_limit_refuses (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) held = NULL;
  g_autoptr (GBytes) bytes = fixture_bytes (2, 1000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (GError) error = NULL;
  MeshStoreStats stats;

  fixture_reopen (fixture, 1500);
  held = fixture_put_new (fixture->store, 1, 1000);
  g_assert_true (fixture_pin (fixture->store, "app", held, NULL));
  g_assert_false (fixture_put (fixture->store, cid, bytes, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NO_SPACE);
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, ==, 1000);
  g_assert_cmpuint (stats.reserved_bytes, ==, 0);
  g_assert_true (mesh_store_has (fixture->store, held));
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
  add ("/store/store-put/put-wrong-bytes", test_put_wrong_bytes);
  add ("/store/store-put/many-puts", test_many_puts);
  add ("/store/store-put/limit-evicts-oldest", test_limit_evicts_oldest);
  add ("/store/store-put/limit-refuses", test_limit_refuses);
  return g_test_run ();
}
