/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-times.h"

#include "gossip-fixture.h"

static MeshPeerId *
make_id (guint number)
{
  g_autoptr (MeshKeypair) keypair = gossip_keypair (number);

  return mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
}

static void
test_extend (void)
{
  g_autoptr (MeshGossipTimes) times = mesh_gossip_times_new (2);
  g_autoptr (MeshPeerId) a = make_id (1);
  g_autoptr (MeshPeerId) b = make_id (2);
  g_autoptr (MeshPeerId) c = make_id (3);

  g_assert_cmpint (mesh_gossip_times_get (times, a), ==, G_MININT64);
  mesh_gossip_times_extend (times, a, 100);
  mesh_gossip_times_extend (times, a, 50);
  g_assert_cmpint (mesh_gossip_times_get (times, a), ==, 100);
  mesh_gossip_times_extend (times, b, 200);
  mesh_gossip_times_expire (times, 99);
  g_assert_cmpuint (mesh_gossip_times_get_length (times), ==, 2);
  mesh_gossip_times_extend (times, c, 300); /* a came first, and goes first */
  g_assert_cmpuint (mesh_gossip_times_get_length (times), ==, 2);
  g_assert_cmpint (mesh_gossip_times_get (times, a), ==, G_MININT64);
  mesh_gossip_times_expire (times, 200);
  g_assert_cmpint (mesh_gossip_times_get (times, b), ==, G_MININT64);
  g_assert_cmpint (mesh_gossip_times_get (times, c), ==, 300);
}

static void
test_rate (void)
{
  g_autoptr (MeshGossipTimes) times = mesh_gossip_times_new (4);
  g_autoptr (MeshPeerId) id = make_id (1);
  gint64 now_us = 1000000;
  guint n = 0;

  for (guint i = 0; i < 10; i++)
    n += mesh_gossip_times_take (times, id, 1000, 4, now_us);
  g_assert_cmpuint (n, ==, 4);
  g_assert_false (mesh_gossip_times_take (times, id, 1000, 4, now_us + 999));
  g_assert_true (mesh_gossip_times_take (times, id, 1000, 4, now_us + 1000));
  g_assert_false (mesh_gossip_times_take (times, id, 1000, 4, now_us + 1000));
  /* whatever the pause, no more than the burst */
  now_us += 3600 * G_GINT64_CONSTANT (1000000);
  n = 0;
  for (guint i = 0; i < 10; i++)
    n += mesh_gossip_times_take (times, id, 1000, 4, now_us);
  g_assert_cmpuint (n, ==, 4);
  mesh_gossip_times_expire (times, now_us + 4000);
  g_assert_cmpuint (mesh_gossip_times_get_length (times), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/times/extend", test_extend);
  g_test_add_func ("/gossip/times/rate", test_rate);
  return g_test_run ();
}
