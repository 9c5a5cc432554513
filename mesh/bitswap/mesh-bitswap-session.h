/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "store/mesh-block-source.h"
#include "bitswap/mesh-bitswap.h"

/**
 * MeshBitswapSession:
 *
 * One transfer's wants, and the #MeshBlockSource that fetches blocks from peers. Peers
 * that had blocks of the session are asked for the next ones first; want-blocks are
 * spread over the fastest three to five of them, ten chunks ahead.
 *
 * mesh_block_source_get_async() fails with %MESH_ERROR_NOT_FOUND when every connected
 * peer has said that it lacks the block (at once when nobody is connected), with
 * %MESH_ERROR_TIMED_OUT after mesh_bitswap_session_set_timeout() without an answer, and
 * with the store's error when the block could not be stored. Issue as many gets as the
 * transfer will need soon (16 or more): the session keeps the rest waiting.
 *
 * Keeps its #MeshBitswap alive. Dropping the last reference cancels its wants.
 */
#define MESH_TYPE_BITSWAP_SESSION (mesh_bitswap_session_get_type ())
G_DECLARE_FINAL_TYPE (MeshBitswapSession,
                      mesh_bitswap_session,
                      MESH,
                      BITSWAP_SESSION,
                      GObject)

#define MESH_BITSWAP_SESSION_TIMEOUT_MS 20000 /* default patience for one block */

/**
 * mesh_bitswap_session_new:
 * @root: (nullable): what the session is for; names it in logs
 */
MeshBitswapSession *
mesh_bitswap_session_new (MeshBitswap *bitswap, MeshCid *root) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bitswap_session_add_peer:
 * @peer_id: a connected peer that probably holds what is wanted
 *
 * Such peers are asked before all others. A peer that is not connected is remembered
 * and used once it is (at most 256).
 */
void mesh_bitswap_session_add_peer (MeshBitswapSession *self, MeshPeerId *peer_id);

/**
 * mesh_bitswap_session_set_window:
 * @n_chunks: how many blocks of 1 MiB (smaller ones: as many bytes) are asked for at a
 *   time; 1 to 64, 10 by default
 */
void mesh_bitswap_session_set_window (MeshBitswapSession *self, guint n_chunks);

/**
 * mesh_bitswap_session_set_timeout:
 * @timeout_ms: how long a want waits without any sign of progress before it fails
 */
void mesh_bitswap_session_set_timeout (MeshBitswapSession *self, guint timeout_ms);

/**
 * mesh_bitswap_session_get_peer_stats:
 *
 * Returns: (transfer full) (element-type MeshBitswapPeerStats): who gave this session how
 *   much, in order of first use. Of the fields only peer_id, bytes_received,
 *   blocks_received, unwanted_*, bad_blocks, timeouts, rate_bps and latency_us are set
 */
GPtrArray *
mesh_bitswap_session_get_peer_stats (MeshBitswapSession *self) G_GNUC_WARN_UNUSED_RESULT;
