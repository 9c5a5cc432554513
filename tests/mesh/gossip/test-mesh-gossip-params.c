/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-params.h"

#include <math.h>

#include "base/mesh-error.h"

static void
test_defaults (void)
{
  const MeshGossipParams params = MESH_GOSSIP_PARAMS_DEFAULT;
  const MeshGossipThresholds thresholds = MESH_GOSSIP_THRESHOLDS_DEFAULT;
  const MeshGossipScoreParams score = MESH_GOSSIP_SCORE_PARAMS_DEFAULT;
  const MeshGossipTopicParams topic = MESH_GOSSIP_TOPIC_PARAMS_LOW_RATE;
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_gossip_params_check (&params, &error));
  g_assert_no_error (error);
  g_assert_true (mesh_gossip_params_check_thresholds (&thresholds, &error));
  g_assert_no_error (error);
  g_assert_true (mesh_gossip_params_check_score (&score, &error));
  g_assert_no_error (error);
  g_assert_true (mesh_gossip_params_check_topic (&topic, &error));
  g_assert_no_error (error);
  /* v1.0 "Parameters", and what the mission asks for */
  g_assert_cmpuint (params.d, ==, 6);
  g_assert_cmpuint (params.d_lo, ==, 5);
  g_assert_cmpuint (params.d_hi, ==, 12);
  g_assert_cmpuint (params.d_lazy, ==, 6);
  g_assert_cmpint (params.heartbeat_us, ==, G_USEC_PER_SEC);
  g_assert_cmpint (params.seen_ttl_us, ==, 120 * G_USEC_PER_SEC);
  g_assert_cmpfloat (topic.mesh_weight, ==, 0);
}

#define REFUSES(Type, DEFAULT, function, change) \
  G_STMT_START \
  { \
    Type p = DEFAULT; \
    g_autoptr (GError) error = NULL; \
    change; \
    g_assert_false (function (&p, &error)); \
    g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID); \
  } \
  G_STMT_END

#define REFUSES_PARAMS(change) \
  REFUSES (MeshGossipParams, MESH_GOSSIP_PARAMS_DEFAULT, mesh_gossip_params_check, change)
#define REFUSES_THRESHOLDS(change) \
  REFUSES (MeshGossipThresholds, MESH_GOSSIP_THRESHOLDS_DEFAULT, \
           mesh_gossip_params_check_thresholds, change)
#define REFUSES_SCORE(change) \
  REFUSES (MeshGossipScoreParams, MESH_GOSSIP_SCORE_PARAMS_DEFAULT, \
           mesh_gossip_params_check_score, change)
#define REFUSES_TOPIC(change) \
  REFUSES (MeshGossipTopicParams, MESH_GOSSIP_TOPIC_PARAMS_LOW_RATE, \
           mesh_gossip_params_check_topic, change)

static void
test_router (void)
{
  REFUSES_PARAMS (p.d_lo = 7);
  REFUSES_PARAMS (p.d_hi = 5);
  REFUSES_PARAMS (p.d_out = 5);
  REFUSES_PARAMS (p.d_out = 4); /* more than half of d */
  REFUSES_PARAMS (p.gossip_factor = 1.5);
  REFUSES_PARAMS (p.gossip_factor = NAN);
  REFUSES_PARAMS (p.heartbeat_us = 0);
  REFUSES_PARAMS (p.history_gossip = 6);
  REFUSES_PARAMS (p.seen_ttl_us = 4 * G_USEC_PER_SEC);
  REFUSES_PARAMS (p.prune_backoff_us = MESH_GOSSIP_MAX_BACKOFF_US + 1);
  REFUSES_PARAMS (p.graft_flood_us = p.prune_backoff_us + 1);
  REFUSES_PARAMS (p.max_message_bytes = p.max_rpc_bytes);
  REFUSES_PARAMS (p.split_rpc_bytes = 100);
  REFUSES_PARAMS (p.max_queue_bytes = p.max_message_bytes);
  REFUSES_PARAMS (p.max_seen = 0);
}

static void
test_thresholds (void)
{
  REFUSES_THRESHOLDS (p.gossip = 0);
  REFUSES_THRESHOLDS (p.publish = p.gossip + 1);
  REFUSES_THRESHOLDS (p.graylist = p.publish);
  REFUSES_THRESHOLDS (p.accept_px = -1);
  REFUSES_THRESHOLDS (p.opportunistic_graft = -1);
  REFUSES_THRESHOLDS (p.graylist = NAN);
}

static void
test_scores (void)
{
  REFUSES_SCORE (p.app_weight = -1);
  REFUSES_SCORE (p.ip_weight = 1);
  REFUSES_SCORE (p.ip_threshold = 0);
  REFUSES_SCORE (p.behaviour_weight = 1);
  REFUSES_SCORE (p.behaviour_decay = 1);
  REFUSES_SCORE (p.decay_to_zero = 0);
  REFUSES_SCORE (p.decay_interval_us = 0);
  REFUSES_TOPIC (p.time_quantum_us = 0);
  REFUSES_TOPIC (p.first_weight = -1);
  REFUSES_TOPIC (p.mesh_weight = 1);
  REFUSES_TOPIC (p.mesh_threshold = 1); /* above its cap */
  REFUSES_TOPIC (p.failure_weight = 1);
  REFUSES_TOPIC (p.invalid_weight = 1);
  REFUSES_TOPIC (p.invalid_decay = 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/params/defaults", test_defaults);
  g_test_add_func ("/gossip/params/router", test_router);
  g_test_add_func ("/gossip/params/thresholds", test_thresholds);
  g_test_add_func ("/gossip/params/scores", test_scores);
  return g_test_run ();
}
