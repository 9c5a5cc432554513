/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-rng.h"
#include "bitswap/mesh-bitswap-message.h"
#include "bitswap/mesh-bitswap-meter.h"

/* The asking side: turns requests for blocks, grouped in sessions, into want-lists for
 * peers. A pure core.
 *
 * Each session keeps a window of wants in flight and the rest in order of priority. A
 * want in flight is asked of one peer as want-block, of others as want-have while too few
 * holders are known; holders that already gave the session a block are asked at once.
 * Deadlines follow the measured latency and rate of each peer and move while bytes come
 * from it; when one passes, another holder is asked and the first good block wins. When
 * no want waits outside the window, slow ones are asked of a second holder (end game).
 * A block that a peer was never asked for, sent in place of one it was asked for, is a
 * lie, and the peer is to be dropped. */
typedef struct MeshBitswapClient MeshBitswapClient;

#define MESH_BITSWAP_CLIENT_MAX_PEERS 1024
#define MESH_BITSWAP_CLIENT_MAX_SESSIONS 256
#define MESH_BITSWAP_CLIENT_MAX_REQUESTS 16384
#define MESH_BITSWAP_CLIENT_MAX_GIVEN 256  /* peers named for one session */
#define MESH_BITSWAP_CLIENT_BROADCAST 32   /* peers sent want-have at a time */
#define MESH_BITSWAP_CLIENT_MAX_ASKS 256   /* peers asked for one block */
#define MESH_BITSWAP_CLIENT_MAX_UNASKED 64 /* unasked blocks before a peer is dropped */
#define MESH_BITSWAP_CLIENT_WINDOW 10      /* default, in chunks of the size below */
#define MESH_BITSWAP_CLIENT_CHUNK_BYTES (1u << 20)
#define MESH_BITSWAP_CLIENT_MAX_ACTIVE 256 /* wants in flight of one session */
#define MESH_BITSWAP_CLIENT_PROGRESS_BYTES (16u << 10)
#define MESH_BITSWAP_CLIENT_TIMEOUT_US (20 * G_USEC_PER_SEC) /* default patience */

typedef enum
{
  MESH_BITSWAP_CLIENT_WANTS,     /* @peer has changes to be sent: fill a message */
  MESH_BITSWAP_CLIENT_GOT,       /* @request is met by the block just handled */
  MESH_BITSWAP_CLIENT_NOT_FOUND, /* @request: nobody who is connected has it */
  MESH_BITSWAP_CLIENT_TIMED_OUT, /* @request: nobody answered in time */
  MESH_BITSWAP_CLIENT_LIAR,      /* @peer sent a wrong block and was removed */
} MeshBitswapClientEventType;

typedef struct
{
  MeshBitswapClientEventType type;
  guint64 peer;
  guint64 request;
} MeshBitswapClientEvent;

typedef enum
{
  MESH_BITSWAP_VERDICT_WANTED,
  MESH_BITSWAP_VERDICT_UNWANTED, /* late or twice: ignore it */
  MESH_BITSWAP_VERDICT_BAD,      /* a lie: a LIAR event follows */
} MeshBitswapVerdict;

/* What a peer did for a session, or for all of them; a value. */
typedef struct
{
  guint64 peer;
  guint64 bytes;
  guint64 blocks;
  guint64 unwanted_bytes;
  guint64 unwanted_blocks;
  guint64 bad_blocks;
  guint64 timeouts;
  guint64 rate_bps;
  gint64 latency_us;
} MeshBitswapClientStats;

/**
 * mesh_bitswap_client_new:
 * @rng: copied; spreads the first questions over equal peers
 */
MeshBitswapClient *mesh_bitswap_client_new (const MeshRng *rng) G_GNUC_WARN_UNUSED_RESULT;
void mesh_bitswap_client_free (MeshBitswapClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapClient, mesh_bitswap_client_free)

/**
 * mesh_bitswap_client_add_peer:
 * @peer: the caller's number for a connected peer
 *
 * Returns: %FALSE when there are too many
 */
gboolean mesh_bitswap_client_add_peer (MeshBitswapClient *client,
                                       guint64 peer,
                                       MeshBitswapVersion version,
                                       gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;
void
mesh_bitswap_client_remove_peer (MeshBitswapClient *client, guint64 peer, gint64 now_us);

/* The version turned out when the first stream was opened. */
void mesh_bitswap_client_set_version (MeshBitswapClient *client,
                                      guint64 peer,
                                      MeshBitswapVersion version,
                                      gint64 now_us);

/* The stream to the peer was lost and is opened anew: tell it everything again. */
void mesh_bitswap_client_reset_peer (MeshBitswapClient *client, guint64 peer);

/**
 * mesh_bitswap_client_open_session:
 *
 * Returns: its number, or 0 when there are too many
 */
guint64
mesh_bitswap_client_open_session (MeshBitswapClient *client) G_GNUC_WARN_UNUSED_RESULT;

/* Its requests end without an event. */
void mesh_bitswap_client_close_session (MeshBitswapClient *client,
                                        guint64 session,
                                        gint64 now_us);
void
mesh_bitswap_client_give_peer (MeshBitswapClient *client, guint64 session, guint64 peer);
void mesh_bitswap_client_set_window (MeshBitswapClient *client,
                                     guint64 session,
                                     guint n_chunks);
void mesh_bitswap_client_set_timeout (MeshBitswapClient *client,
                                      guint64 session,
                                      gint64 timeout_us);

/**
 * mesh_bitswap_client_request:
 * @priority: smaller is sooner
 *
 * Two requests for one block are one want.
 *
 * Returns: the number its events carry, or 0 when there are too many requests
 */
guint64 mesh_bitswap_client_request (MeshBitswapClient *client,
                                     guint64 session,
                                     MeshCid *cid,
                                     int priority,
                                     gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;
void
mesh_bitswap_client_cancel (MeshBitswapClient *client, guint64 request, gint64 now_us);

/* @len bytes of a message came from @peer. Deadlines move once
 * %MESH_BITSWAP_CLIENT_PROGRESS_BYTES have come, so that dribbling does not move them. */
void mesh_bitswap_client_handle_progress (MeshBitswapClient *client,
                                          guint64 peer,
                                          gsize len,
                                          gint64 now_us);
void mesh_bitswap_client_handle_presence (MeshBitswapClient *client,
                                          guint64 peer,
                                          const MeshCid *cid,
                                          gboolean has,
                                          gint64 now_us);

/**
 * mesh_bitswap_client_handle_block:
 * @cid: computed from the bytes that came, by hashing them
 * @len: their number
 *
 * GOT events for the block are queued when it returns.
 */
MeshBitswapVerdict mesh_bitswap_client_handle_block (MeshBitswapClient *client,
                                                     guint64 peer,
                                                     const MeshCid *cid,
                                                     gsize len,
                                                     gint64 now_us);

/**
 * mesh_bitswap_client_handle_bad_block:
 *
 * The peer sent a block that cannot be hashed (unknown hash, wrong digest length).
 */
void mesh_bitswap_client_handle_bad_block (MeshBitswapClient *client,
                                           guint64 peer,
                                           gint64 now_us);

/**
 * mesh_bitswap_client_fill:
 *
 * Adds changes of the want-list to @msg, to be sent to @peer now. Call until the message
 * stays empty.
 */
void mesh_bitswap_client_fill (MeshBitswapClient *client,
                               guint64 peer,
                               MeshBitswapMessage *msg);

/**
 * mesh_bitswap_client_is_asking:
 *
 * Returns: whether blocks may come from @peer: it has wants now
 */
gboolean mesh_bitswap_client_is_asking (const MeshBitswapClient *client, guint64 peer);

gboolean
mesh_bitswap_client_poll_event (MeshBitswapClient *client, MeshBitswapClientEvent *event);
gint64 mesh_bitswap_client_next_deadline_us (const MeshBitswapClient *client);
void mesh_bitswap_client_handle_timeout (MeshBitswapClient *client, gint64 now_us);

guint mesh_bitswap_client_get_n_wants (const MeshBitswapClient *client);

/* Returns: %FALSE for an unknown peer. */
gboolean mesh_bitswap_client_get_stats (const MeshBitswapClient *client,
                                        guint64 peer,
                                        MeshBitswapClientStats *stats);

/**
 * mesh_bitswap_client_get_session_stats:
 *
 * Returns: (transfer full) (element-type MeshBitswapClientStats): for each peer that gave
 *   the session something or failed it, in order of first use, the gone ones too
 */
GArray *mesh_bitswap_client_get_session_stats (const MeshBitswapClient *client,
                                               guint64 session) G_GNUC_WARN_UNUSED_RESULT;
