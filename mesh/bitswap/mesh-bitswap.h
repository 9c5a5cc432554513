/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "net/host/mesh-host.h"
#include "peer/mesh-peer-id.h"
#include "store/mesh-store.h"
#include "work/mesh-work-pool.h"

/**
 * MeshBitswap:
 *
 * Block exchange with connected peers over `/ipfs/bitswap/1.2.0` (and 1.1.0, 1.0.0 for
 * peers that offer no more), both sides. Wants are placed through a
 * #MeshBitswapSession. Blocks that arrive are hashed once in the worker pool, put in the
 * store as already verified, and only then given to who asked.
 *
 * Serving is off until mesh_bitswap_set_serving(); then only blocks for which
 * mesh_store_is_shared() is true are served, nearest to fairness first: the debt ledger
 * orders the peers.
 *
 * Belongs to the main context it was made in. Ends with mesh_bitswap_stop_async(), or
 * abruptly with its last reference; either way every stream is reset and every want in
 * flight fails with %MESH_ERROR_CLOSED.
 */
#define MESH_TYPE_BITSWAP (mesh_bitswap_get_type ())
G_DECLARE_FINAL_TYPE (MeshBitswap, mesh_bitswap, MESH, BITSWAP, GObject)

/* Bounds of the service. Those of the wire are in mesh-bitswap-message.h, those of the
 * cores in mesh-bitswap-client.h and mesh-bitswap-server.h. */
#define MESH_BITSWAP_MAX_RECEIVE_BYTES (24u << 20) /* messages being read or verified */
#define MESH_BITSWAP_MAX_SEND_BYTES (16u << 20)    /* blocks read and not yet written */
#define MESH_BITSWAP_STALL_S 30 /* a message that stops halfway resets its stream */

/* What one peer gave and got since this object was made; a value, freed with
 * mesh_bitswap_peer_stats_free(). */
typedef struct
{
  MeshPeerId *peer_id;    /* (owned) */
  guint64 bytes_received; /* of wanted, verified blocks */
  guint64 bytes_sent;     /* of blocks */
  guint64 blocks_received;
  guint64 blocks_sent;
  guint64 unwanted_blocks; /* came late or twice; ignored */
  guint64 unwanted_bytes;
  guint64 bad_blocks; /* 0 or 1: the first drops the peer */
  guint64 timeouts;
  guint64 rate_bps;  /* measured receiving rate, bytes a second; 0: unknown */
  gint64 latency_us; /* measured answer time; 0: unknown */
} MeshBitswapPeerStats;

void mesh_bitswap_peer_stats_free (MeshBitswapPeerStats *stats);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapPeerStats, mesh_bitswap_peer_stats_free)

/**
 * mesh_bitswap_new:
 * @host: (transfer none): its protocol handlers for bitswap become this object's
 * @store: (transfer none): where blocks are put and served from
 * @pool: (transfer none): does the hashing
 * @seed: any number drawn from the system; orders what is otherwise equal
 */
MeshBitswap *mesh_bitswap_new (MeshHost *host,
                               MeshStore *store,
                               MeshWorkPool *pool,
                               guint64 seed) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_start_async:
 * @ledger_path: (nullable): file of the debt ledger, read now (a missing or damaged file
 *   is an empty ledger) and written every 5 minutes and at stop, by temp file and rename
 *
 * Registers the protocols and takes up the peers already connected.
 */
void mesh_bitswap_start_async (MeshBitswap *self,
                               const char *ledger_path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean mesh_bitswap_start_finish (MeshBitswap *self,
                                    GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_stop_async:
 *
 * Unregisters the protocols, fails what is in flight, resets the streams and writes the
 * ledger. An object that was stopped is not started again.
 */
void mesh_bitswap_stop_async (MeshBitswap *self,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean mesh_bitswap_stop_finish (MeshBitswap *self,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_set_serving:
 * @is_serving: %FALSE (the default) answers every want with DONT_HAVE
 *
 * Takes effect at once: what is queued for peers is dropped when serving ends.
 */
void mesh_bitswap_set_serving (MeshBitswap *self, gboolean is_serving);
gboolean mesh_bitswap_get_serving (MeshBitswap *self);

/**
 * mesh_bitswap_set_rate_limits:
 * @upload_bps: bytes of blocks a second over all peers; 0: no limit
 * @download_bps: bytes of messages a second over all peers; 0: no limit
 */
void mesh_bitswap_set_rate_limits (MeshBitswap *self,
                                   guint64 upload_bps,
                                   guint64 download_bps);

/**
 * mesh_bitswap_notify_shared:
 * @cid: a block that became available and shared
 *
 * Peers that still want @cid are told. Blocks that arrive through bitswap itself need no
 * call. O(1) when nobody wants it.
 */
void mesh_bitswap_notify_shared (MeshBitswap *self, MeshCid *cid);

/**
 * mesh_bitswap_get_peer_stats:
 *
 * Returns: (transfer full) (element-type MeshBitswapPeerStats): one per peer that has a
 *   bitswap stream or had one in this run (the 1000 latest), in order of first contact
 */
GPtrArray *mesh_bitswap_get_peer_stats (MeshBitswap *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MeshBitswap::peer-dropped:
 * @self: the object
 * @peer_id: (transfer none): the peer
 * @reason: (transfer none): a #GError: %MESH_ERROR_MISMATCH for a bad block,
 *   %MESH_ERROR_PROTOCOL for bytes that are not bitswap
 *
 * The peer broke the rules. It is not used again in this run, and its connection should
 * be closed by whoever owns the host.
 */
