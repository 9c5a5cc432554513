/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad.h"

#include "kad-fixture.h"

/* Two tables of one node share a pool, and leave nothing behind in it. */
static void
test_pool (void)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;
  g_autoptr (MeshPeerId) self = NULL;
  MeshKad *wan, *lan;
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  self = fixture_peer_id (&rng);
  config.pool = pool;
  wan = mesh_kad_new (&config, self, &rng);
  config.scope = MESH_KAD_SCOPE_LAN;
  lan = mesh_kad_new (&config, self, &rng);
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (pool), ==, 1);
  mesh_kad_free (wan);
  mesh_kad_free (lan);
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (pool), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad/pool", test_pool);
  return g_test_run ();
}
