/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-private.h"

/* The way of a message: checked, judged, delivered, passed on (v1.0, Message Processing;
 * v1.1, Extended Validators and Flood Publishing). */

/**
 * mesh_gossip_forward_handle:
 * @raw: one message, inside @container
 */
void mesh_gossip_forward_handle (MeshGossip *gossip,
                                 MeshGossipPeer *peer,
                                 const guint8 *raw,
                                 gsize len,
                                 GBytes *container,
                                 gint64 now_us);

/* The verdict on a message that waits; nothing when none waits under @handle. */
void mesh_gossip_forward_decide (MeshGossip *gossip,
                                 guint64 handle,
                                 MeshGossipVerdict verdict,
                                 gint64 now_us);

/* Ignores what waited too long for its verdict. */
void mesh_gossip_forward_expire (MeshGossip *gossip, gint64 now_us);

/* Sends a message of ours. Returns: to how many peers. */
guint mesh_gossip_forward_publish (MeshGossip *gossip,
                                   MeshGossipTopic *topic,
                                   MeshGossipMessage *msg,
                                   gint64 now_us);

void mesh_gossip_forward_free_validation (gpointer validation);
