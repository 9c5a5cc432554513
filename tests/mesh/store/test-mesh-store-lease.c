/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mesh/store/store-fixture.h"

static void
test_lease (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshCid) before = fixture_put_new (fixture->store, 1, 100);
  g_autoptr (MeshCid) used = fixture_put_new (fixture->store, 2, 100);
  MeshStoreLease *lease = mesh_store_lease_new (fixture->store);
  g_autoptr (GBytes) got = fixture_get (fixture->store, used, NULL);
  g_autoptr (MeshCid) after = fixture_put_new (fixture->store, 3, 100);

  g_assert_cmpuint (fixture_gc (fixture->store), ==, 100);
  g_assert_false (mesh_store_has (fixture->store, before));
  g_assert_true (mesh_store_has (fixture->store, used));
  g_assert_true (mesh_store_has (fixture->store, after));
  mesh_store_lease_free (lease);
  g_assert_cmpuint (fixture_gc (fixture->store), ==, 200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/store-lease/lease", Fixture, NULL, fixture_set_up, test_lease,
              fixture_tear_down);
  return g_test_run ();
}
