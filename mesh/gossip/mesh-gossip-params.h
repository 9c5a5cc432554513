/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Every number of gossipsub v1.1, with the default and where it comes from. All are plain
 * values: copy a default, change what matters. docs/protocols/gossip.md gives the reasons
 * for those that the specification leaves open. */

/* Bounds that no configuration raises. */
#define MESH_GOSSIP_MAX_TOPIC_BYTES 256
#define MESH_GOSSIP_MAX_PEERS 4096
#define MESH_GOSSIP_MAX_DIRECT_PEERS 64
#define MESH_GOSSIP_MAX_EXEMPT_NETS 64
#define MESH_GOSSIP_MAX_BACKOFF_US \
  (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC) /* asked for by a PRUNE */
#define MESH_GOSSIP_MAX_PX_RECORD_BYTES 16384

/**
 * MeshGossipParams:
 *
 * The router. Start from %MESH_GOSSIP_PARAMS_DEFAULT.
 */
typedef struct
{
  guint d;              /* wanted degree of the mesh of a topic */
  guint d_lo;           /* below it peers are grafted */
  guint d_hi;           /* above it peers are pruned */
  guint d_score;        /* kept by score when pruning; the rest at random */
  guint d_out;          /* kept of those we dialed; < d_lo and <= d / 2 */
  guint d_lazy;         /* least peers gossip is sent to */
  double gossip_factor; /* of the peers outside the mesh, when that is more */

  gint64 heartbeat_us;
  guint history_length; /* heartbeats a message can be asked for by IWANT */
  guint history_gossip; /* heartbeats it is announced by IHAVE */
  gint64 seen_ttl_us;
  gint64 fanout_ttl_us;
  gint64 prune_backoff_us;
  gint64 unsubscribe_backoff_us;
  gint64 graft_flood_us; /* a GRAFT so soon after a PRUNE counts twice in P7 */
  guint prune_peers;     /* told in a PRUNE, and taken from one */
  gboolean is_px;        /* whether a PRUNE of ours names other peers */
  gboolean is_flood_publish;
  guint opportunistic_ticks; /* heartbeats between opportunistic grafts */
  guint opportunistic_peers;
  guint direct_ticks; /* heartbeats between attempts to reach a direct peer */

  gint64 iwant_followup_us; /* a promise not kept by then is a broken one */
  guint max_iwant_replies;  /* of one message to one peer */
  gint64 validation_timeout_us;

  gsize max_rpc_bytes;      /* received; longer ones are refused */
  gsize split_rpc_bytes;    /* sent; longer ones are split between fields */
  gsize max_message_bytes;  /* payload of one message */
  gsize max_queue_bytes;    /* waiting for one peer; half of it for gossip */
  guint max_topics;         /* known of, besides our own */
  guint max_peer_topics;    /* subscriptions of one peer */
  guint max_ihave_ids;      /* taken from one peer between heartbeats, and in one IHAVE */
  guint max_ihave_messages; /* IHAVEs of one peer between heartbeats */
  guint max_iwant_ids;      /* looked up for one peer between heartbeats */
  guint max_control;        /* GRAFTs and PRUNEs of one RPC */
  guint max_seen;           /* message ids remembered */
  guint max_cached;         /* messages kept for IWANT */
  gsize max_cached_bytes;
  guint max_promises;
  guint max_validations;      /* messages waiting for a verdict */
  guint max_peer_validations; /* of those, from one peer */
  guint max_authors;          /* whose rate is remembered */
  guint author_per_minute;    /* messages of one author; 0: no limit */
  guint author_burst;
  guint peer_per_second; /* new messages one neighbour sends or passes on; 0: no limit */
  guint peer_burst;
} MeshGossipParams;

#define MESH_GOSSIP_PARAMS_DEFAULT \
  { \
    .d = 6, .d_lo = 5, .d_hi = 12, .d_score = 4, .d_out = 2, .d_lazy = 6, \
    .gossip_factor = 0.25, .heartbeat_us = G_USEC_PER_SEC, .history_length = 5, \
    .history_gossip = 3, .seen_ttl_us = 120 * G_USEC_PER_SEC, \
    .fanout_ttl_us = 60 * G_USEC_PER_SEC, .prune_backoff_us = 60 * G_USEC_PER_SEC, \
    .unsubscribe_backoff_us = 10 * G_USEC_PER_SEC, \
    .graft_flood_us = 10 * G_USEC_PER_SEC, .prune_peers = 16, .is_px = TRUE, \
    .is_flood_publish = TRUE, .opportunistic_ticks = 60, .opportunistic_peers = 2, \
    .direct_ticks = 300, .iwant_followup_us = 3 * G_USEC_PER_SEC, \
    .max_iwant_replies = 3, .validation_timeout_us = 60 * G_USEC_PER_SEC, \
    .max_rpc_bytes = 1u << 20, .split_rpc_bytes = 60u << 10, \
    .max_message_bytes = 64u << 10, .max_queue_bytes = 1u << 20, .max_topics = 1024, \
    .max_peer_topics = 128, .max_ihave_ids = 5000, .max_ihave_messages = 10, \
    .max_iwant_ids = 5000, .max_control = 256, .max_seen = 16384, .max_cached = 4096, \
    .max_cached_bytes = 8u << 20, .max_promises = 1024, .max_validations = 256, \
    .max_peer_validations = 64, .max_authors = 4096, .author_per_minute = 60, \
    .author_burst = 60, .peer_per_second = 100, .peer_burst = 200 \
  }

/**
 * MeshGossipThresholds:
 *
 * What a score means (v1.1, Score Thresholds).
 */
typedef struct
{
  double gossip;              /* < 0: below it no gossip goes or counts */
  double publish;             /* <= gossip: below it we do not publish to the peer */
  double graylist;            /* < publish: below it everything from it is ignored */
  double accept_px;           /* >= 0: peers it names are believed from here on */
  double opportunistic_graft; /* >= 0: median of a mesh below which better are grafted */
} MeshGossipThresholds;

#define MESH_GOSSIP_THRESHOLDS_DEFAULT \
  { \
    .gossip = -10, .publish = -50, .graylist = -80, .accept_px = 1, \
    .opportunistic_graft = 0.5 \
  }

/**
 * MeshGossipScoreParams:
 *
 * P5 to P7 and what holds for all topics.
 */
typedef struct
{
  double topic_cap;           /* most that all topics together add; 0: no cap */
  double app_weight;          /* P5, > 0 or 0 */
  double ip_weight;           /* P6, < 0 or 0 */
  guint ip_threshold;         /* peers of one public IPv4 address or IPv6 /64 for free */
  guint private_threshold;    /* of one private, link-local or loopback address; 0: all */
  double behaviour_weight;    /* P7, < 0 or 0 */
  double behaviour_threshold; /* of its counter, for free */
  double behaviour_decay;
  gint64 decay_interval_us;
  double decay_to_zero;
  gint64 retain_us; /* the score of a departed peer, when it is not positive */
  guint max_retained;
} MeshGossipScoreParams;

#define MESH_GOSSIP_SCORE_PARAMS_DEFAULT \
  { \
    .topic_cap = 50, .app_weight = 1, .ip_weight = -5, .ip_threshold = 32, \
    .private_threshold = 0, .behaviour_weight = -10, .behaviour_threshold = 1, \
    .behaviour_decay = 0.99, .decay_interval_us = G_USEC_PER_SEC, .decay_to_zero = 0.01, \
    .retain_us = G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC, .max_retained = 4096 \
  }

/**
 * MeshGossipTopicParams:
 *
 * P1 to P4 of one topic. A weight of 0 switches its part off.
 */
typedef struct
{
  double weight; /* of the topic in the score */

  double time_weight; /* P1: time in mesh, >= 0 */
  gint64 time_quantum_us;
  double time_cap;

  double first_weight; /* P2: first deliveries, >= 0 */
  double first_decay;
  double first_cap;

  double mesh_weight; /* P3: too few deliveries, <= 0 */
  double mesh_decay;
  double mesh_threshold;
  double mesh_cap; /* >= mesh_threshold */
  gint64 mesh_window_us;
  gint64 mesh_activation_us;

  double failure_weight; /* P3b: what P3 was when pruned, <= 0 */
  double failure_decay;

  double invalid_weight; /* P4: invalid messages, <= 0 */
  double invalid_decay;
} MeshGossipTopicParams;

/* A topic with a few messages an hour, where silence is no fault: P3 and P3b are off. */
#define MESH_GOSSIP_TOPIC_PARAMS_LOW_RATE \
  { \
    .weight = 1, .time_weight = 0.05, .time_quantum_us = 60 * G_USEC_PER_SEC, \
    .time_cap = 60, .first_weight = 1, .first_decay = 0.9995, .first_cap = 20, \
    .mesh_weight = 0, .mesh_decay = 0.99, .mesh_threshold = 0, .mesh_cap = 0, \
    .mesh_window_us = 5000, .mesh_activation_us = 60 * G_USEC_PER_SEC, \
    .failure_weight = 0, .failure_decay = 0.99, .invalid_weight = -20, \
    .invalid_decay = 0.9987 \
  }

/**
 * mesh_gossip_params_check:
 * @error: %MESH_ERROR_INVALID, naming the first constraint that does not hold
 *
 * The constraints of v1.0 "Parameters" and v1.1 "Overview of New Parameters".
 */
gboolean mesh_gossip_params_check (const MeshGossipParams *params,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_gossip_params_check_thresholds (const MeshGossipThresholds *thresholds,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_gossip_params_check_score (const MeshGossipScoreParams *score,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_gossip_params_check_topic (const MeshGossipTopicParams *topic,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
