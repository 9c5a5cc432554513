/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>

/* One HTTP request whose answer is read whole, up to a bound, with the errors of
 * MeshError. For the sources of this room. */

/**
 * mesh_http_session_new:
 * @timeout_s: seconds of silence
 *
 * Returns: (transfer full): a session that says who we are, keeps no cookies, stores
 *   nothing and does not unpack compressed answers
 */
SoupSession *mesh_http_session_new (guint timeout_s) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_http_parse_base:
 * @url: http or https, with or without a path
 *
 * Returns: (transfer full): it without a final slash, query and fragment; %NULL with
 *   %MESH_ERROR_INVALID
 */
char *mesh_http_parse_base (const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_http_send_async:
 * @message: to be sent
 * @max_bytes: of the answer's body
 */
void mesh_http_send_async (SoupSession *session,
                           SoupMessage *message,
                           gsize max_bytes,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/**
 * mesh_http_send_finish:
 *
 * Returns: (transfer full): the body, whatever the status is; %NULL with
 *   %MESH_ERROR_UNREACHABLE, %MESH_ERROR_TIMED_OUT, %MESH_ERROR_AUTH (bad TLS
 *   certificate), %MESH_ERROR_TOO_LARGE or %G_IO_ERROR_CANCELLED
 */
GBytes *mesh_http_send_finish (SoupSession *session,
                               GAsyncResult *result,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
