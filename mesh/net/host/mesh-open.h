/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-connection.h"

/**
 * mesh_open_run_async:
 * @connection: where to open a stream
 * @protocols: (array zero-terminated=1): wanted protocols, best first
 * @timeout_us: for agreeing on one
 */
void mesh_open_run_async (MeshConnection *connection,
                          const char *const *protocols,
                          gint64 timeout_us,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/**
 * mesh_open_run_finish:
 * @error: %MESH_ERROR_UNSUPPORTED, %MESH_ERROR_BUSY, %MESH_ERROR_TIMED_OUT,
 *   %MESH_ERROR_CLOSED, %MESH_ERROR_PROTOCOL, %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the stream, its protocol set
 */
MeshStream *
mesh_open_run_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
