/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-update-engine-private.h"

/* The start of an engine: read the journal, finish what was being applied, undo what was
 * half fetched or staged, clear away what nothing names any more. */

/**
 * mesh_update_open_async:
 * @engine: with its folders and objects set, without journal
 */
void mesh_update_open_async (MeshUpdateEngine *engine,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mesh_update_open_finish (MeshUpdateEngine *engine,
                                  GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_open_share_all:
 *
 * Shares every installed and published tree, or stops to, as the engine's is_sharing
 * says.
 */
void mesh_update_open_share_all (MeshUpdateEngine *engine);
