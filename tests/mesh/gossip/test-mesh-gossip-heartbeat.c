/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-heartbeat.h"

#include "gossip-fixture.h"

static guint
count_outbound (GossipFixture *f)
{
  guint n = 0;

  for (guint i = 0; i < f->n_peers; i++)
    n += gossip_is_in_mesh (f, i, GOSSIP_TOPIC) && gossip_peer (f, i).is_outbound;
  return n;
}

static void
fill (GossipFixture *f, guint n, gboolean is_outbound)
{
  for (guint i = 0; i < n; i++)
    {
      guint peer = gossip_join (f, is_outbound, GOSSIP_TOPIC);

      gossip_say_graft (f, peer, GOSSIP_TOPIC);
    }
}

/* Below D_lo up to D, and not before. */
static void
test_graft (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  fill (&f, config.params.d_lo - 1, TRUE);
  for (guint i = 0; i < 10; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_beat (&f);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, config.params.d);
  gossip_fixture_clear (&f);

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  fill (&f, config.params.d_lo, TRUE);
  for (guint i = 0; i < 10; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_beat (&f);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, config.params.d_lo);
  gossip_fixture_clear (&f);
}

/* Peers of negative score are put out, without being told of others, and not chosen. */
static void
test_negative (void)
{
  const MeshGossipConfig config = gossip_config ();
  MeshGossipRpcItem prune;
  const guint8 *id, *record;
  gsize len, record_len;
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  fill (&f, 3, FALSE);
  for (guint i = 0; i < 4; i++)
    mesh_gossip_set_app_score (f.gossip, f.ids[gossip_join (&f, FALSE, GOSSIP_TOPIC)], -1,
                               f.now_us);
  mesh_gossip_set_app_score (f.gossip, f.ids[0], -0.5, f.now_us);
  gossip_beat (&f);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 2);
  g_assert_false (gossip_is_in_mesh (&f, 0, GOSSIP_TOPIC));
  prune = gossip_last (&f, 0, MESH_GOSSIP_RPC_PRUNE);
  g_assert_cmpuint (prune.backoff_s, ==, 60);
  g_assert_false (mesh_gossip_rpc_next_peer (&prune, &id, &len, &record, &record_len));
  gossip_fixture_clear (&f);
}

/* Above D_hi down to D: the best D_score stay, and D_out of those we dialed. */
static void
test_prune (void)
{
  const MeshGossipConfig config = gossip_config ();

  for (guint seed = 0; seed < 50; seed++)
    {
      GossipFixture f;

      gossip_fixture_init (&f, &config);
      gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
      for (guint i = 0; i < seed; i++)
        gossip_beat (&f); /* another point of the random sequence */
      fill (&f, config.params.d_hi, FALSE);
      fill (&f, 4, TRUE); /* a full mesh takes those too */
      for (guint i = 0; i < config.params.d_score; i++)
        mesh_gossip_set_app_score (f.gossip, f.ids[2 * i], 5, f.now_us);
      g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, config.params.d_hi + 4);
      gossip_beat (&f);
      g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, config.params.d);
      for (guint i = 0; i < config.params.d_score; i++)
        g_assert_true (gossip_is_in_mesh (&f, 2 * i, GOSSIP_TOPIC));
      g_assert_cmpuint (count_outbound (&f), >=, config.params.d_out);
      g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_PRUNE), ==, 10);
      gossip_fixture_clear (&f);
    }
}

/* v1.1, Outbound Mesh Quotas, when there are enough peers of the other kind. */
static void
test_outbound (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  fill (&f, 8, FALSE);
  for (guint i = 0; i < 5; i++)
    gossip_join (&f, TRUE, GOSSIP_TOPIC);
  gossip_beat (&f);
  g_assert_cmpuint (count_outbound (&f), ==, config.params.d_out);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 10);
  gossip_fixture_clear (&f);
}

/* v1.1, Opportunistic Grafting */
static void
test_opportunistic (void)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;
  guint better, mediocre;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  fill (&f, 6, TRUE);
  for (guint i = 0; i < 6; i++)
    mesh_gossip_set_app_score (f.gossip, f.ids[i], 0.1, f.now_us);
  mediocre = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  mesh_gossip_set_app_score (f.gossip, f.ids[mediocre], 0.05, f.now_us);
  for (guint i = 0; i < 4; i++)
    {
      better = gossip_join (&f, FALSE, GOSSIP_TOPIC);
      mesh_gossip_set_app_score (f.gossip, f.ids[better], 3, f.now_us);
    }
  gossip_pass (&f, 59 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 6);
  gossip_pass (&f, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_mesh_size (&f, GOSSIP_TOPIC), ==, 8);
  g_assert_false (gossip_is_in_mesh (&f, mediocre, GOSSIP_TOPIC));
  gossip_fixture_clear (&f);
}

/* v1.1, Adaptive Gossip Dissemination: to D_lazy or a quarter of those outside the mesh,
 * for three heartbeats. */
static void
test_gossip (void)
{
  static const struct
  {
    guint n_peers;
    guint n_listeners;
  } cases[] = { { 3, 3 }, { 10, 6 }, { 24, 6 }, { 40, 10 } };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      MeshGossipConfig config = gossip_config ();
      g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
      g_autoptr (MeshGossipMessage) msg = NULL;
      GossipFixture f;
      guint n = 0, author;

      gossip_fixture_init (&f, &config);
      gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
      fill (&f, 6, TRUE);
      for (guint i = 0; i < cases[c].n_peers; i++)
        gossip_join (&f, FALSE, GOSSIP_TOPIC);
      author = gossip_connect (&f);
      mesh_gossip_set_app_score (f.gossip, f.ids[author], -11, f.now_us);
      gossip_say (&f, author, mesh_gossip_rpc_subscription (GOSSIP_TOPIC, TRUE));
      msg = gossip_message (&f, author, GOSSIP_TOPIC, 1, "x");
      gossip_say_message (&f, 0, msg);
      for (guint beat = 0; beat < 6; beat++)
        {
          gossip_forget (&f);
          gossip_beat (&f);
          n = gossip_count_all (&f, MESH_GOSSIP_RPC_IHAVE);
          g_assert_cmpuint (n, ==, beat < 3 ? cases[c].n_listeners : 0);
          for (guint i = 0; i < 6; i++) /* the mesh had it whole */
            g_assert_cmpuint (gossip_count (&f, i, MESH_GOSSIP_RPC_IHAVE, NULL), ==, 0);
          /* below the gossip threshold */
          g_assert_cmpuint (gossip_count (&f, author, MESH_GOSSIP_RPC_IHAVE, NULL), ==,
                            0);
        }
      gossip_fixture_clear (&f);
    }
}

/* The heart has rested for long: what is published when it wakes is announced all the
 * same, and what is older than the windows is not. */
static void
test_wake (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  f.now_us = 3600 * G_GINT64_CONSTANT (1000000);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  g_bytes_unref (
      mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  mesh_gossip_set_app_score (f.gossip, f.ids[peer], -1, f.now_us); /* not in the mesh */
  gossip_forget (&f);
  gossip_beat (&f);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_IHAVE, NULL), ==, 1);
  mesh_gossip_remove_peer (f.gossip, f.ids[peer], f.now_us);
  g_bytes_unref (
      mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  g_assert_cmpint (mesh_gossip_next_deadline_us (f.gossip), ==, G_MAXINT64);
  f.now_us += 10 * G_USEC_PER_SEC;
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  mesh_gossip_set_app_score (f.gossip, f.ids[peer], -1, f.now_us);
  gossip_forget (&f);
  gossip_beat (&f);
  g_assert_cmpuint (gossip_count (&f, peer, MESH_GOSSIP_RPC_IHAVE, NULL), ==, 0);
  g_assert_cmpuint (gossip_stats (&f).n_cached, ==, 0);
  gossip_fixture_clear (&f);
}

/* Broken promises (P7), and those that somebody kept. */
static void
test_promises (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  GossipFixture f;
  guint liar, honest, other;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  liar = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  honest = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  other = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  msg = gossip_message (&f, other, GOSSIP_TOPIC, 1, "x");
  for (guint i = 0; i < 2; i++)
    {
      GPtrArray *ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

      g_ptr_array_add (ids, i == 0 ? g_bytes_new_static ("all lies", 9)
                                   : g_bytes_ref (msg->id));
      gossip_say_ihave (&f, i == 0 ? liar : honest, GOSSIP_TOPIC, ids);
    }
  g_assert_cmpuint (gossip_stats (&f).n_promises, ==, 2);
  gossip_say_message (&f, other, msg);
  g_assert_cmpuint (gossip_stats (&f).n_promises, ==, 1);
  gossip_pass (&f, config.params.iwant_followup_us - G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_stats (&f).promises_broken, ==, 0);
  gossip_pass (&f, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_stats (&f).promises_broken, ==, 1);
  g_assert_cmpfloat (gossip_peer (&f, liar).behaviour, >, 0.9);
  g_assert_cmpfloat (gossip_peer (&f, honest).behaviour, ==, 0);
  gossip_fixture_clear (&f);
}

/* v1.0, Fanout Maintenance */
static void
test_fanout (void)
{
  MeshGossipConfig config = gossip_config ();
  g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
  GossipFixture f;
  guint n = 0;

  config.params.is_flood_publish = FALSE;
  gossip_fixture_init (&f, &config);
  for (guint i = 0; i < 20; i++)
    gossip_join (&f, FALSE, GOSSIP_TOPIC);
  g_bytes_unref (
      mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  gossip_drain (&f);
  /* half of the fanout goes; others take the places */
  for (guint i = 0; i < 20 && n < 3; i++)
    if (gossip_count (&f, i, MESH_GOSSIP_RPC_MESSAGE, NULL) > 0)
      {
        gossip_say (&f, i, mesh_gossip_rpc_subscription (GOSSIP_TOPIC, FALSE));
        n++;
      }
  gossip_forget (&f);
  gossip_beat (&f);
  /* the message is announced beyond the fanout */
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_IHAVE), ==, 6);
  g_bytes_unref (
      mesh_gossip_publish (f.gossip, GOSSIP_TOPIC, data, f.now_us, NULL, NULL));
  gossip_drain (&f);
  g_assert_cmpuint (gossip_count_all (&f, MESH_GOSSIP_RPC_MESSAGE), ==, config.params.d);
  gossip_pass (&f, config.params.fanout_ttl_us + 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_stats (&f).n_fanout, ==, 0);
  gossip_fixture_clear (&f);
}

/* What has no reader any more is given back. */
static void
test_sweep (void)
{
  const MeshGossipConfig config = gossip_config ();
  g_autoptr (MeshGossipMessage) msg = NULL;
  GossipFixture f;
  guint peer;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  gossip_subscribe (&f, "other", FALSE);
  peer = gossip_join (&f, FALSE, GOSSIP_TOPIC);
  gossip_beat (&f);
  msg = gossip_message (&f, peer, GOSSIP_TOPIC, 1, "x");
  gossip_say_message (&f, peer, msg);
  mesh_gossip_unsubscribe (f.gossip, GOSSIP_TOPIC, f.now_us);
  gossip_say (&f, peer, mesh_gossip_rpc_subscription (GOSSIP_TOPIC, FALSE));
  g_assert_cmpuint (gossip_stats (&f).n_backoffs, ==, 1);
  g_assert_cmpuint (gossip_stats (&f).n_topics, ==, 2);
  gossip_pass (&f, 150 * G_USEC_PER_SEC);
  g_assert_cmpuint (gossip_stats (&f).n_backoffs, ==, 0);
  g_assert_cmpuint (gossip_stats (&f).n_topics, ==, 1);
  g_assert_cmpuint (gossip_stats (&f).n_authors, ==, 0);
  g_assert_cmpuint (gossip_stats (&f).n_seen, ==, 0);
  g_assert_cmpuint (gossip_stats (&f).n_cached, ==, 0);
  gossip_fixture_clear (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/heartbeat/graft", test_graft);
  g_test_add_func ("/gossip/heartbeat/negative", test_negative);
  g_test_add_func ("/gossip/heartbeat/prune", test_prune);
  g_test_add_func ("/gossip/heartbeat/outbound", test_outbound);
  g_test_add_func ("/gossip/heartbeat/opportunistic", test_opportunistic);
  g_test_add_func ("/gossip/heartbeat/gossip", test_gossip);
  g_test_add_func ("/gossip/heartbeat/wake", test_wake);
  g_test_add_func ("/gossip/heartbeat/promises", test_promises);
  g_test_add_func ("/gossip/heartbeat/fanout", test_fanout);
  g_test_add_func ("/gossip/heartbeat/sweep", test_sweep);
  return g_test_run ();
}
