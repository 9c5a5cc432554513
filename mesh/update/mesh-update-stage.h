/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "store/mesh-importer.h"
#include "update/mesh-update-engine-private.h"

/* From `available` to `staged`: plan, fetch, assemble, verify. Each state is in the
 * journal before it is entered. */

/* Chunks being read and written while a tree is assembled. */
#define MESH_UPDATE_STAGE_WINDOW 8

/**
 * mesh_update_stage_parse_dag:
 * @text: a manifest's "dag": "fixed-1048576,sha3-256,dag-pb,174", or "fastcdc-1048576,…"
 * @options: (out): set on success
 *
 * Returns: %FALSE with %MESH_ERROR_UNSUPPORTED
 */
gboolean mesh_update_stage_parse_dag (const char *text,
                                      MeshImportOptions *options,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *
mesh_update_stage_format_dag (const MeshImportOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_stage_async:
 * @entry: has a `next` and is between mesh_update_engine_begin() and _end()
 *
 * On failure the state is `failed`, or `available` when it was cancelled.
 */
void mesh_update_stage_async (MeshUpdateEngine *engine,
                              MeshUpdateEntry *entry,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean mesh_update_stage_finish (MeshUpdateEngine *engine,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
