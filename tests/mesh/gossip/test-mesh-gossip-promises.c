/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-promises.h"

#include "gossip-fixture.h"

static MeshPeerId *
make_id (guint number)
{
  g_autoptr (MeshKeypair) keypair = gossip_keypair (number);

  return mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
}

static void
test_promises (void)
{
  g_autoptr (MeshGossipPromises) promises = mesh_gossip_promises_new (3);
  g_autoptr (MeshPeerId) a = make_id (1);
  g_autoptr (MeshPeerId) b = make_id (2);
  g_autoptr (GBytes) one = g_bytes_new_static ("one", 3);
  g_autoptr (GBytes) two = g_bytes_new_static ("two", 3);
  g_autoptr (GBytes) three = g_bytes_new_static ("three", 5);
  g_autoptr (MeshPeerId) broken = NULL;

  mesh_gossip_promises_add (promises, a, one, 300);
  mesh_gossip_promises_add (promises, a, one, 400); /* the same */
  mesh_gossip_promises_add (promises, b, one, 200);
  mesh_gossip_promises_add (promises, b, two, 100);
  mesh_gossip_promises_add (promises, b, three, 50); /* no room */
  g_assert_cmpuint (mesh_gossip_promises_get_length (promises), ==, 3);
  g_assert_null (mesh_gossip_promises_take_broken (promises, 99));
  broken = mesh_gossip_promises_take_broken (promises, 100);
  g_assert_true (mesh_peer_id_equal (broken, b));
  g_assert_null (mesh_gossip_promises_take_broken (promises, 100));
  /* whoever delivers it, everybody's promise is kept */
  mesh_gossip_promises_keep (promises, (const guint8 *) "one", 3);
  g_assert_cmpuint (mesh_gossip_promises_get_length (promises), ==, 0);
  g_assert_null (mesh_gossip_promises_take_broken (promises, 1000));
  mesh_gossip_promises_add (promises, a, one, 1);
  mesh_gossip_promises_add (promises, b, one, 1);
  mesh_gossip_promises_forget (promises, a);
  g_assert_cmpuint (mesh_gossip_promises_get_length (promises), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/promises", test_promises);
  return g_test_run ();
}
