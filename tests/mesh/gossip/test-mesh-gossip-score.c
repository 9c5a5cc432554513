/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-score.h"

#include "base/mesh-error.h"

#include "gossip-fixture.h"

#define SECOND G_USEC_PER_SEC

/* v1.1, The Score Function: each part by itself. */

typedef struct
{
  MeshGossipScoreParams params;
  MeshGossipTopicParams topic_params;
  MeshGossipScore *score;
  MeshGossipScoreTopic *topic;
  MeshPeerId *id;
  MeshGossipScorePeer *peer;
} Fixture;

/* Nothing counts, everything decays by half a second. */
static void
set_up (Fixture *f)
{
  g_autoptr (MeshKeypair) keypair = gossip_keypair (1);
  const MeshGossipScoreParams params = { .app_weight = 1,
                                         .ip_threshold = 2,
                                         .behaviour_decay = 0.5,
                                         .decay_interval_us = SECOND,
                                         .decay_to_zero = 0.01,
                                         .retain_us = 100 * SECOND,
                                         .max_retained = 4 };
  const MeshGossipTopicParams topic = { .weight = 1,
                                        .time_quantum_us = SECOND,
                                        .first_decay = 0.5,
                                        .mesh_decay = 0.5,
                                        .failure_decay = 0.5,
                                        .invalid_decay = 0.5,
                                        .first_cap = 10,
                                        .mesh_cap = 10 };

  f->params = params;
  f->topic_params = topic;
  f->id = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
}

static void
start (Fixture *f)
{
  g_assert_true (mesh_gossip_params_check_score (&f->params, NULL));
  g_assert_true (mesh_gossip_params_check_topic (&f->topic_params, NULL));
  f->score = mesh_gossip_score_new (&f->params);
  f->topic = mesh_gossip_score_topic (f->score, "topic", &f->topic_params);
  f->peer = mesh_gossip_score_add (f->score, f->id, NULL, 0, 0);
}

static void
tear_down (Fixture *f)
{
  if (f->peer != NULL)
    mesh_gossip_score_remove (f->score, f->peer, G_MAXINT64 / 2);
  mesh_gossip_score_free (f->score);
  mesh_peer_id_unref (f->id);
}

static double
get (Fixture *f, gint64 now_us)
{
  return mesh_gossip_score_get (f->score, f->peer, now_us);
}

static void
test_time_in_mesh (void)
{
  Fixture f;

  set_up (&f);
  f.topic_params.time_weight = 2;
  f.topic_params.time_cap = 5;
  f.topic_params.weight = 0.5;
  start (&f);
  g_assert_cmpfloat (get (&f, 10 * SECOND), ==, 0);
  mesh_gossip_score_graft (f.score, f.peer, f.topic, 10 * SECOND);
  g_assert_cmpfloat (get (&f, 10 * SECOND + SECOND / 2), ==, 0);
  g_assert_cmpfloat (get (&f, 13 * SECOND), ==, 3);
  g_assert_cmpfloat (get (&f, 100 * SECOND), ==, 5); /* the cap */
  mesh_gossip_score_prune (f.score, f.peer, f.topic, 100 * SECOND);
  g_assert_cmpfloat (get (&f, 100 * SECOND), ==, 0);
  tear_down (&f);
}

static void
test_first_deliveries (void)
{
  Fixture f;

  set_up (&f);
  f.topic_params.first_weight = 3;
  start (&f);
  for (guint i = 0; i < 8; i++)
    mesh_gossip_score_first (f.score, f.peer, f.topic, 0);
  g_assert_cmpfloat (get (&f, 0), ==, 24);
  g_assert_cmpfloat (get (&f, SECOND), ==, 12);
  g_assert_cmpfloat (get (&f, 3 * SECOND - 1), ==, 6);
  for (guint i = 0; i < 100; i++)
    mesh_gossip_score_first (f.score, f.peer, f.topic, 3 * SECOND);
  g_assert_cmpfloat (get (&f, 3 * SECOND), ==, 30); /* the cap */
  g_assert_cmpfloat (get (&f, 20 * SECOND), ==, 0); /* decayed to zero */
  tear_down (&f);
}

static void
test_mesh_deliveries (void)
{
  Fixture f;

  set_up (&f);
  f.topic_params.mesh_weight = -1;
  f.topic_params.mesh_threshold = 4;
  f.topic_params.mesh_window_us = 1000;
  f.topic_params.mesh_activation_us = 5 * SECOND;
  f.topic_params.mesh_decay = 0.999999; /* none to speak of */
  f.topic_params.failure_weight = -10;
  f.topic_params.failure_decay = 0.999999;
  start (&f);
  g_assert_true (mesh_gossip_score_has_p3 (f.topic));
  mesh_gossip_score_first (f.score, f.peer, f.topic, 0); /* not in the mesh: no matter */
  mesh_gossip_score_graft (f.score, f.peer, f.topic, 0);
  g_assert_cmpfloat (get (&f, 5 * SECOND), ==, 0); /* not active yet */
  g_assert_cmpfloat (get (&f, 6 * SECOND), ==, -16);
  mesh_gossip_score_first (f.score, f.peer, f.topic, 6 * SECOND);
  g_assert_cmpfloat_with_epsilon (get (&f, 6 * SECOND), -9, 0.01);
  mesh_gossip_score_again (f.score, f.peer, f.topic, 6 * SECOND - 1000, 6 * SECOND);
  g_assert_cmpfloat_with_epsilon (get (&f, 6 * SECOND), -4, 0.01);
  mesh_gossip_score_again (f.score, f.peer, f.topic, 6 * SECOND - 1001, 6 * SECOND);
  g_assert_cmpfloat_with_epsilon (get (&f, 6 * SECOND), -4, 0.01); /* too late */
  /* P3b: pruned with a deficit of 2 */
  mesh_gossip_score_prune (f.score, f.peer, f.topic, 6 * SECOND);
  g_assert_cmpfloat_with_epsilon (get (&f, 6 * SECOND), -40, 0.1);
  tear_down (&f);
}

static void
test_invalid (void)
{
  Fixture f;

  set_up (&f);
  f.topic_params.invalid_weight = -2;
  start (&f);
  for (guint i = 0; i < 4; i++)
    mesh_gossip_score_invalid (f.score, f.peer, f.topic, 0);
  g_assert_cmpfloat (get (&f, 0), ==, -32); /* the square */
  g_assert_cmpfloat (get (&f, SECOND), ==, -8);
  tear_down (&f);
}

static void
test_cap (void)
{
  Fixture f;

  set_up (&f);
  f.topic_params.first_weight = 100;
  f.params.topic_cap = 50;
  f.params.app_weight = 2;
  start (&f);
  mesh_gossip_score_first (f.score, f.peer, f.topic, 0);
  g_assert_cmpfloat (get (&f, 0), ==, 50);
  mesh_gossip_score_set_app (f.peer, -10); /* P5 is not capped */
  g_assert_cmpfloat (get (&f, 0), ==, 30);
  tear_down (&f);
}

static void
test_behaviour (void)
{
  Fixture f;

  set_up (&f);
  f.params.behaviour_weight = -3;
  f.params.behaviour_threshold = 1;
  start (&f);
  mesh_gossip_score_penalise (f.score, f.peer, 1, 0);
  g_assert_cmpfloat (get (&f, 0), ==, 0); /* one for free */
  mesh_gossip_score_penalise (f.score, f.peer, 2, 0);
  g_assert_cmpfloat (get (&f, 0), ==, -12);
  g_assert_cmpfloat (get (&f, SECOND), ==, -0.75);
  g_assert_cmpfloat (get (&f, 2 * SECOND), ==, 0);
  tear_down (&f);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *what;
    guint8 ip[16];
    gsize len;
    gboolean is_counted;
  } cases[] = {
    { "public IPv4", { 203, 0, 113, 7 }, 4, TRUE },
    { "office", { 10, 1, 2, 3 }, 4, FALSE },
    { "office", { 172, 31, 2, 3 }, 4, FALSE },
    { "not an office", { 172, 32, 2, 3 }, 4, TRUE },
    { "home", { 192, 168, 0, 9 }, 4, FALSE },
    { "loopback", { 127, 0, 0, 1 }, 4, FALSE },
    { "link-local", { 169, 254, 3, 4 }, 4, FALSE },
    { "carrier", { 100, 64, 3, 4 }, 4, FALSE },
    { "under test", { 198, 19, 3, 4 }, 4, FALSE },
    { "exempt", { 198, 51, 100, 20 }, 4, FALSE },
    { "beside it", { 198, 51, 101, 20 }, 4, TRUE },
    { "public IPv6", { 0x20, 0x01, 0x0d, 0xb8 }, 16, TRUE },
    { "IPv6 loopback", { [15] = 1 }, 16, FALSE },
    { "IPv6 link-local", { 0xfe, 0x80, [15] = 9 }, 16, FALSE },
    { "IPv6 private", { 0xfd, 0x12, [15] = 9 }, 16, FALSE },
    { "IPv4 in IPv6", { [10] = 0xff, [11] = 0xff, [12] = 203, [15] = 1 }, 16, TRUE },
    { "office in IPv6", { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1 }, 16, FALSE },
    { "none", { 0 }, 0, FALSE },
  };
  static const guint8 net[] = { 198, 51, 100, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MeshGossipScorePeer *peers[5];
      MeshPeerId *ids[5];
      Fixture f;

      g_test_message ("%s", cases[i].what);
      set_up (&f);
      f.params.ip_weight = -1;
      start (&f);
      g_assert_true (mesh_gossip_score_exempt_net (f.score, net, 4, 24, NULL));
      for (guint j = 0; j < 5; j++)
        {
          g_autoptr (MeshKeypair) keypair = gossip_keypair (10 + j);
          guint8 ip[16];

          memcpy (ip, cases[i].ip, 16);
          if (cases[i].len == 16 && ip[10] != 0xff && ip[15] != 1)
            ip[15] = (guint8) j; /* one /64 is one place */
          ids[j]
              = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
          peers[j] = mesh_gossip_score_add (f.score, ids[j], ip, cases[i].len, 0);
        }
      /* 5 peers where 2 are free: the square of 3 */
      g_assert_cmpfloat (mesh_gossip_score_get (f.score, peers[0], 0), ==,
                         cases[i].is_counted ? -9 : 0);
      for (guint j = 0; j < 3; j++)
        mesh_gossip_score_remove (f.score, peers[j], 0);
      g_assert_cmpfloat (mesh_gossip_score_get (f.score, peers[4], 0), ==, 0);
      mesh_gossip_score_remove (f.score, peers[3], 0);
      mesh_gossip_score_remove (f.score, peers[4], 0);
      g_assert_cmpuint (mesh_gossip_score_get_n_ips (f.score), ==, 0);
      for (guint j = 0; j < 5; j++)
        mesh_peer_id_unref (ids[j]);
      tear_down (&f);
    }
}

static void
test_exempt_bounds (void)
{
  static const guint8 net[16] = { 1 };
  g_autoptr (GError) error = NULL;
  Fixture f;

  set_up (&f);
  start (&f);
  g_assert_false (mesh_gossip_score_exempt_net (f.score, net, 4, 33, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (mesh_gossip_score_exempt_net (f.score, net, 5, 8, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
  g_clear_error (&error);
  for (guint i = 0; i < MESH_GOSSIP_MAX_EXEMPT_NETS; i++)
    g_assert_true (mesh_gossip_score_exempt_net (f.score, net, 16, 128, NULL));
  g_assert_false (mesh_gossip_score_exempt_net (f.score, net, 16, 128, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_LIMIT);
  tear_down (&f);
}

/* A peer can not wash itself clean by reconnecting. */
static void
test_retained (void)
{
  Fixture f;

  set_up (&f);
  f.topic_params.invalid_weight = -1;
  f.topic_params.invalid_decay = 0.999999;
  f.topic_params.first_weight = 1000;
  start (&f);
  mesh_gossip_score_first (f.score, f.peer, f.topic, 0);
  mesh_gossip_score_invalid (f.score, f.peer, f.topic, 0);
  g_assert_cmpfloat (get (&f, 0), ==, 999);
  mesh_gossip_score_remove (f.score, f.peer, 0);
  g_assert_cmpuint (mesh_gossip_score_get_n_retained (f.score), ==, 1);
  f.peer = mesh_gossip_score_add (f.score, f.id, NULL, 0, 50 * SECOND);
  g_assert_cmpuint (mesh_gossip_score_get_n_retained (f.score), ==, 0);
  g_assert_cmpfloat_with_epsilon (get (&f, 50 * SECOND), -1, 0.01); /* nor keep praise */
  mesh_gossip_score_remove (f.score, f.peer, 50 * SECOND);
  f.peer = mesh_gossip_score_add (f.score, f.id, NULL, 0, 150 * SECOND);
  g_assert_cmpfloat (get (&f, 150 * SECOND), ==, 0); /* forgotten in the end */
  tear_down (&f);
}

static void
test_retained_bound (void)
{
  Fixture f;

  set_up (&f);
  f.params.behaviour_weight = -1;
  start (&f);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (MeshKeypair) keypair = gossip_keypair (100 + i);
      g_autoptr (MeshPeerId) id
          = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
      MeshGossipScorePeer *peer = mesh_gossip_score_add (f.score, id, NULL, 0, 0);

      mesh_gossip_score_penalise (f.score, peer, 5, 0);
      mesh_gossip_score_remove (f.score, peer, 0);
    }
  g_assert_cmpuint (mesh_gossip_score_get_n_retained (f.score), ==, 4);
  tear_down (&f);
}

/* The defaults: what a peer may do before it is noticed. docs/protocols/gossip.md */
static void
test_defaults (void)
{
  const MeshGossipScoreParams params = MESH_GOSSIP_SCORE_PARAMS_DEFAULT;
  const MeshGossipTopicParams topic = MESH_GOSSIP_TOPIC_PARAMS_LOW_RATE;
  const MeshGossipThresholds thresholds = MESH_GOSSIP_THRESHOLDS_DEFAULT;
  Fixture f;

  set_up (&f);
  f.params = params;
  f.topic_params = topic;
  start (&f);
  g_assert_false (mesh_gossip_score_has_p3 (f.topic));
  /* silence is no fault: a day in the mesh without a message */
  mesh_gossip_score_graft (f.score, f.peer, f.topic, 0);
  g_assert_cmpfloat (get (&f, 24 * 3600 * G_GINT64_CONSTANT (1000000)), ==, 3);
  mesh_gossip_score_prune (f.score, f.peer, f.topic,
                           24 * 3600 * G_GINT64_CONSTANT (1000000));
  mesh_gossip_score_remove (f.score, f.peer, 24 * 3600 * G_GINT64_CONSTANT (1000000));
  f.peer = mesh_gossip_score_add (f.score, f.id, NULL, 0,
                                  24 * 3600 * G_GINT64_CONSTANT (1000000));
  mesh_gossip_score_invalid (f.score, f.peer, f.topic,
                             24 * 3600 * G_GINT64_CONSTANT (1000000));
  g_assert_cmpfloat (get (&f, 24 * 3600 * G_GINT64_CONSTANT (1000000)), <,
                     thresholds.gossip);
  mesh_gossip_score_invalid (f.score, f.peer, f.topic,
                             24 * 3600 * G_GINT64_CONSTANT (1000000));
  mesh_gossip_score_invalid (f.score, f.peer, f.topic,
                             24 * 3600 * G_GINT64_CONSTANT (1000000));
  g_assert_cmpfloat (get (&f, 24 * 3600 * G_GINT64_CONSTANT (1000000)), <,
                     thresholds.graylist);
  /* and is forgiven in two hours */
  g_assert_cmpfloat (get (&f, 26 * 3600 * G_GINT64_CONSTANT (1000000)), >=, -0.1);
  tear_down (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/score/p1", test_time_in_mesh);
  g_test_add_func ("/gossip/score/p2", test_first_deliveries);
  g_test_add_func ("/gossip/score/p3", test_mesh_deliveries);
  g_test_add_func ("/gossip/score/p4", test_invalid);
  g_test_add_func ("/gossip/score/p5-cap", test_cap);
  g_test_add_func ("/gossip/score/p6", test_addresses);
  g_test_add_func ("/gossip/score/p6-bounds", test_exempt_bounds);
  g_test_add_func ("/gossip/score/p7", test_behaviour);
  g_test_add_func ("/gossip/score/retained", test_retained);
  g_test_add_func ("/gossip/score/retained-bound", test_retained_bound);
  g_test_add_func ("/gossip/score/defaults", test_defaults);
  return g_test_run ();
}
