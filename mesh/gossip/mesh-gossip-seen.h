/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-message.h"

/* The messages of the last two minutes, by id: what became of each, and who sent it while
 * that was not yet known. The ids are chosen by others, so they are hashed with a key. */
typedef struct MeshGossipSeen MeshGossipSeen;

#define MESH_GOSSIP_SEEN_KEY_BYTES 16
/* Senders remembered of a message that waits for its verdict. */
#define MESH_GOSSIP_SEEN_MAX_SENDERS 64

typedef enum
{
  MESH_GOSSIP_SEEN_WAITING, /* for the verdict of a validator */
  MESH_GOSSIP_SEEN_VALID,
  MESH_GOSSIP_SEEN_INVALID,
  MESH_GOSSIP_SEEN_IGNORED,
} MeshGossipSeenState;

typedef struct
{
  gint64 first_us;
  gint64 decided_us;  /* of the verdict */
  GPtrArray *senders; /* (owned) (nullable) (element-type MeshPeerId): while it matters */
  guint64 hash;
  guint8 state; /* a MeshGossipSeenState */
  guint8 id_len;
  guint8 id[MESH_GOSSIP_MESSAGE_MAX_ID_BYTES];
} MeshGossipSeenEntry;

/**
 * mesh_gossip_seen_new:
 * @max: entries kept; the oldest goes first
 * @ttl_us: how long an entry is kept
 */
MeshGossipSeen *mesh_gossip_seen_new (guint max,
                                      gint64 ttl_us,
                                      const guint8 key[MESH_GOSSIP_SEEN_KEY_BYTES])
    G_GNUC_WARN_UNUSED_RESULT;
void mesh_gossip_seen_free (MeshGossipSeen *seen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshGossipSeen, mesh_gossip_seen_free)

guint mesh_gossip_seen_get_length (const MeshGossipSeen *seen);

/**
 * mesh_gossip_seen_lookup:
 *
 * Returns: (transfer none) (nullable): the entry, until the next call for @seen
 */
MeshGossipSeenEntry *mesh_gossip_seen_lookup (MeshGossipSeen *seen,
                                              const guint8 *id,
                                              gsize len,
                                              gint64 now_us);

/**
 * mesh_gossip_seen_add:
 * @id: at most %MESH_GOSSIP_MESSAGE_MAX_ID_BYTES, not in @seen
 *
 * Returns: (transfer none): the new entry, until the next call for @seen
 */
MeshGossipSeenEntry *mesh_gossip_seen_add (MeshGossipSeen *seen,
                                           const guint8 *id,
                                           gsize len,
                                           MeshGossipSeenState state,
                                           gint64 now_us);

/* Notes one more sender of a message that waits. */
void mesh_gossip_seen_add_sender (MeshGossipSeenEntry *entry, MeshPeerId *peer);

/* Forgets what is too old. */
void mesh_gossip_seen_expire (MeshGossipSeen *seen, gint64 now_us);
