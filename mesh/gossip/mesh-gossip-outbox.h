/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* What waits to be sent to one peer, as fragments of RPCs: a caller-owned value, all zero
 * when empty. While the peer takes nothing, gossip is given up first, then messages;
 * subscriptions, GRAFT and PRUNE stay, and there is one of each kind for each topic. */

typedef enum
{
  MESH_GOSSIP_OUT_SUBSCRIPTION,
  MESH_GOSSIP_OUT_MESSAGE,
  MESH_GOSSIP_OUT_GRAFT,
  MESH_GOSSIP_OUT_PRUNE,
  MESH_GOSSIP_OUT_IHAVE,
  MESH_GOSSIP_OUT_IWANT,
} MeshGossipOutKind;

typedef struct
{
  GQueue plain;   /* of fragments of the RPC itself: subscriptions and messages */
  GQueue control; /* of fragments of its control part */
  gsize bytes;
} MeshGossipOutbox;

/* What was given up; a value. */
typedef struct
{
  guint n_gossip;
  guint n_messages;
} MeshGossipOutboxLoss;

void mesh_gossip_outbox_clear (MeshGossipOutbox *outbox);

static inline gboolean
mesh_gossip_outbox_is_empty (const MeshGossipOutbox *outbox)
{
  return outbox->plain.length == 0 && outbox->control.length == 0;
}

/**
 * mesh_gossip_outbox_push:
 * @topic: the number of its topic, 0 for none: a later SUBSCRIPTION, GRAFT or PRUNE for
 *   it takes the place of one that waits
 * @fragment: (transfer full)
 * @max_bytes: above it messages are given up, above half of it gossip
 * @loss: added to
 */
void mesh_gossip_outbox_push (MeshGossipOutbox *outbox,
                              MeshGossipOutKind kind,
                              guint64 topic,
                              GBytes *fragment,
                              gsize max_bytes,
                              MeshGossipOutboxLoss *loss);

/**
 * mesh_gossip_outbox_take:
 * @max_bytes: of the RPC, unless one fragment alone is larger
 * @message_bytes: (out): how much of it are messages
 *
 * A single message is handed out as it was pushed, without a copy.
 *
 * Returns: (transfer full) (nullable): the next RPC, %NULL when nothing waits
 */
GBytes *mesh_gossip_outbox_take (MeshGossipOutbox *outbox,
                                 gsize max_bytes,
                                 gsize *message_bytes) G_GNUC_WARN_UNUSED_RESULT;
