/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "node/mesh-node.h"

/* The part of a node that finds others: hash table, gossip, capabilities, peer exchange,
 * mDNS, and what joins them. For mesh-node*.c only. */

/* Peers of the last run that are dialed when nobody else answers. */
#define MESH_NODE_MESH_GOOD_PEERS 8
#define MESH_NODE_MESH_ALONE_MS 3000 /* with fewer than that many peers: alone */
#define MESH_NODE_MESH_ALONE 4
/* Changes of the network come in bursts. */
#define MESH_NODE_MESH_NETWORK_MS 1000

/**
 * mesh_node_mesh_build:
 * @node: with host, bitswap, store and peer book
 *
 * The hash table is made, and then to be started. On failure mesh_node_mesh_tear_down()
 * takes away what was built.
 */
gboolean mesh_node_mesh_build (MeshNode *node, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Puts the settings of the node in force. */
void mesh_node_mesh_apply (MeshNode *node);

/**
 * mesh_node_mesh_set_wanted:
 * @is_wanted: whether the node may use the network now
 */
void mesh_node_mesh_set_wanted (MeshNode *node, gboolean is_wanted);

/* The network is another one, or came back: everybody is tried anew. */
void mesh_node_mesh_reconnect (MeshNode *node);

/* What was found out about a peer that broke the rules. */
void mesh_node_mesh_note_bad (MeshNode *node, MeshPeerId *peer);

/* Ends everything but the hash table, which is to be stopped, and the peer book. */
void mesh_node_mesh_tear_down (MeshNode *node);
