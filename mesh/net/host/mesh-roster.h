/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-connection.h"

/* The connections of a host, one for each peer, and which of them are in use. Reference
 * counted: streams in use keep it. Bounded by the host's limits on connections. */
typedef struct MeshRoster MeshRoster;

MeshRoster *mesh_roster_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_roster_unref (MeshRoster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRoster, mesh_roster_unref)

/* Both: (transfer none) (nullable). The second is O(n). */
MeshConnection *mesh_roster_find (MeshRoster *roster, const MeshPeerId *peer_id);
MeshConnection *mesh_roster_find_by_muxer (MeshRoster *roster, MeshMuxer *muxer);

/**
 * mesh_roster_contains:
 *
 * Returns: whether @connection itself is listed, not another one to the same peer
 */
gboolean mesh_roster_contains (MeshRoster *roster, MeshConnection *connection);

/**
 * mesh_roster_add:
 * @connection: referenced; no other connection to its peer is listed
 */
void mesh_roster_add (MeshRoster *roster, MeshConnection *connection);
void mesh_roster_remove (MeshRoster *roster, MeshConnection *connection);

/**
 * mesh_roster_dup_connections:
 *
 * Returns: (transfer full) (element-type MeshConnection): oldest first
 */
GPtrArray *mesh_roster_dup_connections (MeshRoster *roster) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_roster_count_use:
 *
 * @connection is in use as long as @stream exists.
 */
void mesh_roster_count_use (MeshRoster *roster,
                            MeshConnection *connection,
                            MeshStream *stream);

/**
 * mesh_roster_is_idle:
 * @since_us: a monotonic time
 *
 * Returns: whether @connection is listed and has not been in use since then
 */
gboolean
mesh_roster_is_idle (MeshRoster *roster, MeshConnection *connection, gint64 since_us);
