/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"

/* The Bitswap message and its bytes, versions 1.0.0 to 1.2.0.
 * https://specs.ipfs.tech/bitswap-protocol/
 *
 * Written by hand rather than generated, because blocks of 1 MiB must not be copied: the
 * decoder's blocks are slices of the received bytes, the encoder's output is a list of
 * segments in which the blocks are the caller's own GBytes. The tests hold it against
 * the generated code of mesh/proto. */

typedef enum
{
  MESH_BITSWAP_1_0_0, /* CIDv0 only, no prefixes */
  MESH_BITSWAP_1_1_0, /* any CID */
  MESH_BITSWAP_1_2_0, /* HAVE, DONT_HAVE, pending bytes */
} MeshBitswapVersion;

/* Largest message on the wire, without its length prefix. */
#define MESH_BITSWAP_MESSAGE_MAX_BYTES (4u << 20)
/* Largest block put into a message. Others promise to take 2 MiB only. */
#define MESH_BITSWAP_BLOCK_MAX_BYTES (2u << 20)
/* Most of each kind kept of one message; what comes after is skipped and counted. */
#define MESH_BITSWAP_MESSAGE_MAX_ENTRIES 4096
#define MESH_BITSWAP_MESSAGE_MAX_PRESENCES 8192
#define MESH_BITSWAP_MESSAGE_MAX_BLOCKS 1024

typedef enum
{
  MESH_BITSWAP_WANT_BLOCK = 0,
  MESH_BITSWAP_WANT_HAVE = 1,
} MeshBitswapWantType;

typedef struct
{
  MeshCid *cid; /* (owned) */
  gint32 priority;
  MeshBitswapWantType type;
  gboolean is_cancel;
  gboolean send_dont_have;
} MeshBitswapEntry;

typedef struct
{
  MeshCid *cid; /* (owned) */
  gboolean has;
} MeshBitswapPresence;

/* What a CID says apart from the digest. */
typedef struct
{
  guint version; /* 0 or 1 */
  guint64 codec;
  guint64 hash_code;
  gsize digest_len;
} MeshBitswapPrefix;

typedef struct
{
  MeshBitswapPrefix prefix;
  GBytes *data; /* (owned) */
} MeshBitswapBlock;

typedef struct
{
  GArray *entries;      /* (owned) (element-type MeshBitswapEntry) */
  gboolean is_full;     /* entries are the whole want-list, not changes to it */
  GArray *blocks;       /* (owned) (element-type MeshBitswapBlock) */
  GArray *presences;    /* (owned) (element-type MeshBitswapPresence) */
  gint32 pending_bytes; /* what the sender has queued for the receiver */
  guint n_skipped;      /* decoded only: things over a bound */
} MeshBitswapMessage;

MeshBitswapMessage *mesh_bitswap_message_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_bitswap_message_free (MeshBitswapMessage *msg);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapMessage, mesh_bitswap_message_free)

gboolean mesh_bitswap_message_is_empty (const MeshBitswapMessage *msg);

void mesh_bitswap_message_add_entry (MeshBitswapMessage *msg,
                                     MeshCid *cid,
                                     gint32 priority,
                                     MeshBitswapWantType type,
                                     gboolean is_cancel,
                                     gboolean send_dont_have);
void
mesh_bitswap_message_add_presence (MeshBitswapMessage *msg, MeshCid *cid, gboolean has);
void mesh_bitswap_message_add_block (MeshBitswapMessage *msg,
                                     const MeshCid *cid,
                                     GBytes *data);

/**
 * mesh_bitswap_message_get_size:
 *
 * Returns: how many bytes mesh_bitswap_message_encode() will make for 1.2.0, without the
 *   length prefix. O(entries + blocks + presences)
 */
gsize mesh_bitswap_message_get_size (const MeshBitswapMessage *msg);

/**
 * mesh_bitswap_message_encode:
 * @version: what the peer speaks. Presences, pending bytes and want-have entries are left
 *   out below 1.2.0; below 1.1.0 also everything about a CID that is not v0
 *
 * Returns: (transfer full) (element-type GBytes): the message behind its length prefix,
 *   in segments to be written in order; or %NULL with %MESH_ERROR_LIMIT when it would be
 *   larger than %MESH_BITSWAP_MESSAGE_MAX_BYTES
 */
GPtrArray *mesh_bitswap_message_encode (const MeshBitswapMessage *msg,
                                        MeshBitswapVersion version,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_message_decode:
 * @bytes: one message without its length prefix; kept alive by the blocks
 *
 * Takes any version. Unknown fields are skipped, as protobuf asks. Allocates in
 * proportion to what is kept, at most the bounds above.
 *
 * Returns: (transfer full): the message, or %NULL with %MESH_ERROR_PROTOCOL
 */
MeshBitswapMessage *
mesh_bitswap_message_decode (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_message_make_cid:
 * @digest: a digest computed with the prefix's hash
 *
 * Returns: (transfer full): the CID of a block that came with this prefix
 */
MeshCid *mesh_bitswap_message_make_cid (const MeshBitswapPrefix *prefix,
                                        const guint8 *digest) G_GNUC_WARN_UNUSED_RESULT;
