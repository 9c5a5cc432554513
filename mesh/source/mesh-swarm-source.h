/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap-session.h"
#include "net/host/mesh-host.h"
#include "store/mesh-block-source.h"

/**
 * MeshSwarmSource:
 *
 * A #MeshBlockSource over a #MeshBitswapSession that looks for more peers when those that
 * are connected do not help: when they all say that they lack a block, when nobody is
 * connected, or when no block has come for %MESH_SWARM_SOURCE_DELAY_MS. What looks for
 * them is the owner's (#MeshSwarmFind: the hash table, a list of known peers); those it
 * finds are dialed, the best first, and given to the session as they connect. While a
 * search goes on no get ends with %MESH_ERROR_NOT_FOUND.
 *
 * Owned by the chain of one transfer; lives in the main context of the host. Ends with
 * its last reference: the search and the dials are cancelled, connections stay.
 */
#define MESH_TYPE_SWARM_SOURCE (mesh_swarm_source_get_type ())
G_DECLARE_FINAL_TYPE (MeshSwarmSource, mesh_swarm_source, MESH, SWARM_SOURCE, GObject)

#define MESH_SWARM_SOURCE_DELAY_MS \
  1000                                 /* without a block before others are looked for \
                                        */
#define MESH_SWARM_SOURCE_MAX_DIALS 4  /* at a time */
#define MESH_SWARM_SOURCE_MAX_FOUND 64 /* of one search; more are left out */
#define MESH_SWARM_SOURCE_PAUSE_S 5    /* from the end of a search to the next one */
#define MESH_SWARM_SOURCE_SLOW_PAUSE_S 30 /* the same, when all there is is slowness */

/**
 * MeshSwarmFind:
 * @swarm: to be told by mesh_swarm_source_found() and, once, mesh_swarm_source_searched()
 * @cancellable: fires when nobody wants to know any more
 *
 * Begins a search for peers that hold what @swarm is for. May answer at once. It must not
 * keep a reference to @swarm beyond the firing of @cancellable.
 */
typedef void (*MeshSwarmFind) (MeshSwarmSource *swarm,
                               MeshCid *root,
                               GCancellable *cancellable,
                               gpointer user_data);

/**
 * MeshSwarmVerdict:
 * @works: whether @peer could be connected
 *
 * Told once for each peer of a search that was dialed.
 */
typedef void (*MeshSwarmVerdict) (MeshPeerId *peer, gboolean works, gpointer user_data);

/**
 * mesh_swarm_source_new:
 * @root: what is looked for
 * @find: begins a search
 * @verdict: (nullable)
 * @user_data: (transfer full): for both
 * @destroy: (nullable): frees @user_data
 */
MeshSwarmSource *mesh_swarm_source_new (MeshHost *host,
                                        MeshBitswapSession *session,
                                        MeshCid *root,
                                        MeshSwarmFind find,
                                        MeshSwarmVerdict verdict,
                                        gpointer user_data,
                                        GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_swarm_source_found:
 * @addrs: (nullable) (element-type MeshMultiaddr): where it may be; not needed for a peer
 *   that is connected
 * @score: the greater, the sooner it is dialed
 *
 * Ignored while no search goes on, for this node itself and for a peer that was found
 * before in this search.
 */
void mesh_swarm_source_found (MeshSwarmSource *self,
                              MeshPeerId *peer,
                              GPtrArray *addrs,
                              double score);

/* The search is over; dials that are under way go on. */
void mesh_swarm_source_searched (MeshSwarmSource *self);

/* (transfer none) */
MeshBitswapSession *mesh_swarm_source_get_session (MeshSwarmSource *self);
