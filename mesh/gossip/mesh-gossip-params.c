/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-params.h"

#include "base/mesh-error.h"

typedef struct
{
  gboolean holds;
  const char *text;
} Constraint;

/* For numbers, so that NaN holds nowhere. */
#define IS_DECAY(x) ((x) > 0 && (x) < 1)

static gboolean
check (const Constraint *constraints, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!constraints[i].holds)
      {
        g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                     "These gossip parameters can not work: %s", constraints[i].text);
        return FALSE;
      }
  return TRUE;
}

gboolean
mesh_gossip_params_check (const MeshGossipParams *p, GError **error)
{
  const Constraint constraints[] = {
    { p->d_lo <= p->d && p->d <= p->d_hi, "d_lo <= d <= d_hi must hold" },
    { p->d_score <= p->d_hi, "d_score is more than d_hi" },
    { p->d == 0 || (p->d_out < p->d_lo && p->d_out <= p->d / 2),
      "d_out must be less than d_lo and at most half of d" },
    { p->gossip_factor >= 0 && p->gossip_factor <= 1, "gossip_factor is not in 0 … 1" },
    { p->heartbeat_us > 0, "heartbeat_us is not positive" },
    { p->history_gossip > 0 && p->history_gossip <= p->history_length
          && p->history_length <= 64,
      "0 < history_gossip <= history_length <= 64 must hold" },
    { p->seen_ttl_us >= p->heartbeat_us * (gint64) p->history_length,
      "seen_ttl_us is shorter than the history" },
    { p->fanout_ttl_us > 0 && p->prune_backoff_us > 0 && p->unsubscribe_backoff_us > 0
          && p->iwant_followup_us > 0 && p->validation_timeout_us > 0,
      "a duration is not positive" },
    { p->prune_backoff_us <= MESH_GOSSIP_MAX_BACKOFF_US
          && p->unsubscribe_backoff_us <= MESH_GOSSIP_MAX_BACKOFF_US,
      "a backoff is longer than an hour" },
    { p->graft_flood_us >= 0 && p->graft_flood_us <= p->prune_backoff_us,
      "graft_flood_us is longer than the backoff" },
    { p->opportunistic_ticks > 0 && p->direct_ticks > 0, "a number of ticks is 0" },
    { p->max_message_bytes > 0
          && p->max_message_bytes <= p->max_rpc_bytes - MIN (p->max_rpc_bytes, 1024),
      "max_message_bytes does not fit max_rpc_bytes" },
    { p->split_rpc_bytes >= 1024 && p->split_rpc_bytes <= p->max_rpc_bytes,
      "split_rpc_bytes must be from 1024 to max_rpc_bytes" },
    { p->max_queue_bytes >= 2 * p->max_message_bytes,
      "max_queue_bytes does not hold two messages" },
    { p->max_peer_topics > 0 && p->max_ihave_ids > 0 && p->max_seen > 0
          && p->max_cached > 0 && p->max_validations > 0 && p->max_peer_validations > 0
          && p->max_authors > 0 && p->max_control > 0,
      "a bound is 0" },
  };

  return check (constraints, G_N_ELEMENTS (constraints), error);
}

gboolean
mesh_gossip_params_check_thresholds (const MeshGossipThresholds *t, GError **error)
{
  const Constraint constraints[] = {
    { t->gossip < 0, "the gossip threshold is not negative" },
    { t->publish <= t->gossip, "the publish threshold is above the gossip threshold" },
    { t->graylist < t->publish, "the graylist threshold is not below that to publish" },
    { t->accept_px >= 0, "the threshold for peer exchange is negative" },
    { t->opportunistic_graft >= 0, "the opportunistic graft threshold is negative" },
  };

  return check (constraints, G_N_ELEMENTS (constraints), error);
}

gboolean
mesh_gossip_params_check_score (const MeshGossipScoreParams *s, GError **error)
{
  const Constraint constraints[] = {
    { s->topic_cap >= 0, "the cap of the topics is negative" },
    { s->app_weight >= 0, "the weight of P5 is negative" },
    { s->ip_weight <= 0, "the weight of P6 is positive" },
    { s->ip_threshold >= 1, "the threshold of P6 is 0" },
    { s->behaviour_weight <= 0, "the weight of P7 is positive" },
    { s->behaviour_threshold >= 0, "the threshold of P7 is negative" },
    { IS_DECAY (s->behaviour_decay), "the decay of P7 is not between 0 and 1" },
    { s->decay_interval_us > 0, "decay_interval_us is not positive" },
    { IS_DECAY (s->decay_to_zero), "decay_to_zero is not between 0 and 1" },
    { s->retain_us >= 0, "retain_us is negative" },
  };

  return check (constraints, G_N_ELEMENTS (constraints), error);
}

gboolean
mesh_gossip_params_check_topic (const MeshGossipTopicParams *t, GError **error)
{
  const Constraint constraints[] = {
    { t->weight >= 0, "the weight of a topic is negative" },
    { t->time_weight >= 0 && t->time_cap >= 0 && t->time_quantum_us > 0,
      "P1 must not be negative" },
    { t->first_weight >= 0 && t->first_cap >= 0 && IS_DECAY (t->first_decay),
      "P2 must not be negative, its decay between 0 and 1" },
    { t->mesh_weight <= 0 && t->mesh_threshold >= 0 && t->mesh_cap >= t->mesh_threshold
          && t->mesh_window_us >= 0 && t->mesh_activation_us >= 0
          && IS_DECAY (t->mesh_decay),
      "P3 must not be positive, its decay between 0 and 1" },
    { t->failure_weight <= 0 && IS_DECAY (t->failure_decay),
      "P3b must not be positive, its decay between 0 and 1" },
    { t->invalid_weight <= 0 && IS_DECAY (t->invalid_decay),
      "P4 must not be positive, its decay between 0 and 1" },
  };

  return check (constraints, G_N_ELEMENTS (constraints), error);
}
