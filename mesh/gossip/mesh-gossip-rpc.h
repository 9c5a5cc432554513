/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-cursor.h"

/* The RPC of gossipsub (proto/gossip.proto, specs/pubsub and gossipsub v1.0, v1.1), read
 * item by item without copying or allocating: a megabyte of two-byte submessages costs no
 * memory. Written as fragments, which the outbox puts together into RPCs that fit. */

typedef enum
{
  MESH_GOSSIP_RPC_END,
  MESH_GOSSIP_RPC_SUBSCRIPTION, /* topic, is_on */
  MESH_GOSSIP_RPC_MESSAGE,      /* body: one Message */
  MESH_GOSSIP_RPC_IHAVE,        /* topic, body: for mesh_gossip_rpc_next_id() */
  MESH_GOSSIP_RPC_IWANT,        /* body: for mesh_gossip_rpc_next_id() */
  MESH_GOSSIP_RPC_GRAFT,        /* topic */
  MESH_GOSSIP_RPC_PRUNE, /* topic, backoff_s, body: for mesh_gossip_rpc_next_peer() */
  MESH_GOSSIP_RPC_MALFORMED,
} MeshGossipRpcKind;

/* Everything is borrowed from the RPC. */
typedef struct
{
  MeshGossipRpcKind kind;
  const char *topic; /* (unowned) (nullable): not terminated; %NULL when it is missing */
  gsize topic_len;
  gboolean is_on;
  guint64 backoff_s; /* 0: not said */
  MeshCursor body;
} MeshGossipRpcItem;

typedef struct
{
  MeshCursor rpc;
  MeshCursor control;
} MeshGossipRpcReader;

static inline MeshGossipRpcReader
mesh_gossip_rpc_reader (const guint8 *data, gsize len)
{
  return (MeshGossipRpcReader){ .rpc = mesh_cursor_init (data, len) };
}

/**
 * mesh_gossip_rpc_next:
 * @item: (out caller-allocates): the next item; fields that are not known are skipped
 *
 * Returns: what it is; after MALFORMED the reader must not be used
 */
MeshGossipRpcKind
mesh_gossip_rpc_next (MeshGossipRpcReader *reader, MeshGossipRpcItem *item);

/**
 * mesh_gossip_rpc_next_id:
 * @item: an IHAVE or IWANT; its body is advanced
 *
 * Returns: %FALSE at the end, or where the body is malformed
 */
gboolean mesh_gossip_rpc_next_id (MeshGossipRpcItem *item, const guint8 **id, gsize *len);

/**
 * mesh_gossip_rpc_next_peer:
 * @item: a PRUNE; its body is advanced
 * @id: (out): the bytes of a peer id
 * @record: (out) (nullable): a signed peer record
 *
 * Returns: %FALSE at the end, or where the body is malformed
 */
gboolean mesh_gossip_rpc_next_peer (MeshGossipRpcItem *item,
                                    const guint8 **id,
                                    gsize *id_len,
                                    const guint8 **record,
                                    gsize *record_len);

/**
 * mesh_gossip_rpc_check:
 * @error: %MESH_ERROR_PROTOCOL
 *
 * Walks through all of an RPC except the inside of its messages.
 */
gboolean mesh_gossip_rpc_check (const guint8 *data,
                                gsize len,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fragments of an RPC: they may follow one another in any number. */

GBytes *mesh_gossip_rpc_subscription (const char *topic,
                                      gboolean is_on) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mesh_gossip_rpc_message (GBytes *message) G_GNUC_WARN_UNUSED_RESULT;

/* Fragments of its control part, of which an RPC has one: see
 * mesh_gossip_rpc_append_control(). */

/**
 * mesh_gossip_rpc_ihave:
 * @ids: (element-type GBytes): message ids
 */
GBytes *
mesh_gossip_rpc_ihave (const char *topic, const GPtrArray *ids) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mesh_gossip_rpc_iwant (const GPtrArray *ids) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mesh_gossip_rpc_graft (const char *topic) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_rpc_prune:
 * @backoff_s: 0: not said
 * @peers: (nullable) (array length=n_peers): the ids of peers to go to instead
 * @records: (nullable) (array length=n_peers): their signed records, each nullable
 */
GBytes *mesh_gossip_rpc_prune (const char *topic,
                               guint64 backoff_s,
                               GBytes *const *peers,
                               GBytes *const *records,
                               gsize n_peers) G_GNUC_WARN_UNUSED_RESULT;

/* Appends the control part with these fragments in it; nothing when there are none. */
void mesh_gossip_rpc_append_control (GByteArray *rpc, const GByteArray *fragments);
