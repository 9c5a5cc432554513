/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-update-engine-private.h"

/* A folder becomes a signed release that is kept, shared and put to the Master Server. */

#define MESH_UPDATE_PUBLISH_LIFE_S (180 * 24 * 60 * 60)             /* of a release */
#define MESH_UPDATE_PUBLISH_KEYS_LIFE_S (10LL * 365 * 24 * 60 * 60) /* of a key file */

/**
 * mesh_update_publish_async:
 * @entry: between mesh_update_engine_begin() and _end()
 */
void mesh_update_publish_async (MeshUpdateEngine *engine,
                                MeshUpdateEntry *entry,
                                const char *dir,
                                const MeshPublishOptions *options,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
MeshPublishResult *mesh_update_publish_finish (MeshUpdateEngine *engine,
                                               GAsyncResult *result,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
