/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip.h"

#include "base/mesh-error.h"

static void
test_new (void)
{
  const guint8 seed[MESH_ED25519_SEED_BYTES] = { 1 };
  g_autoptr (MeshKeypair) keypair = mesh_keypair_new_from_seed (seed);
  MeshGossipConfig config = MESH_GOSSIP_CONFIG_DEFAULT;
  g_autoptr (MeshGossip) gossip = NULL;
  g_autoptr (GError) error = NULL;
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  config.keypair = keypair;
  gossip = mesh_gossip_new (&config, &rng, &error);
  g_assert_no_error (error);
  g_assert_true (mesh_peer_id_matches_public_key (mesh_gossip_get_self (gossip),
                                                  mesh_keypair_get_public_key (keypair)));
  config.thresholds.gossip = 1;
  g_assert_null (mesh_gossip_new (&config, &rng, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/new", test_new);
  return g_test_run ();
}
