/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-message.h"

/* What peers promised by IHAVE and were asked for by IWANT (v1.1, Spam Protection
 * Measures): one random id of each IHAVE is followed up. Whoever delivers it, the promise
 * is kept. */
typedef struct MeshGossipPromises MeshGossipPromises;

/**
 * mesh_gossip_promises_new:
 * @max: promises followed at once; no more are taken on above it
 */
MeshGossipPromises *mesh_gossip_promises_new (guint max) G_GNUC_WARN_UNUSED_RESULT;
void mesh_gossip_promises_free (MeshGossipPromises *promises);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshGossipPromises, mesh_gossip_promises_free)

guint mesh_gossip_promises_get_length (const MeshGossipPromises *promises);

/* Nothing when this peer has promised @id already. */
void mesh_gossip_promises_add (MeshGossipPromises *promises,
                               MeshPeerId *peer,
                               GBytes *id,
                               gint64 until_us);

/* The message came, from whomever. */
void
mesh_gossip_promises_keep (MeshGossipPromises *promises, const guint8 *id, gsize len);

/* The peer is gone: what it promised counts no more. */
void mesh_gossip_promises_forget (MeshGossipPromises *promises, const MeshPeerId *peer);

/**
 * mesh_gossip_promises_take_broken:
 *
 * Returns: (transfer full) (nullable): whoever broke the promise that is longest due
 * before @now_us; that promise is gone
 */
MeshPeerId *mesh_gossip_promises_take_broken (MeshGossipPromises *promises,
                                              gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;
