/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-private.h"

#include "gossip-fixture.h"

/* Every order is as likely as any other. */
static void
test_shuffle (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint counts[3][3] = { { 0 } };

  gossip_fixture_init (&f, &config);
  for (guint i = 0; i < 9000; i++)
    {
      g_autoptr (GPtrArray) array = g_ptr_array_new ();

      for (gsize j = 0; j < 3; j++)
        g_ptr_array_add (array, GSIZE_TO_POINTER (j));
      mesh_gossip_shuffle (f.gossip, array);
      for (guint j = 0; j < 3; j++)
        counts[j][GPOINTER_TO_SIZE (g_ptr_array_index (array, j))]++;
    }
  for (guint i = 0; i < 9; i++)
    {
      g_assert_cmpuint (counts[i / 3][i % 3], >, 2700);
      g_assert_cmpuint (counts[i / 3][i % 3], <, 3300);
    }
  gossip_fixture_clear (&f);
}

/* Freed with everything in it, in any state (this test is for the sanitizers). */
static void
test_free (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  g_autoptr (MeshGossipMessage) msg = NULL;
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, TRUE);
  peer = gossip_join (&f, TRUE, GOSSIP_TOPIC);
  gossip_beat (&f);
  msg = gossip_message (&f, peer, GOSSIP_TOPIC, 1, "x");
  gossip_say_message (&f, peer, msg);
  mesh_gossip_set_peer_busy (f.gossip, f.ids[peer], TRUE);
  g_bytes_unref (
      mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  g_assert_cmpuint (gossip_stats (&f).n_validations, ==, 1);
  g_assert_cmpuint (gossip_stats (&f).queue_bytes, >, 0);
  g_assert_true (mesh_gossip_add_direct_peer (f.gossip, f.ids[peer], f.now_us, NULL));
  gossip_fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/private/shuffle", test_shuffle);
  g_test_add_func ("/gossip/private/free", test_free);
  return g_test_run ();
}
