/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mesh/store/store-fixture.h"

/* Reads that have begun are answered with bytes, whatever the collector does meanwhile.
 */
static void
test_gc_spares_readers (Fixture *fixture, gconstpointer unused)
{
  enum
  {
    N = 64
  };
  MeshCid *cids[N];
  GAsyncResult *slots[N] = { NULL };

  for (guint i = 0; i < N; i++)
    cids[i] = fixture_put_new (fixture->store, 1000 + i, 50000);
  for (guint i = 0; i < N; i++)
    mesh_store_get_async (fixture->store, cids[i], NULL, fixture_result_cb, &slots[i]);
  fixture_gc (fixture->store);
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (GAsyncResult) result = fixture_wait (&slots[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) got = mesh_store_get_finish (fixture->store, result, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (got), ==, 50000);
      mesh_cid_unref (cids[i]);
    }
}

static void
test_orphans_are_swept (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 3, 4000);
  g_autofree char *path = fixture_find_block (fixture, cid);
  g_autofree char *contents = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (path, &contents, &len, NULL));
  fixture_gc (fixture->store);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (path, contents, (gssize) len, NULL));
  fixture_gc (fixture->store);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
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
  add ("/store/store-gc/gc-spares-readers", test_gc_spares_readers);
  add ("/store/store-gc/orphans-are-swept", test_orphans_are_swept);
  return g_test_run ();
}
