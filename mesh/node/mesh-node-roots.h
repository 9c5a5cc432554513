/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-dht.h"
#include "discovery/mesh-caps-service.h"
#include "store/mesh-store.h"

/* Tells others which roots this node shares: in the filter of its capabilities, and as a
 * provider in the hash table. Follows the store; changes that come together are told
 * together. Owned by the node. */
typedef struct MeshNodeRoots MeshNodeRoots;

#define MESH_NODE_ROOTS_DELAY_MS 500 /* from a change to its being told */
#define MESH_NODE_ROOTS_MAX \
  10000 /* entered in the hash table; the rest is only served \
         */

/**
 * mesh_node_roots_new:
 * @dht: (nullable)
 *
 * Tells nothing until mesh_node_roots_set_telling().
 */
MeshNodeRoots *mesh_node_roots_new (MeshStore *store,
                                    MeshCapsService *caps,
                                    MeshDht *dht) G_GNUC_WARN_UNUSED_RESULT;
void mesh_node_roots_free (MeshNodeRoots *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshNodeRoots, mesh_node_roots_free)

/**
 * mesh_node_roots_set_telling:
 * @in_caps: in the capabilities, to connected peers
 * @in_dht: in the hash table, to everybody
 */
void mesh_node_roots_set_telling (MeshNodeRoots *self, gboolean in_caps, gboolean in_dht);

/* How many are entered in the hash table. */
guint mesh_node_roots_get_n_provided (MeshNodeRoots *self);
