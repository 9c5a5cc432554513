/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/* One message of a protocol that puts its length before it, as an unsigned varint (most
 * libp2p protocols do). */

/**
 * mesh_frame_read_async:
 * @max: the most bytes the message may have; no more is allocated than has arrived, in
 *   steps of 4 KiB
 *
 * Reads exactly one message and nothing after it.
 */
void mesh_frame_read_async (GInputStream *stream,
                            gsize max,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/**
 * mesh_frame_read_finish:
 * @error: %MESH_ERROR_CLOSED when the stream ended before the first byte,
 *   %MESH_ERROR_PROTOCOL when it ended inside the message, or the length is malformed or
 *   more than the most allowed; else as the stream
 *
 * Returns: (transfer full) (nullable): the message without its length
 */
GBytes *
mesh_frame_read_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_frame_wrap:
 *
 * Returns: (transfer full): @message with its length before it, to be written
 */
GBytes *mesh_frame_wrap (GBytes *message) G_GNUC_WARN_UNUSED_RESULT;
