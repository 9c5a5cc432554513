/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "store/mesh-block-source.h"
#include "store/mesh-store.h"
#include "source/mesh-source-scores.h"
#include "source/mesh-source-usage.h"

/**
 * MeshSourceChain:
 *
 * A #MeshBlockSource that asks other sources in turn until one gives the block: the local
 * store, then peers, gateways and the Master in the order of a strategy. A source that
 * says it lacks the block, fails or takes longer than the request's TTL is passed over.
 * Whatever arrives is in the store before it is returned. Two requests for one block
 * become one.
 *
 * One chain serves one transfer and counts who gave how much. Belongs to the main
 * context it was made in.
 */
#define MESH_TYPE_SOURCE_CHAIN (mesh_source_chain_get_type ())
G_DECLARE_FINAL_TYPE (MeshSourceChain, mesh_source_chain, MESH, SOURCE_CHAIN, GObject)

#define MESH_SOURCE_CHAIN_MAX_SOURCES 32
#define MESH_SOURCE_CHAIN_MAX_REQUESTS 4096 /* more gets fail with MESH_ERROR_BUSY */
#define MESH_SOURCE_CHAIN_TTL_MS 30000      /* default patience with one source */

/**
 * mesh_source_chain_new:
 * @store: (nullable): asked first; gateways' blocks are put there
 * @scores: (nullable): the node's scores; %NULL starts afresh
 */
MeshSourceChain *
mesh_source_chain_new (MeshStore *store,
                       MeshSourceScores *scores) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_source_chain_add:
 * @source: a #MeshSwarmSource or #MeshBitswapSession (for %MESH_SOURCE_PEERS), a
 *   #MeshGatewaySource, or another
 * @id: names it in usage and scores
 * @is_preferred: ask it before all others but the store
 *
 * Returns: %FALSE when the chain is full
 */
gboolean mesh_source_chain_add (MeshSourceChain *self,
                                MeshBlockSource *source,
                                MeshSourceKind kind,
                                const char *id,
                                gboolean is_preferred);

void mesh_source_chain_set_strategy (MeshSourceChain *self, MeshSourceStrategy strategy);

/**
 * mesh_source_chain_set_ttl:
 * @ttl_ms: how long one source may take for one block before the next is asked
 */
void mesh_source_chain_set_ttl (MeshSourceChain *self, guint ttl_ms);

/**
 * mesh_source_chain_get_usage:
 *
 * Returns: (transfer full) (element-type MeshSourceUsage): every source that gave or
 *   failed something; bitswap sessions appear as one row for each peer
 */
GPtrArray *mesh_source_chain_get_usage (MeshSourceChain *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_source_chain_get_bytes_fetched:
 *
 * Returns: bytes of blocks that came from anywhere but the local store
 */
guint64 mesh_source_chain_get_bytes_fetched (MeshSourceChain *self);

/**
 * MeshSourceChain::block:
 * @self: the chain
 * @cid: (transfer none): the block
 * @size: (type guint64): its bytes
 * @kind: a #MeshSourceKind, as guint
 *
 * A block was given to who asked. Emitted for each block: rate-limit before the bus.
 */
