/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "discovery/mesh-peer-book.h"
#include "net/host/mesh-host.h"

/* Keeps the number of connections in bounds: above the high mark, the worst are closed
 * until the low mark is reached. Never closed are bootstrap peers, connections younger
 * than a minute, and those that carry more streams than a quiet one has; peers of the
 * LAN go last, then the peer's score decides. Owned by the node. */
typedef struct MeshNodeTrim MeshNodeTrim;

#define MESH_NODE_TRIM_LOW 32
#define MESH_NODE_TRIM_HIGH 50
#define MESH_NODE_TRIM_SERVER_LOW 256 /* of a mini-master, from which others start */
#define MESH_NODE_TRIM_SERVER_HIGH 320
#define MESH_NODE_TRIM_GRACE_S 60
#define MESH_NODE_TRIM_DELAY_S 5 /* from going above the mark to closing */
#define MESH_NODE_TRIM_QUIET \
  6 /* streams of a connection that nothing is fetched over: \
       gossip both ways, bitswap both ways, DHT */

/**
 * MeshNodeTrimKeeps:
 *
 * Returns: whether the connection to @peer must stay
 */
typedef gboolean (*MeshNodeTrimKeeps) (MeshPeerId *peer, gpointer user_data);

/**
 * mesh_node_trim_new:
 * @keeps: told of each candidate
 */
MeshNodeTrim *mesh_node_trim_new (MeshHost *host,
                                  MeshPeerBook *book,
                                  MeshNodeTrimKeeps keeps,
                                  gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mesh_node_trim_free (MeshNodeTrim *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshNodeTrim, mesh_node_trim_free)

/* @high is at least @low. */
void mesh_node_trim_set_marks (MeshNodeTrim *self, guint low, guint high);

/**
 * mesh_node_trim_run:
 * @now_us: monotonic
 *
 * What the timer does.
 *
 * Returns: how many connections were closed
 */
guint mesh_node_trim_run (MeshNodeTrim *self, gint64 now_us);
