/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap-ledger.h"
#include "bitswap/mesh-bitswap-message.h"

/* The serving side: takes in the want-lists of peers, and says what to read and send to
 * whom. It knows no store: for each want it asks, with a LOOKUP event, whether the block
 * may be served, and is told. A pure core.
 *
 * While several peers wait, each gets a share of the upload as the inverse of its weight
 * in the ledger; within a peer, higher priority first, then first come. */
typedef struct MeshBitswapServer MeshBitswapServer;

#define MESH_BITSWAP_SERVER_MAX_PEERS 1024
#define MESH_BITSWAP_SERVER_MAX_WANTS_PER_PEER 1024 /* more are ignored and counted */
#define MESH_BITSWAP_SERVER_MAX_WANTS 65536         /* of all peers */
#define MESH_BITSWAP_SERVER_MAX_PRESENCES 2048 /* queued for one peer; more: dropped */
/* A block up to this size answers a want-have itself. */
#define MESH_BITSWAP_SERVER_INLINE_BYTES 1024
/* A message is filled with blocks up to this sum; one block may be larger. */
#define MESH_BITSWAP_SERVER_TARGET_BYTES (1u << 20)
/* Read or being written for one peer before more is read for it. When no more than the
 * second is left, it is filled again: blocks are read some at a time, since verifying
 * four of them takes hardly longer than one. */
#define MESH_BITSWAP_SERVER_PEER_WINDOW_BYTES (6u << 20)
#define MESH_BITSWAP_SERVER_PEER_REFILL_BYTES ((2u << 20) + (64u << 10))
#define MESH_BITSWAP_SERVER_PEER_WINDOW_MESSAGES 8

typedef struct
{
  guint64 peer;
  MeshCid *cid; /* (owned) */
} MeshBitswapServerLookup;

/* One message to be put together: read @blocks, then send. A value that owns its arrays;
 * mesh_bitswap_server_send_clear(). */
typedef struct
{
  guint64 id; /* for mesh_bitswap_server_sent() */
  guint64 peer;
  GPtrArray *blocks;     /* (owned) (element-type MeshCid) */
  GPtrArray *haves;      /* (owned) (element-type MeshCid) */
  GPtrArray *dont_haves; /* (owned) (element-type MeshCid) */
  gsize block_bytes;     /* sum of the blocks */
  gint32 pending_bytes;  /* queued behind this message */
} MeshBitswapServerSend;

void mesh_bitswap_server_send_clear (MeshBitswapServerSend *send);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshBitswapServerSend, mesh_bitswap_server_send_clear)

/**
 * mesh_bitswap_server_new:
 * @ledger: (transfer none): outlives the server
 * @window_bytes: of blocks read or being written for all peers together
 */
MeshBitswapServer *mesh_bitswap_server_new (MeshBitswapLedger *ledger,
                                            gsize window_bytes) G_GNUC_WARN_UNUSED_RESULT;
void mesh_bitswap_server_free (MeshBitswapServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapServer, mesh_bitswap_server_free)

/**
 * mesh_bitswap_server_add_peer:
 * @peer: the caller's number for it
 * @peer_id: its name in the ledger
 *
 * Returns: %FALSE when there are too many peers
 */
gboolean mesh_bitswap_server_add_peer (MeshBitswapServer *server,
                                       guint64 peer,
                                       const char *peer_id) G_GNUC_WARN_UNUSED_RESULT;

/* Messages of the peer that were not yet reported sent are then reported in vain. */
void mesh_bitswap_server_remove_peer (MeshBitswapServer *server, guint64 peer);

/**
 * mesh_bitswap_server_handle_wants:
 *
 * Takes in the entries of a message. Unknown peers are ignored.
 *
 * Returns: how many entries were ignored because a bound was reached
 */
guint mesh_bitswap_server_handle_wants (MeshBitswapServer *server,
                                        guint64 peer,
                                        const MeshBitswapMessage *msg);

/**
 * mesh_bitswap_server_poll_lookup:
 * @lookup: (out): cid is (transfer full)
 *
 * Returns: %FALSE when nothing is to be looked up
 */
gboolean mesh_bitswap_server_poll_lookup (MeshBitswapServer *server,
                                          MeshBitswapServerLookup *lookup);

gboolean mesh_bitswap_server_has_lookups (const MeshBitswapServer *server);

/**
 * mesh_bitswap_server_answer:
 * @is_available: the block is here and may be served
 * @size: its bytes, when it is
 *
 * Answers a LOOKUP. The want may have gone meanwhile.
 */
void mesh_bitswap_server_answer (MeshBitswapServer *server,
                                 guint64 peer,
                                 const MeshCid *cid,
                                 gboolean is_available,
                                 gsize size);

/**
 * mesh_bitswap_server_notify:
 * @cid: a block that may now be served
 *
 * Peers that were told DONT_HAVE, or nothing, and still want it are looked up again.
 * O(1) when nobody does.
 */
void mesh_bitswap_server_notify (MeshBitswapServer *server, const MeshCid *cid);

/**
 * mesh_bitswap_server_withdraw:
 *
 * Serving ended: all wants are looked up again, nothing queued is sent as it is.
 */
void mesh_bitswap_server_withdraw (MeshBitswapServer *server);

/**
 * mesh_bitswap_server_next:
 * @may_send_blocks: %FALSE: messages without blocks only (the upload limit is reached)
 * @send: (out): what to send next
 *
 * Returns: %FALSE when there is nothing to send, or no room in the windows
 */
gboolean mesh_bitswap_server_next (MeshBitswapServer *server,
                                   gboolean may_send_blocks,
                                   MeshBitswapServerSend *send);

/**
 * mesh_bitswap_server_sent:
 * @id: of a #MeshBitswapServerSend
 * @bytes_sent: bytes of blocks in it that were written; goes to the ledger
 *
 * The message was written, or given up.
 */
void mesh_bitswap_server_sent (MeshBitswapServer *server, guint64 id, gsize bytes_sent);

guint mesh_bitswap_server_get_n_wants (const MeshBitswapServer *server, guint64 peer);
/* Returns: how many wants of the peer are not looked up yet: hold its messages back. */
guint mesh_bitswap_server_get_n_lookups (const MeshBitswapServer *server, guint64 peer);
guint mesh_bitswap_server_get_n_all_wants (const MeshBitswapServer *server);
gsize mesh_bitswap_server_get_in_flight (const MeshBitswapServer *server);
