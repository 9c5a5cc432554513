/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-peer-id.h"

/* A moment for each of many peers, forgotten when it has passed: until when a peer must
 * not be grafted (v1.1, PRUNE Backoff), and how much of its rate an author has used. */
typedef struct MeshGossipTimes MeshGossipTimes;

/**
 * mesh_gossip_times_new:
 * @max: peers remembered; the one added first goes first
 */
MeshGossipTimes *mesh_gossip_times_new (guint max) G_GNUC_WARN_UNUSED_RESULT;
void mesh_gossip_times_free (MeshGossipTimes *times);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshGossipTimes, mesh_gossip_times_free)

guint mesh_gossip_times_get_length (const MeshGossipTimes *times);

/* Returns: the moment of @peer, G_MININT64 when none is known. */
gint64 mesh_gossip_times_get (const MeshGossipTimes *times, const MeshPeerId *peer);

/* Never moves the moment of a peer back. */
void mesh_gossip_times_extend (MeshGossipTimes *times, MeshPeerId *peer, gint64 until_us);

/**
 * mesh_gossip_times_take:
 * @interval_us: how far apart events of one peer may be in the long run
 * @burst: how many may come at once after a pause
 *
 * A token bucket in one number (the generic cell rate algorithm): the moment is when the
 * bucket will be full again.
 *
 * Returns: whether the event may happen; then it is counted
 */
gboolean mesh_gossip_times_take (MeshGossipTimes *times,
                                 MeshPeerId *peer,
                                 gint64 interval_us,
                                 guint burst,
                                 gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets the peers whose moment is not after @now_us. O(n). */
void mesh_gossip_times_expire (MeshGossipTimes *times, gint64 now_us);
