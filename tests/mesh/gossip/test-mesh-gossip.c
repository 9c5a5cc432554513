/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip.h"

#include "base/mesh-error.h"
#include "gossip-fixture.h"

static void
test_new (void)
{
  g_autoptr (MeshKeypair) keypair = gossip_keypair (1);
  MeshGossipConfig config = gossip_config ();
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

static void
test_peers (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GError) error = NULL;
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, "one", FALSE);
  gossip_subscribe (&f, "two", FALSE);
  peer = gossip_connect (&f);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_SUBSCRIPTION, NULL), ==, 2);
  g_assert_cmpuint (f.sent[peer]->len, ==, 1); /* both in one RPC */
  g_assert_false (mesh_gossip_add_peer (f.gossip, f.ids[peer], NULL, 0, FALSE,
                                        MESH_GOSSIP_VERSION_1_1_0, f.now_us, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
  gossip_say (&f, peer, mesh_gossip_rpc_subscription ("one", TRUE));
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_JOINED), ==, 1);
  mesh_gossip_unsubscribe (f.gossip, "two", f.now_us);
  gossip_drain (&f);
  g_assert_false (gossip_last (&f, peer, MESH_GOSSIP_RPC_SUBSCRIPTION).is_on);
  mesh_gossip_remove_peer (f.gossip, f.ids[peer], f.now_us);
  gossip_drain (&f);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_LEFT), ==, 1);
  g_assert_cmpuint (gossip_stats (&f).n_peers, ==, 0);
  g_assert_cmpuint (gossip_stats (&f).n_topics, ==, 1);
  gossip_fixture_clear (&f);
}

static void
test_topics (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autofree char *long_name = g_strnfill (MESH_GOSSIP_MAX_TOPIC_BYTES + 1, 'x');
  const char *bad[] = { "", "\xff", long_name };
  g_auto (GStrv) topics = NULL;
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
      g_autoptr (GError) error = NULL;

      g_assert_false (
          mesh_gossip_subscribe (f.gossip, bad[i], FALSE, NULL, f.now_us, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
      g_clear_error (&error);
      g_assert_null (
          mesh_gossip_publish (f.gossip, bad[i], data, f.now_us, NULL, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
  gossip_subscribe (&f, "b", FALSE);
  gossip_subscribe (&f, "a", FALSE);
  g_assert_false (mesh_gossip_subscribe (f.gossip, "a", FALSE, NULL, f.now_us, NULL));
  topics = mesh_gossip_dup_topics (f.gossip);
  g_assert_cmpuint (g_strv_length (topics), ==, 2);
  g_assert_cmpstr (topics[0], ==, "a");
  g_assert_true (mesh_gossip_is_subscribed (f.gossip, "a"));
  gossip_fixture_clear (&f);
}

/* Nothing to do: no timer. */
static void
test_idle (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  g_assert_cmpint (mesh_gossip_next_deadline_us (f.gossip), ==, G_MAXINT64);
  peer = gossip_connect (&f);
  g_assert_cmpint (mesh_gossip_next_deadline_us (f.gossip), ==, G_MAXINT64);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  g_assert_cmpint (mesh_gossip_next_deadline_us (f.gossip), <=,
                   f.now_us + config.params.heartbeat_us);
  gossip_forget (&f);
  gossip_pass (&f, 300 * G_USEC_PER_SEC);
  g_assert_cmpuint (f.sent[peer]->len, ==, 0); /* and no traffic either way */
  mesh_gossip_remove_peer (f.gossip, f.ids[peer], f.now_us);
  g_assert_cmpint (mesh_gossip_next_deadline_us (f.gossip), ==, G_MAXINT64);
  mesh_gossip_unsubscribe (f.gossip, GOSSIP_TOPIC, f.now_us);
  gossip_connect (&f);
  g_bytes_unref (
      mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  g_assert_cmpint (mesh_gossip_next_deadline_us (f.gossip), !=, G_MAXINT64);
  gossip_pass (&f, 10 * G_USEC_PER_SEC); /* until it has left the cache */
  g_assert_cmpint (mesh_gossip_next_deadline_us (f.gossip), ==, G_MAXINT64);
  gossip_fixture_clear (&f);
}

static void
test_bad_rpcs (void)
{
  MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) bad = g_bytes_new_static ("\xff\xff", 2);
  g_autoptr (GBytes) huge = NULL;
  g_autoptr (GError) error = NULL;
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  peer = gossip_connect (&f);
  g_assert_false (mesh_gossip_handle_rpc (f.gossip, f.ids[peer], bad, f.now_us, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
  g_clear_error (&error);
  huge = g_bytes_new_take (g_malloc0 (config.params.max_rpc_bytes + 1),
                           config.params.max_rpc_bytes + 1);
  g_assert_false (mesh_gossip_handle_rpc (f.gossip, f.ids[peer], huge, f.now_us, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
  g_clear_error (&error);
  g_assert_cmpfloat (gossip_peer (&f, peer).behaviour, >=, 1.9);
  mesh_gossip_remove_peer (f.gossip, f.ids[peer], f.now_us);
  g_assert_false (mesh_gossip_handle_rpc (f.gossip, f.ids[peer], bad, f.now_us, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  gossip_fixture_clear (&f);
}

/* A peer that reaches for more subscriptions than it may have costs no more memory. */
static void
test_subscription_flood (void)
{
  MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint peer, other;

  config.params.max_topics = 150;
  gossip_fixture_init (&f, &config);
  peer = gossip_connect (&f);
  other = gossip_connect (&f);
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *topic = g_strdup_printf ("topic-%u", i);

      gossip_say (&f, i < 1000 ? peer : other,
                  mesh_gossip_rpc_subscription (topic, TRUE));
    }
  g_assert_cmpuint (gossip_peer (&f, peer).n_topics, ==, config.params.max_peer_topics);
  g_assert_cmpuint (gossip_stats (&f).n_topics, ==, 150);
  g_assert_cmpuint (gossip_stats (&f).subscriptions_refused, ==, 2000 - 150);
  /* our own topics are not shut out */
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  mesh_gossip_remove_peer (f.gossip, f.ids[peer], f.now_us);
  mesh_gossip_remove_peer (f.gossip, f.ids[other], f.now_us);
  g_assert_cmpuint (gossip_stats (&f).n_topics, ==, 1);
  gossip_fixture_clear (&f);
}

/* v1.1, Score Thresholds: graylist */
static void
test_graylist (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_connect (&f);
  mesh_gossip_set_app_score (f.gossip, f.ids[peer], -81, f.now_us);
  gossip_say (&f, peer, mesh_gossip_rpc_subscription (GOSSIP_TOPIC, TRUE));
  gossip_say (&f, peer, mesh_gossip_rpc_subscription (GOSSIP_TOPIC, TRUE));
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_GRAYLISTED), ==, 1);
  g_assert_cmpuint (gossip_stats (&f).graylisted_rpcs, ==, 2);
  g_assert_cmpuint (gossip_peer (&f, peer).n_topics, ==, 0);
  mesh_gossip_set_app_score (f.gossip, f.ids[peer], 0, f.now_us);
  gossip_say (&f, peer, mesh_gossip_rpc_subscription (GOSSIP_TOPIC, TRUE));
  g_assert_cmpuint (gossip_peer (&f, peer).n_topics, ==, 1);
  gossip_fixture_clear (&f);
}

/* v1.1, Explicit Peering Agreements */
static void
test_direct (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshKeypair) key = gossip_keypair (0);
  g_autoptr (MeshPeerId) id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (key));
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  g_assert_true (mesh_gossip_add_direct_peer (f.gossip, id, f.now_us, NULL));
  gossip_drain (&f);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_CONNECT), ==, 1);
  gossip_pass (&f, 301 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_count_events (&f, MESH_GOSSIP_EVENT_CONNECT), ==, 2);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  g_assert_true (gossip_peer (&f, peer).is_direct);
  gossip_pass (&f, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 0);
  gossip_say_graft (&f, peer, GOSSIP_TOPIC);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_PRUNE, GOSSIP_TOPIC), ==, 1);
  /* whatever its score */
  mesh_gossip_set_app_score (f.gossip, f.ids[peer], -1000, f.now_us);
  gossip_forget (&f);
  g_bytes_unref (
      mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  gossip_drain (&f);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 1);
  gossip_say (&f, peer, mesh_gossip_rpc_subscription ("other", TRUE));
  g_assert_cmpuint (gossip_peer (&f, peer).n_topics, ==, 2);
  mesh_gossip_remove_direct_peer (f.gossip, f.ids[peer]);
  g_assert_false (gossip_peer (&f, peer).is_direct);
  gossip_fixture_clear (&f);
}

/* A peer that takes nothing: what waits for it is bounded, gossip goes first. */
static void
test_busy (void)
{
  MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) data = g_bytes_new_take (g_malloc0 (60000), 60000);
  GossipFixture f;
  guint peer;

  config.params.max_queue_bytes = 200000;
  gossip_fixture_init (&f, &config);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_forget (&f);
  mesh_gossip_set_peer_busy (f.gossip, f.ids[peer], TRUE);
  for (guint i = 0; i < 50; i++)
    g_bytes_unref (
        mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE); /* a GRAFT too */
  gossip_drain (&f);
  g_assert_cmpuint (f.sent[peer]->len, ==, 0);
  g_assert_cmpuint (gossip_stats (&f).queue_bytes, <, 210000);
  g_assert_cmpuint (gossip_stats (&f).dropped_messages, ==, 47);
  mesh_gossip_set_peer_busy (f.gossip, f.ids[peer], FALSE);
  gossip_drain (&f);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_MESSAGE, NULL), ==, 3);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_SUBSCRIPTION, NULL), ==, 1);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_GRAFT, NULL), ==, 1);
  g_assert_cmpuint (gossip_stats (&f).queue_bytes, ==, 0);
  for (guint i = 0; i < f.sent[peer]->len; i++)
    g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (f.sent[peer], i)), <,
                      config.params.split_rpc_bytes + 1024);
  gossip_fixture_clear (&f);
}

/* The stream is opened anew: the peer, which may have forgotten us, is told again. */
static void
test_reset (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_beat (&f);
  g_assert_true (gossip_is_in_mesh (&f, peer, GOSSIP_TOPIC));
  gossip_forget (&f);
  mesh_gossip_reset_peer (f.gossip, f.ids[peer]);
  gossip_drain (&f);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_SUBSCRIPTION, NULL), ==, 1);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_GRAFT, NULL), ==, 1);
  gossip_fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/new", test_new);
  g_test_add_func ("/gossip/peers", test_peers);
  g_test_add_func ("/gossip/topics", test_topics);
  g_test_add_func ("/gossip/idle", test_idle);
  g_test_add_func ("/gossip/bad-rpcs", test_bad_rpcs);
  g_test_add_func ("/gossip/subscription-flood", test_subscription_flood);
  g_test_add_func ("/gossip/graylist", test_graylist);
  g_test_add_func ("/gossip/direct", test_direct);
  g_test_add_func ("/gossip/busy", test_busy);
  g_test_add_func ("/gossip/reset", test_reset);
  return g_test_run ();
}
