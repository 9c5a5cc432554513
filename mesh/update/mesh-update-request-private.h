/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-update-engine-private.h"

/* Requests that name an app by a link or an envelope instead of its id, and publishing.
 * Behind the functions of mesh-update-engine.h of the same names. */

void mesh_update_request_install_async (MeshUpdateEngine *engine,
                                        const MeshInstallOptions *options,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
void mesh_update_request_offer_async (MeshUpdateEngine *engine,
                                      GBytes *envelope,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* Of both of the above. */
gboolean mesh_update_request_finish (MeshUpdateEngine *engine,
                                     GAsyncResult *result,
                                     GError **error);

void mesh_update_request_inspect_async (MeshUpdateEngine *engine,
                                        const char *link,
                                        GBytes *envelope,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
MeshUpdateInspection *
mesh_update_request_inspect_finish (MeshUpdateEngine *engine,
                                    GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

void mesh_update_request_publish_async (MeshUpdateEngine *engine,
                                        const char *dir,
                                        const MeshPublishOptions *options,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
MeshPublishResult *
mesh_update_request_publish_finish (MeshUpdateEngine *engine,
                                    GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
