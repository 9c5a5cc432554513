/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "peer/mesh-multiaddr.h"
#include "peer/mesh-peer-id.h"
#include "net/iface/mesh-muxer.h"
#include "net/iface/mesh-peer-info.h"
#include "net/iface/mesh-stream.h"

G_BEGIN_DECLS

#define MESH_TYPE_CONNECTION (mesh_connection_get_type ())

/**
 * MeshConnection:
 *
 * A secured, multiplexed connection to one peer whose identity is proven. The host owns
 * it; it ends with the signal #MeshHost::peer-disconnected, and a reference kept longer
 * is a closed connection that still answers questions.
 */
G_DECLARE_FINAL_TYPE (MeshConnection, mesh_connection, MESH, CONNECTION, GObject)

/**
 * MeshHandler:
 * @stream: (transfer full): a stream the peer opened, protocol agreed
 * @user_data: as given with the handler
 *
 * Serves one inbound stream. Called in the host's main context; must not block: it starts
 * async reads and returns. Letting go of @stream unclosed resets it.
 */
typedef void (*MeshHandler) (MeshStream *stream, gpointer user_data);

typedef enum
{
  MESH_DIRECTION_OUTBOUND, /* we dialed */
  MESH_DIRECTION_INBOUND,  /* the peer dialed */
} MeshDirection;

/* All pointers: (transfer none), valid as long as the connection. */
MeshPeerId *mesh_connection_get_peer_id (MeshConnection *connection);
MeshMultiaddr *mesh_connection_get_remote_addr (MeshConnection *connection);

/**
 * mesh_connection_get_local_addr:
 *
 * Returns: (transfer none) (nullable): our end
 */
MeshMultiaddr *mesh_connection_get_local_addr (MeshConnection *connection);
MeshDirection mesh_connection_get_direction (MeshConnection *connection);
gboolean mesh_connection_is_closed (MeshConnection *connection);

/**
 * mesh_connection_get_opened_us:
 *
 * Returns: g_get_monotonic_time() of when the connection was ready
 */
gint64 mesh_connection_get_opened_us (MeshConnection *connection);

/**
 * mesh_connection_get_latency_us:
 *
 * Returns: smoothed round-trip time as ping and the muxer measured it, -1 while unknown
 */
gint64 mesh_connection_get_latency_us (MeshConnection *connection);

/**
 * mesh_connection_get_bytes_in:
 *
 * Returns: bytes of this connection read from the network, encryption included
 */
guint64 mesh_connection_get_bytes_in (MeshConnection *connection);
guint64 mesh_connection_get_bytes_out (MeshConnection *connection);
guint mesh_connection_get_n_streams (MeshConnection *connection);

/**
 * mesh_connection_get_peer_info:
 *
 * Returns: (transfer none) (nullable): what identify told, %NULL until
 *   #MeshHost::peer-identified; valid until the next such signal
 */
const MeshPeerInfo *mesh_connection_get_peer_info (MeshConnection *connection);

/**
 * mesh_connection_supports:
 * @protocol: a protocol id
 *
 * Returns: whether the peer said that it serves @protocol; %FALSE until identified
 */
gboolean mesh_connection_supports (MeshConnection *connection, const char *protocol);

/**
 * mesh_connection_close:
 * @reason: (nullable): why, for the log and for what the peer is told
 *
 * Closes at once: every stream of it fails with %MESH_ERROR_CLOSED.
 */
void mesh_connection_close (MeshConnection *connection, GError *reason);

/* For the host and its protocols. */

/**
 * mesh_connection_new:
 * @muxer: (transfer none): referenced
 */
MeshConnection *mesh_connection_new (MeshMuxer *muxer,
                                     MeshPeerId *peer_id,
                                     MeshMultiaddr *local_addr,
                                     MeshMultiaddr *remote_addr,
                                     MeshDirection direction) G_GNUC_WARN_UNUSED_RESULT;
MeshMuxer *mesh_connection_get_muxer (MeshConnection *connection);

/**
 * mesh_connection_take_peer_info:
 * @info: (transfer full): replaces what was known
 */
void mesh_connection_take_peer_info (MeshConnection *connection, MeshPeerInfo *info);

/**
 * mesh_connection_add_latency:
 * @sample_us: one measured round trip; smoothed with weight 1/8
 */
void mesh_connection_add_latency (MeshConnection *connection, gint64 sample_us);

G_END_DECLS
