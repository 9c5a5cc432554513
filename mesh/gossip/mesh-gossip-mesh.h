/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-private.h"
#include "gossip/mesh-gossip-rpc.h"

/* Topics, who is subscribed to them, and our mesh and fanout of each (v1.0, Router State
 * and Topic Membership; v1.1, PRUNE Backoff and Peer Exchange). */

/* Returns: (transfer none) (nullable). */
MeshGossipTopic *
mesh_gossip_mesh_find (const MeshGossip *gossip, const char *name, gsize len);

/**
 * mesh_gossip_mesh_ensure:
 * @is_ours: whether the bound on topics does not hold
 *
 * Returns: (transfer none) (nullable): the topic, %NULL when there are too many
 */
MeshGossipTopic *mesh_gossip_mesh_ensure (MeshGossip *gossip,
                                          const char *name,
                                          gsize len,
                                          gboolean is_ours);

/* Frees the topic when nobody has to do with it any more. */
void mesh_gossip_mesh_release (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us);
void mesh_gossip_mesh_free_topic (gpointer topic);

/* A peer said that it subscribes, or not any more. */
void mesh_gossip_mesh_handle_subscription (MeshGossip *gossip,
                                           MeshGossipPeer *peer,
                                           const MeshGossipRpcItem *item,
                                           gint64 now_us);

/* The peer is gone: takes it out of every topic. */
void mesh_gossip_mesh_forget (MeshGossip *gossip, MeshGossipPeer *peer, gint64 now_us);

/* Into our mesh, or out of it, without telling the peer. */
void mesh_gossip_mesh_add (MeshGossip *gossip,
                           MeshGossipTopic *topic,
                           MeshGossipPeer *peer,
                           gint64 now_us);
void mesh_gossip_mesh_remove (MeshGossip *gossip,
                              MeshGossipTopic *topic,
                              MeshGossipPeer *peer,
                              gint64 now_us);

/* Into our mesh, and tells the peer. */
void mesh_gossip_mesh_graft (MeshGossip *gossip,
                             MeshGossipTopic *topic,
                             MeshGossipPeer *peer,
                             gint64 now_us);

/**
 * mesh_gossip_mesh_prune:
 * @backoff_us: for how long neither side grafts again
 * @is_px: whether the peer is told of others
 *
 * Out of our mesh when it is in it, and tells the peer.
 */
void mesh_gossip_mesh_prune (MeshGossip *gossip,
                             MeshGossipTopic *topic,
                             MeshGossipPeer *peer,
                             gint64 backoff_us,
                             gboolean is_px,
                             gint64 now_us);

/* Notes until when @peer is not grafted; never moves it back. */
void
mesh_gossip_mesh_back_off (MeshGossipTopic *topic, MeshGossipPeer *peer, gint64 until_us);

/* Returns: until when @peer is not to be grafted, %G_MININT64 when it may be. */
gint64
mesh_gossip_mesh_get_backoff (const MeshGossipTopic *topic, const MeshGossipPeer *peer);

typedef enum
{
  MESH_GOSSIP_MESH_ANY = 0,
  MESH_GOSSIP_MESH_OUTBOUND = 1 << 0, /* that we dialed */
} MeshGossipMeshFlags;

/**
 * mesh_gossip_mesh_select:
 * @min_score: of those selected
 *
 * Returns: (transfer full) (element-type MeshGossipPeer): subscribers that may be
 * grafted: not in the mesh, not direct, no backoff running; shuffled
 */
GPtrArray *mesh_gossip_mesh_select (MeshGossip *gossip,
                                    MeshGossipTopic *topic,
                                    MeshGossipMeshFlags flags,
                                    double min_score,
                                    gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/* We subscribe, or not any more. */
void mesh_gossip_mesh_join (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us);
void mesh_gossip_mesh_leave (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us);

/* Fills the fanout up to D with peers we may publish to. */
void
mesh_gossip_mesh_fill_fanout (MeshGossip *gossip, MeshGossipTopic *topic, gint64 now_us);
void mesh_gossip_mesh_drop_fanout (MeshGossip *gossip, MeshGossipTopic *topic);
