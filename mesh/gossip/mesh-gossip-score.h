/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-params.h"
#include "peer/mesh-peer-id.h"

/* The score of each peer (v1.1, Peer Scoring): counters that decay, and what they add up
 * to. Decay is computed when a counter is looked at, so that an idle node needs no timer.
 * The score of a departed peer that is not positive is kept for a while. */
typedef struct MeshGossipScore MeshGossipScore;

/* The counters of one peer. */
typedef struct MeshGossipScorePeer MeshGossipScorePeer;

/* A topic that counts; kept as long as the #MeshGossipScore. */
typedef struct MeshGossipScoreTopic MeshGossipScoreTopic;

/* A value. */
typedef struct
{
  double app;
  double behaviour;
  double first;
  double invalid;
  guint same_ip;
} MeshGossipScoreCounters;

/**
 * mesh_gossip_score_new:
 * @params: copied
 */
MeshGossipScore *
mesh_gossip_score_new (const MeshGossipScoreParams *params) G_GNUC_WARN_UNUSED_RESULT;
void mesh_gossip_score_free (MeshGossipScore *score);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshGossipScore, mesh_gossip_score_free)

/**
 * mesh_gossip_score_exempt_net:
 * @error: %MESH_ERROR_INVALID, %MESH_ERROR_LIMIT above %MESH_GOSSIP_MAX_EXEMPT_NETS
 */
gboolean mesh_gossip_score_exempt_net (MeshGossipScore *score,
                                       const guint8 *ip,
                                       gsize ip_len,
                                       guint prefix_bits,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_score_topic:
 * @name: one of our own topics: nobody else adds any
 * @params: copied, and replaces what was there
 *
 * Returns: (transfer none): the topic, the same for the same name
 */
MeshGossipScoreTopic *mesh_gossip_score_topic (MeshGossipScore *score,
                                               const char *name,
                                               const MeshGossipTopicParams *params);

/* Returns: whether late copies of a message count in @topic (P3 or P3b is on). */
gboolean mesh_gossip_score_has_p3 (const MeshGossipScoreTopic *topic);

/**
 * mesh_gossip_score_add:
 * @ip: (nullable): 4 or 16 bytes
 *
 * Returns: (transfer none): the counters of @peer, as it left them when it was here
 * before; until mesh_gossip_score_remove()
 */
MeshGossipScorePeer *mesh_gossip_score_add (MeshGossipScore *score,
                                            MeshPeerId *peer,
                                            const guint8 *ip,
                                            gsize ip_len,
                                            gint64 now_us);
void mesh_gossip_score_remove (MeshGossipScore *score,
                               MeshGossipScorePeer *peer,
                               gint64 now_us);

/* Returns: the number of departed peers whose score is kept. */
guint mesh_gossip_score_get_n_retained (const MeshGossipScore *score);
guint mesh_gossip_score_get_n_ips (const MeshGossipScore *score);

/* O(topics the peer counts in). */
double
mesh_gossip_score_get (MeshGossipScore *score, MeshGossipScorePeer *peer, gint64 now_us);
void mesh_gossip_score_get_counters (MeshGossipScore *score,
                                     MeshGossipScorePeer *peer,
                                     gint64 now_us,
                                     MeshGossipScoreCounters *counters);

/* P5. */
void mesh_gossip_score_set_app (MeshGossipScorePeer *peer, double value);

/* P7: the counter grows by @n. */
void mesh_gossip_score_penalise (MeshGossipScore *score,
                                 MeshGossipScorePeer *peer,
                                 double n,
                                 gint64 now_us);

/* What happened to @peer in @topic: it came into or left our mesh (P1, P3b), was the
 * first to deliver a valid message (P2, P3), delivered one again while that still counts
 * (P3), delivered an invalid one (P4). */
void mesh_gossip_score_graft (MeshGossipScore *score,
                              MeshGossipScorePeer *peer,
                              MeshGossipScoreTopic *topic,
                              gint64 now_us);
void mesh_gossip_score_prune (MeshGossipScore *score,
                              MeshGossipScorePeer *peer,
                              MeshGossipScoreTopic *topic,
                              gint64 now_us);
void mesh_gossip_score_first (MeshGossipScore *score,
                              MeshGossipScorePeer *peer,
                              MeshGossipScoreTopic *topic,
                              gint64 now_us);

/**
 * mesh_gossip_score_again:
 * @decided_us: when the message was accepted; @now_us for one that still waits
 */
void mesh_gossip_score_again (MeshGossipScore *score,
                              MeshGossipScorePeer *peer,
                              MeshGossipScoreTopic *topic,
                              gint64 decided_us,
                              gint64 now_us);
void mesh_gossip_score_invalid (MeshGossipScore *score,
                                MeshGossipScorePeer *peer,
                                MeshGossipScoreTopic *topic,
                                gint64 now_us);
