/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-message.h"

/* The message cache (v1.0, Message Cache): the messages of the last heartbeats, to answer
 * IWANT from and to announce by IHAVE, and how often each peer was sent each (v1.1). */
typedef struct MeshGossipCache MeshGossipCache;

typedef enum
{
  MESH_GOSSIP_CACHE_FOUND,
  MESH_GOSSIP_CACHE_MISSING,
  MESH_GOSSIP_CACHE_TOO_OFTEN, /* the peer had it the greatest number of times */
} MeshGossipCacheAnswer;

/**
 * mesh_gossip_cache_new:
 * @length: windows a message is kept for
 * @n_gossip: windows it is announced in
 * @max: messages kept; the oldest goes first
 * @max_bytes: of them all, likewise
 */
MeshGossipCache *mesh_gossip_cache_new (guint length,
                                        guint n_gossip,
                                        guint max,
                                        gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
void mesh_gossip_cache_free (MeshGossipCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshGossipCache, mesh_gossip_cache_free)

guint mesh_gossip_cache_get_length (const MeshGossipCache *cache);
gsize mesh_gossip_cache_get_bytes (const MeshGossipCache *cache);

/* Adds a message to the present window; nothing when its id is there already. */
void mesh_gossip_cache_put (MeshGossipCache *cache, MeshGossipMessage *msg);

/**
 * mesh_gossip_cache_take:
 * @peer: the caller's number for who asks
 * @max_times: how often one peer may have one message
 * @msg: (out) (transfer none): set for FOUND, until the cache changes
 *
 * Counts one more answer to @peer when FOUND.
 */
MeshGossipCacheAnswer mesh_gossip_cache_take (MeshGossipCache *cache,
                                              const guint8 *id,
                                              gsize len,
                                              guint64 peer,
                                              guint max_times,
                                              MeshGossipMessage **msg);

/**
 * mesh_gossip_cache_dup_ids:
 *
 * Returns: (transfer full) (element-type GBytes): the ids to announce in @topic, newest
 *   window first
 */
GPtrArray *mesh_gossip_cache_dup_ids (const MeshGossipCache *cache,
                                      const char *topic) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_cache_shift:
 * @n: heartbeats that passed
 *
 * Opens a new window and drops what fell out of the last.
 */
void mesh_gossip_cache_shift (MeshGossipCache *cache, guint64 n);
