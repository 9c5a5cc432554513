/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap-session.h"
#include "node/mesh-node.h"
#include "source/mesh-swarm-source.h"

/* Providers wanted of one search; those that can not be reached do not count. */
#define MESH_NODE_SWARM_MAX_PROVIDERS 10
/* While the node has just come to the network, a search that nobody can be asked for is
 * begun again for so long. */
#define MESH_NODE_SWARM_RETRY_S 10

/**
 * mesh_node_swarm_new:
 * @node: must outlive the chain, as it does for every source
 * @root: what the transfer is for
 *
 * The peers' part of a chain: connected peers that say they hold @root are asked first,
 * the best score before the others; when they do not help, the hash table names others.
 */
MeshSwarmSource *mesh_node_swarm_new (MeshNode *node,
                                      MeshBitswapSession *session,
                                      MeshCid *root) G_GNUC_WARN_UNUSED_RESULT;
