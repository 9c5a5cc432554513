/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-keypair.h"
#include "peer/mesh-peer-id.h"

/* One signed pubsub message (specs/pubsub, StrictSign). It is kept as the bytes it came
 * in, and passed on as those.
 *
 * Read by hand, not through protobuf-c: nothing is copied, and what other implementations
 * would encode in another way (fields twice or out of order) is refused, since they
 * verify what they encode and would blame us for passing it on. */

/* Author and sequence number. */
#define MESH_GOSSIP_MESSAGE_MAX_ID_BYTES (MESH_PEER_ID_MAX_BYTES + 8)
/* Bytes of an RPC that are kept in memory with a message for not copying it, besides as
 * many as the message has itself. */
#define MESH_GOSSIP_MESSAGE_MAX_WASTE_BYTES 1024

/* A message in bytes that belong to somebody else; a value. */
typedef struct
{
  const guint8 *raw; /* (unowned): the whole message */
  gsize len;
  const guint8 *from; /* (unowned) */
  gsize from_len;
  guint64 seqno;
  const char *topic; /* (unowned): not terminated */
  gsize topic_len;
  const guint8 *data; /* (unowned) */
  gsize data_len;
  const guint8 *signature; /* (unowned) */
  gsize signature_len;
  const guint8 *key; /* (unowned) (nullable) */
  gsize key_len;
  gsize signature_start; /* of its field in raw */
  guint8 id[MESH_GOSSIP_MESSAGE_MAX_ID_BYTES];
  gsize id_len;
} MeshGossipMessageView;

/* Immutable, reference counted. */
typedef struct
{
  grefcount ref_count;
  GBytes *raw;        /* (owned): as it travels */
  GBytes *data;       /* (owned): the payload, a slice of raw */
  GBytes *id;         /* (owned) */
  char *topic;        /* (owned) */
  MeshPeerId *author; /* (owned) */
  guint64 seqno;
} MeshGossipMessage;

MeshGossipMessage *mesh_gossip_message_ref (MeshGossipMessage *msg);
void mesh_gossip_message_unref (MeshGossipMessage *msg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshGossipMessage, mesh_gossip_message_unref)

/**
 * mesh_gossip_message_read:
 * @raw: borrowed by @view
 * @error: %MESH_ERROR_INVALID when malformed, not canonical or without a field that
 *   StrictSign asks for; %MESH_ERROR_UNSUPPORTED when it has fields this version does not
 *   know, which some implementations sign and others leave out
 *
 * Does not look at the signature.
 */
gboolean mesh_gossip_message_read (const guint8 *raw,
                                   gsize len,
                                   MeshGossipMessageView *view,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* js-libp2p makes message ids of the author's key (its protobuf form) where the
 * specification, go and rust have the peer id. With Ed25519 that is the id without the
 * head of its multihash, so that each can be made of the other. */
typedef enum
{
  MESH_GOSSIP_ID_OF_AUTHOR,
  MESH_GOSSIP_ID_OF_KEY,
} MeshGossipIdForm;

/**
 * mesh_gossip_message_read_id:
 * @id: a message id in either form
 * @out: (out caller-allocates): the id as the specification has it
 * @out_len: (out): its length
 * @form: (out): which form it had
 *
 * Returns: %FALSE when it can not be the id of a message
 */
gboolean mesh_gossip_message_read_id (const guint8 *id,
                                      gsize len,
                                      guint8 out[MESH_GOSSIP_MESSAGE_MAX_ID_BYTES],
                                      gsize *out_len,
                                      MeshGossipIdForm *form) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_message_write_id:
 * @id: as the specification has it
 *
 * Returns: (transfer full): the id in @form
 */
GBytes *mesh_gossip_message_write_id (GBytes *id,
                                      MeshGossipIdForm form) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_message_open:
 * @view: of bytes inside @container
 * @container: the RPC: sliced when it is little more than the message, else copied from
 * @error: %MESH_ERROR_BAD_SIGNATURE, %MESH_ERROR_AUTH when the key is not the author's,
 *   %MESH_ERROR_INVALID, %MESH_ERROR_UNSUPPORTED for a kind of key that can not be
 *   verified
 *
 * Returns: (transfer full) (nullable): the message, signature checked
 */
MeshGossipMessage *mesh_gossip_message_open (const MeshGossipMessageView *view,
                                             GBytes *container,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_message_sign:
 * @author: the id of @keypair
 *
 * Returns: (transfer full): a new message, signed; @data is copied into it
 */
MeshGossipMessage *mesh_gossip_message_sign (const MeshKeypair *keypair,
                                             MeshPeerId *author,
                                             const char *topic,
                                             guint64 seqno,
                                             GBytes *data) G_GNUC_WARN_UNUSED_RESULT;
