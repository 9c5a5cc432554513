/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-app.h"
#include "update/mesh-update-record.h"

/* How the engine writes what everyone else reads. */

MeshApp *mesh_app_new (const char *id) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_app_sync:
 * @record: what the journal says now
 * @app_dir: apps/ID
 */
void mesh_app_sync (MeshApp *app, const MeshUpdateRecord *record, const char *app_dir);

/**
 * mesh_app_set_progress:
 * @sources: (nullable) (element-type MeshSourceUsage): referenced; %NULL keeps the old
 */
void mesh_app_set_progress (MeshApp *app,
                            guint64 bytes_done,
                            guint n_chunks_done,
                            guint64 rate_bps,
                            GPtrArray *sources);
