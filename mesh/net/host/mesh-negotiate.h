/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "wire/mesh-multistream.h"

/**
 * mesh_negotiate_run_async:
 * @stream: both sides agree on a protocol here; not a byte more is read
 * @core: (transfer full): a dialer or listener
 * @first: (nullable): bytes of the protocol itself, written right behind what @core says
 *   first, so before the other side has agreed. Only for a dialer with one proposal: who
 *   refuses that reads them as more proposals, and the stream is good for nothing.
 *
 * No timeout of its own: the caller cancels.
 */
void mesh_negotiate_run_async (GIOStream *stream,
                               MeshMultistream *core,
                               GBytes *first,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * mesh_negotiate_run_finish:
 * @error: as mesh_multistream_handle_bytes(), %MESH_ERROR_CLOSED, or what the stream said
 *
 * Returns: (transfer full) (nullable): the protocol
 */
char *mesh_negotiate_run_finish (GAsyncResult *result,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
