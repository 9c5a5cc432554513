/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "trust/mesh-manifest-request.h"
#include "trust/mesh-signed-manifest.h"

/* /shoal/manifest/1.0.0 over a stream, both sides. Works on any GIOStream. */

#define MESH_MANIFEST_EXCHANGE_TIMEOUT_S 15
#define MESH_MANIFEST_EXCHANGE_MAX_SERVED 32 /* questions being answered at once */

/**
 * mesh_manifest_exchange_ask_async:
 * @stream: closed when the answer is there
 *
 * Finishes with a signed envelope that nobody has verified; %MESH_ERROR_NOT_FOUND when
 * the peer has none, %MESH_ERROR_PROTOCOL, %MESH_ERROR_TOO_LARGE, %MESH_ERROR_TIMED_OUT.
 */
void mesh_manifest_exchange_ask_async (GIOStream *stream,
                                       const char *app_id,
                                       const char *channel,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GBytes *mesh_manifest_exchange_ask_finish (GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_manifest_exchange_read_async:
 *
 * The answering side: reads the question. %MESH_ERROR_PROTOCOL, %MESH_ERROR_TIMED_OUT.
 */
void mesh_manifest_exchange_read_async (GIOStream *stream,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/**
 * mesh_manifest_exchange_read_finish:
 * @request: (out): to be cleared with mesh_manifest_request_clear()
 */
gboolean mesh_manifest_exchange_read_finish (GAsyncResult *result,
                                             MeshManifestRequest *request,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_manifest_exchange_answer_async:
 * @envelope: (nullable): %NULL: "I don't have it"
 *
 * Writes the answer and closes the stream.
 */
void mesh_manifest_exchange_answer_async (GIOStream *stream,
                                          GBytes *envelope,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean mesh_manifest_exchange_answer_finish (GAsyncResult *result,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
