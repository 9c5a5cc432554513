/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/**
 * MeshMasterClient:
 *
 * The HTTP API of a Master Server. Nothing it returns is believed: envelopes go through
 * mesh/trust, search results are shown as claims.
 *
 * A request that times out (5 s without a byte) is tried 3 times. 5xx, no connection and
 * a bad TLS certificate fail at once: mesh_master_client_can_fall_back() is then true and
 * the caller goes to the mesh. Belongs to the main context it was made in; dropping the
 * last reference cancels nothing (each request keeps the object).
 */
/* Properties:
 *  - "reachable" (int, read-only, notified): the last contact: 1 it answered, 0 it could
 *    not be reached, -1 there was none yet
 */
#define MESH_TYPE_MASTER_CLIENT (mesh_master_client_get_type ())
G_DECLARE_FINAL_TYPE (MeshMasterClient, mesh_master_client, MESH, MASTER_CLIENT, GObject)

#define MESH_MASTER_CLIENT_MAX_ANSWER_BYTES (8u << 20) /* more: MESH_ERROR_TOO_LARGE */
#define MESH_MASTER_CLIENT_MAX_CACHE_ENTRIES 64        /* LRU; answers to GET */
#define MESH_MASTER_CLIENT_MAX_CACHE_BYTES (8u << 20)
#define MESH_MASTER_CLIENT_CACHE_S 60 /* a search is answered from the cache so long */
#define MESH_MASTER_CLIENT_N_TRIES 3
#define MESH_MASTER_CLIENT_TIMEOUT_S 5

/**
 * mesh_master_client_new:
 * @url: http or https base of the Master Server
 *
 * Returns: (nullable): %NULL with %MESH_ERROR_INVALID when @url cannot be used
 */
MeshMasterClient *
mesh_master_client_new (const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *mesh_master_client_get_url (MeshMasterClient *self);
int mesh_master_client_get_reachable (MeshMasterClient *self);

/**
 * mesh_master_client_set_timeout:
 *
 * Seconds of silence that count as a timeout; for tests and slow links. 1 to 60.
 */
void mesh_master_client_set_timeout (MeshMasterClient *self, guint timeout_s);

/**
 * mesh_master_client_latest_async:
 * @app: app id
 * @channel: (nullable): %NULL for the default channel
 * @etag: (nullable): what an earlier answer had; the server answers "not modified" if it
 *   is still so
 *
 * `GET /api/v1/updates/latest`.
 */
void mesh_master_client_latest_async (MeshMasterClient *self,
                                      const char *app,
                                      const char *channel,
                                      const char *etag,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/**
 * mesh_master_client_latest_finish:
 * @etag: (out) (optional) (nullable) (transfer full): of this answer
 * @is_not_modified: (out) (optional): the answer is the one @etag named; the bytes come
 *   from the cache when they are there and are empty otherwise
 *
 * Returns: (transfer full): the signed envelope as it was sent; %NULL with
 *   %MESH_ERROR_NOT_FOUND when the server has no such app
 */
GBytes *mesh_master_client_latest_finish (MeshMasterClient *self,
                                          GAsyncResult *result,
                                          char **etag,
                                          gboolean *is_not_modified,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_master_client_latest_in_range_async:
 * @range: (nullable): which versions will do, as npm writes it; %NULL: the newest
 *
 * `GET /api/v1/updates/latest?app=…&range=…`; to be finished with
 * mesh_master_client_latest_finish().
 */
void mesh_master_client_latest_in_range_async (MeshMasterClient *self,
                                               const char *app,
                                               const char *channel,
                                               const char *range,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);

/**
 * mesh_master_client_search_async:
 * @query: words; may be empty for all packages
 *
 * `GET /api/v1/packages?q=…`. Answered from the cache within
 * %MESH_MASTER_CLIENT_CACHE_S, and at any age when the server cannot be reached.
 */
void mesh_master_client_search_async (MeshMasterClient *self,
                                      const char *query,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/**
 * mesh_master_client_browse_async:
 * @category: (nullable)
 * @tag: (nullable)
 * @limit: most results; 0: what the server likes
 *
 * The same among the packages of a category or with a tag; to be finished with
 * mesh_master_client_search_finish().
 */
void mesh_master_client_browse_async (MeshMasterClient *self,
                                      const char *query,
                                      const char *category,
                                      const char *tag,
                                      guint limit,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/**
 * mesh_master_client_search_finish:
 * @is_stale: (out) (optional): the server could not be reached; this is an old answer
 *
 * Returns: (transfer full): the JSON text of the answer, valid UTF-8
 */
GBytes *mesh_master_client_search_finish (MeshMasterClient *self,
                                          GAsyncResult *result,
                                          gboolean *is_stale,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_master_client_publish_async:
 * @envelope: a signed manifest
 *
 * `PUT /api/v1/updates`. Fails with %MESH_ERROR_REFUSED and the server's reason when the
 * server does not accept it (4xx).
 */
void mesh_master_client_publish_async (MeshMasterClient *self,
                                       GBytes *envelope,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);

/**
 * mesh_master_client_announce_async:
 * @announcement: signed
 *
 * `PUT /api/v1/announcements`; to be finished with mesh_master_client_publish_finish().
 */
void mesh_master_client_announce_async (MeshMasterClient *self,
                                        GBytes *announcement,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean mesh_master_client_publish_finish (MeshMasterClient *self,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_master_client_bootstrap_async:
 *
 * `GET /api/v1/bootstrap`: the signed list of addresses to start from. Cached like a
 * search. Finishes with its bytes, which nobody has verified.
 */
void mesh_master_client_bootstrap_async (MeshMasterClient *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
GBytes *mesh_master_client_bootstrap_finish (MeshMasterClient *self,
                                             GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_master_client_can_fall_back:
 * @error: what a request failed with
 *
 * Returns: %TRUE when the mesh should be asked instead: no connection, timeouts, 5xx, or
 *   a certificate that does not verify (which is worth a warning)
 */
gboolean mesh_master_client_can_fall_back (const GError *error);
