/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "net/host/mesh-host.h"

/* One question and one answer over a stream, each behind its length as a varint; then the
 * stream is over. Both sides; works on any GIOStream. /shoal/manifest/1.0.0 and
 * /shoal/search/1.0.0 are spoken in this way. */

#define MESH_EXCHANGE_TIMEOUT_S 15 /* for all of it */

/**
 * mesh_exchange_ask_async:
 * @stream: closed when something went wrong
 * @question: without its length
 * @max_len: of the answer
 *
 * Finishes with the answer, which nobody has looked at; %MESH_ERROR_NOT_FOUND when it is
 * empty, %MESH_ERROR_PROTOCOL, %MESH_ERROR_TOO_LARGE, %MESH_ERROR_TIMED_OUT.
 */
void mesh_exchange_ask_async (GIOStream *stream,
                              GBytes *question,
                              gsize max_len,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
GBytes *
mesh_exchange_ask_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_exchange_ask_peer_async:
 * @peer_id: a connected peer
 *
 * Opens a stream and asks. Fails also as mesh_host_open_stream_finish() does.
 */
void mesh_exchange_ask_peer_async (MeshHost *host,
                                   MeshPeerId *peer_id,
                                   const char *protocol,
                                   GBytes *question,
                                   gsize max_len,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GBytes *mesh_exchange_ask_peer_finish (MeshHost *host,
                                       GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_exchange_read_async:
 *
 * The answering side: reads the question. %MESH_ERROR_PROTOCOL, %MESH_ERROR_TOO_LARGE,
 * %MESH_ERROR_TIMED_OUT.
 */
void mesh_exchange_read_async (GIOStream *stream,
                               gsize max_len,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GBytes *mesh_exchange_read_finish (GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_exchange_answer_async:
 * @answer: (nullable): %NULL: nothing: "I don't have it"
 *
 * Writes the answer and closes the stream.
 */
void mesh_exchange_answer_async (GIOStream *stream,
                                 GBytes *answer,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean mesh_exchange_answer_finish (GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
