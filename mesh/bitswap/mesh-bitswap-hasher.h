/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "work/mesh-work-pool.h"
#include "bitswap/mesh-bitswap-message.h"

/* Names the blocks of messages by hashing them in the worker pool, several at once in the
 * lanes of the vector unit, where four take hardly longer than one. So a large block
 * waits a little for others to come; small ones, which cost little, do not. Reference
 * counted; used from one context. */
typedef struct MeshBitswapHasher MeshBitswapHasher;

/* The longest that a block waits for others, and from which size on it does. */
#define MESH_BITSWAP_HASHER_HOLD_MS 10
#define MESH_BITSWAP_HASHER_LARGE_BYTES (256u << 10)

MeshBitswapHasher *mesh_bitswap_hasher_new (MeshWorkPool *pool) G_GNUC_WARN_UNUSED_RESULT;
MeshBitswapHasher *mesh_bitswap_hasher_ref (MeshBitswapHasher *hasher);
void mesh_bitswap_hasher_unref (MeshBitswapHasher *hasher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapHasher, mesh_bitswap_hasher_unref)

/* How many jobs the pool was given so far. */
guint64 mesh_bitswap_hasher_get_n_jobs (const MeshBitswapHasher *hasher);

/**
 * MeshBitswapHasherDone:
 * @cid: (transfer none) (nullable): the block's name; %NULL when its prefix asks for a
 *   hash that cannot be computed
 * @data: (nullable): the block; %NULL when the pool could not take the job
 */
typedef void (*MeshBitswapHasherDone) (MeshCid *cid, GBytes *data, gpointer user_data);

/**
 * mesh_bitswap_hasher_add:
 * @block: copied; its bytes are referenced
 * @done: called once, later, in the order of the calls for equal hashes
 * @destroy: (nullable): frees @user_data after @done
 *
 * The caller bounds how much it adds.
 */
void mesh_bitswap_hasher_add (MeshBitswapHasher *hasher,
                              const MeshBitswapBlock *block,
                              MeshBitswapHasherDone done,
                              gpointer user_data,
                              GDestroyNotify destroy);
