/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/iface/mesh-connection.h"
#include "net/iface/mesh-transport.h"
#include "peer/mesh-keypair.h"

/**
 * mesh_upgrade_run_async:
 * @link: (transfer full): what a transport yielded
 * @direction: who dialed
 * @identity: who we are
 * @expected: (nullable): who the peer must be
 * @max_inbound_streams: for the muxer
 * @max_outbound_streams: for the muxer
 *
 * Secures and multiplexes a raw link; a link that is both already only has its peer
 * checked. No timeout of its own: the caller cancels.
 */
void mesh_upgrade_run_async (MeshLink *link,
                             MeshDirection direction,
                             MeshKeypair *identity,
                             MeshPeerId *expected,
                             guint max_inbound_streams,
                             guint max_outbound_streams,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/**
 * mesh_upgrade_run_finish:
 * @error: %MESH_ERROR_AUTH, %MESH_ERROR_PROTOCOL, %MESH_ERROR_UNSUPPORTED,
 *   %MESH_ERROR_CLOSED, %G_IO_ERROR_CANCELLED, or what the link said
 *
 * Returns: (transfer full) (nullable): the connection, not started
 */
MeshConnection *
mesh_upgrade_run_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
