/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "discovery/mesh-peer-exchange.h"

G_BEGIN_DECLS

#define MESH_TYPE_PEER_KEEPER (mesh_peer_keeper_get_type ())

/**
 * MeshPeerKeeper:
 *
 * Keeps a minimum of connections while it is active: dials what the peer book recommends,
 * a few at a time, with back-off and jitter, and asks a connected peer for others (peer
 * exchange) when the book has none. LAN peers are dialed at once when they are found.
 * Bootstrap peers are the node's (it holds those for good). Keeps the book and the host.
 * To end it, deactivate it and let go: dials under way are cancelled and keep it until
 * they have noticed.
 */
G_DECLARE_FINAL_TYPE (MeshPeerKeeper, mesh_peer_keeper, MESH, PEER_KEEPER, GObject)

#define MESH_PEER_KEEPER_MIN_CONNECTIONS 16
#define MESH_PEER_KEEPER_MAX_LAN 64  /* LAN peers dialed because they were found */
#define MESH_PEER_KEEPER_MAX_DIALS 4 /* at once */
#define MESH_PEER_KEEPER_INTERVAL_US (15 * G_USEC_PER_SEC) /* +- 20 % */

/**
 * mesh_peer_keeper_new:
 * @exchange: (nullable): to ask for more peers
 * @min_connections: as %MESH_PEER_KEEPER_MIN_CONNECTIONS
 */
MeshPeerKeeper *mesh_peer_keeper_new (MeshHost *host,
                                      MeshPeerBook *book,
                                      MeshPeerExchange *exchange,
                                      guint min_connections) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_keeper_set_active:
 * @is_active: %FALSE (as at first) stops dialing; connections stay
 */
void mesh_peer_keeper_set_active (MeshPeerKeeper *self, gboolean is_active);

/**
 * mesh_peer_keeper_peer_found:
 *
 * The handler for #MeshMdns::peer-found: enters the peer in the book and dials it.
 */
void
mesh_peer_keeper_peer_found (MeshPeerKeeper *self, MeshPeerId *peer, GPtrArray *addrs);

G_END_DECLS
