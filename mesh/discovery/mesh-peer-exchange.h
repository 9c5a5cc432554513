/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "discovery/mesh-peer-book.h"

G_BEGIN_DECLS

#define MESH_PEER_EXCHANGE_PROTOCOL "/shoal/pex/1.0.0"

#define MESH_TYPE_PEER_EXCHANGE (mesh_peer_exchange_get_type ())

/**
 * MeshPeerExchange:
 *
 * Gives others signed records of good peers, and asks connected peers for theirs, over
 * /shoal/pex/1.0.0 (docs/protocols/discovery.md). A peer on the internet never gets a
 * record with an address that is not public. Every record that comes is verified and goes
 * into the book; one that does not verify counts against the peer that gave it. Keeps the
 * host and the book; ends with its last reference.
 */
G_DECLARE_FINAL_TYPE (MeshPeerExchange, mesh_peer_exchange, MESH, PEER_EXCHANGE, GObject)

#define MESH_PEER_EXCHANGE_TIMEOUT_US (10 * G_USEC_PER_SEC)
/* One peer is answered this many times at once, then once a minute. */
#define MESH_PEER_EXCHANGE_BURST 2
/* Peers scored lower are not passed on. */
#define MESH_PEER_EXCHANGE_MIN_SCORE 0.4

/**
 * mesh_peer_exchange_new:
 * @is_serving: whether others are answered (sharing is on)
 */
MeshPeerExchange *mesh_peer_exchange_new (MeshHost *host,
                                          MeshPeerBook *book,
                                          gboolean is_serving) G_GNUC_WARN_UNUSED_RESULT;
void mesh_peer_exchange_set_serving (MeshPeerExchange *self, gboolean is_serving);

/**
 * mesh_peer_exchange_ask_async:
 * @peer: connected
 *
 * Asks for peers. mesh_peer_exchange_ask_finish() returns how many of the records were
 * new to the book, or -1 with %MESH_ERROR_UNSUPPORTED, %MESH_ERROR_REFUSED (asked too
 * often), %MESH_ERROR_PROTOCOL, %MESH_ERROR_TIMED_OUT or %MESH_ERROR_CLOSED.
 */
void mesh_peer_exchange_ask_async (MeshPeerExchange *self,
                                   MeshPeerId *peer,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
int mesh_peer_exchange_ask_finish (MeshPeerExchange *self,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
