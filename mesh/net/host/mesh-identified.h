/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"

G_BEGIN_DECLS

/* How long whoever needs to know a peer's protocols should wait for them. */
#define MESH_IDENTIFIED_TIMEOUT_US (5 * G_USEC_PER_SEC)

/**
 * mesh_identified_wait_async:
 * @peer_id: a connected peer
 * @timeout_us: how long at most
 * @cancellable: (nullable)
 *
 * A connection is there before the peer has said what it speaks. This ends when
 * mesh_connection_get_peer_info() is known, at once if it is already. A connection that
 * is replaced by another one to the same peer does not end it.
 */
void mesh_identified_wait_async (MeshHost *host,
                                 MeshPeerId *peer_id,
                                 gint64 timeout_us,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/**
 * mesh_identified_wait_finish:
 * @error: %MESH_ERROR_TIMED_OUT: still connected, but the peer does not say;
 *   %MESH_ERROR_CLOSED when it is not, or no more, connected; %G_IO_ERROR_CANCELLED
 */
gboolean mesh_identified_wait_finish (MeshHost *host,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
