/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-mesh.h"

#include "gossip-fixture.h"

/* v1.0, JOIN and LEAVE */
static void
test_join_leave (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  for (guint i = 0; i < 20; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, config.params.d);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_GRAFT), ==, config.params.d);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_SUBSCRIPTION), ==, 20);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_GRAFTED), ==,
                    config.params.d);
  gossip_forget (&f);
  mesh_gossip_unsubscribe (f.gossip, GOSSIP_TOPIC, f.now_us);
  gossip_drain (&f);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_PRUNE), ==, config.params.d);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_SUBSCRIPTION), ==, 20);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_PRUNED), ==,
                    config.params.d);
  for (guint i = 0; i < 20; i++)
    if (gossip_count (&f, i, MESH_GOSSIP_RPC_PRUNE, NULL) > 0)
      g_assert_cmpuint (gossip_last (&f, i, MESH_GOSSIP_RPC_PRUNE).backoff_s, ==, 10);
  g_assert_cmpuint (gossip_stats (&f).n_mesh, ==, 0);
  gossip_fixture_clear (&f);
}

/* v1.1: after leaving, those of the old mesh are not grafted within the backoff of ten
 * seconds and its slack. */
static void
test_rejoin (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  for (guint i = 0; i < 3; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  mesh_gossip_unsubscribe (f.gossip, GOSSIP_TOPIC, f.now_us);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 0);
  gossip_pass (&f, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 0);
  gossip_pass (&f, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 3);
  gossip_fixture_clear (&f);
}

/* A peer that unsubscribes, or goes, leaves the mesh. */
static void
test_lost (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  for (guint i = 0; i < 2; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_beat (&f);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 2);
  gossip_say (&f, 0, mesh_gossip_rpc_subscription (GOSSIP_TOPIC, FALSE));
  g_assert_false (gossip_is_in_mesh (&f, 0, GOSSIP_TOPIC));
  mesh_gossip_remove_peer (f.gossip, f.ids[1], f.now_us);
  gossip_drain (&f);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 0);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_PRUNED), ==, 2);
  gossip_fixture_clear (&f);
}

/* Peer exchange: whom a PRUNE names, and to whom. */
static void
test_px (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) record = g_bytes_new_static ("a record", 8);
  g_autoptr (GBytes) too_long
      = g_bytes_new_take (g_malloc0 (MESH_GOSSIP_MAX_PX_RECORD_BYTES + 1),
                          MESH_GOSSIP_MAX_PX_RECORD_BYTES + 1);
  MeshGossipRpcItem prune;
  const guint8 *id, *envelope;
  gsize len, envelope_len;
  guint n = 0, n_records = 0;
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  for (guint i = 0; i < 4; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  mesh_gossip_set_peer_record (f.gossip, f.ids[1], record);
  mesh_gossip_set_peer_record (f.gossip, f.ids[2], too_long);
  mesh_gossip_set_app_score (f.gossip, f.ids[3], -1, f.now_us); /* not recommended */
  mesh_gossip_set_peer_version (f.gossip, f.ids[1], MESH_GOSSIP_VERSION_1_0_0);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  gossip_forget (&f);
  mesh_gossip_unsubscribe (f.gossip, GOSSIP_TOPIC, f.now_us);
  gossip_drain (&f);
  prune = gossip_last (&f, 0, MESH_GOSSIP_RPC_PRUNE);
  while (mesh_gossip_rpc_next_peer (&prune, &id, &len, &envelope, &envelope_len))
    {
      g_autoptr (MeshPeerId) peer = mesh_peer_id_from_bytes (id, len, NULL);

      g_assert_true (mesh_peer_id_equal (peer, f.ids[1])
                     || mesh_peer_id_equal (peer, f.ids[2]));
      n++;
      n_records += envelope != NULL;
    }
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (n_records, ==, 1);
  /* 1.0.0 knows neither peers nor a backoff */
  prune = gossip_last (&f, 1, MESH_GOSSIP_RPC_PRUNE);
  g_assert_cmpint (prune.kind, ==, MESH_GOSSIP_RPC_PRUNE);
  g_assert_cmpuint (prune.backoff_s, ==, 0);
  g_assert_false (
      mesh_gossip_rpc_next_peer (&prune, &id, &len, &envelope, &envelope_len));
  gossip_fixture_clear (&f);
}

/* v1.0, Fanout: where we publish without being there, when flooding is off. */
static void
test_fanout (void)
{
  MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  guint n_first = 0;
  GossipFixture f;

  config.params.is_flood_publish = FALSE;
  gossip_fixture_init (&f, &config);
  for (guint i = 0; i < 20; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  for (guint i = 0; i < 3; i++)
    g_bytes_unref (
        mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  gossip_drain (&f);
  for (guint i = 0; i < 20; i++)
    {
      guint n = gossip_count (&f, i, MESH_GOSSIP_RPC_MESSAGE, NULL);

      g_assert_true (n == 0 || n == 3); /* the same peers each time */
      n_first += n > 0;
    }
  g_assert_cmpuint (n_first, ==, config.params.d);
  g_assert_cmpuint (gossip_stats (&f).n_fanout, ==, 1);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE); /* they become the mesh */
  for (guint i = 0; i < 20; i++)
    g_assert_true (gossip_is_in_mesh (&f, i, GOSSIP_TOPIC)
                   == (gossip_count (&f, i, MESH_GOSSIP_RPC_MESSAGE, NULL) > 0));
  g_assert_cmpuint (gossip_stats (&f).n_fanout, ==, 0);
  gossip_fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/mesh/join-leave", test_join_leave);
  g_test_add_func ("/gossip/mesh/rejoin", test_rejoin);
  g_test_add_func ("/gossip/mesh/lost", test_lost);
  g_test_add_func ("/gossip/mesh/px", test_px);
  g_test_add_func ("/gossip/mesh/fanout", test_fanout);
  return g_test_run ();
}
