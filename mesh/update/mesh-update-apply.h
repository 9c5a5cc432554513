/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-update-engine-private.h"

/* Switching versions: apply, roll back, remove. The journal says `applying` before the
 * first change on disk; every step may be repeated, so after a crash the whole operation
 * is run again from there. */

/**
 * mesh_update_apply_async:
 * @entry: between mesh_update_engine_begin() and _end()
 * @kind: what to do; when the record is `applying` already, what it says counts
 *
 * Not cancellable: it is over in moments, and half done it would have to be finished.
 */
void mesh_update_apply_async (MeshUpdateEngine *engine,
                              MeshUpdateEntry *entry,
                              MeshUpdateKind kind,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean mesh_update_apply_finish (MeshUpdateEngine *engine,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_apply_drop_async:
 * @digest: the release's, which names its pin
 * @root: CID text of the release
 * @path: its folder
 *
 * Lets go of a release's tree: its pin, its references and its files. What fails is
 * logged: the next start tries again.
 */
void mesh_update_apply_drop_async (MeshUpdateEngine *engine,
                                   const char *digest,
                                   const char *root,
                                   const char *path,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
void mesh_update_apply_drop_finish (MeshUpdateEngine *engine, GAsyncResult *result);
