/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <unistd.h>

#include "base/mesh-error.h"
#include "mesh/store/store-fixture.h"

/* A damaged file is never returned, is dropped, and can be put again. */
static void
test_damage (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 7, 5000);
  g_autofree char *path = fixture_find_block (fixture, cid);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) got = NULL;
  MeshStoreStats stats;
  gsize len;

  g_assert_true (g_file_get_contents (path, &contents, &len, NULL));
  contents[2500] ^= 1;
  g_assert_true (g_file_set_contents (path, contents, (gssize) len, NULL));
  g_assert_null (fixture_get (fixture->store, cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  fixture_reopen (fixture, 0);
  g_assert_false (mesh_store_has (fixture->store, cid));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  mesh_store_get_stats (fixture->store, &stats);
  g_assert_cmpuint (stats.stored_bytes, ==, 0);

  mesh_cid_unref (g_steal_pointer (&cid));
  cid = fixture_put_new (fixture->store, 7, 5000);
  got = fixture_get (fixture->store, cid, NULL);
  g_assert_nonnull (got);
}

/* What a power cut leaves: an empty file under a good name. */
static void
test_torn_file (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) cid = fixture_put_new (fixture->store, 8, 5000);
  g_autofree char *path = fixture_find_block (fixture, cid);
  g_autoptr (GError) error = NULL;

  fixture_close (fixture);
  g_assert_cmpint (truncate (path, 0), ==, 0);
  fixture_reopen (fixture, 0);
  g_assert_null (fixture_get (fixture->store, cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
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
  add ("/store/store-get/damage", test_damage);
  add ("/store/store-get/torn-file", test_torn_file);
  return g_test_run ();
}
