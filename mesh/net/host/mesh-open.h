/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-connection.h"

/* What is sent along before the peer has agreed is no longer than this: it fits the
 * window of a new stream with room to spare, so writing it never waits for the peer. */
#define MESH_OPEN_MAX_EAGER_BYTES (64 * 1024)

/**
 * mesh_open_run_async:
 * @connection: where to open a stream
 * @protocols: (array zero-terminated=1): wanted protocols, best first
 * @first: (nullable): what we say first; it is the same in all @protocols. Where one
 *   protocol is wanted, or the peer has said (identify) which of them it serves, it
 * leaves with the proposal and saves a round trip; else when the peer has agreed. A peer
 * that has told a lie is asked again, on another stream, one protocol after the other.
 * @timeout_us: for agreeing on one
 */
void mesh_open_run_async (MeshConnection *connection,
                          const char *const *protocols,
                          GBytes *first,
                          gint64 timeout_us,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/**
 * mesh_open_run_finish:
 * @error: %MESH_ERROR_UNSUPPORTED, %MESH_ERROR_BUSY, %MESH_ERROR_TIMED_OUT,
 *   %MESH_ERROR_CLOSED, %MESH_ERROR_PROTOCOL, %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the stream, its protocol set, @first written
 */
MeshStream *
mesh_open_run_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
