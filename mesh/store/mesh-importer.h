/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "store/mesh-store.h"
#include "tree/mesh-import.h"

/* Turns a file or a folder into a UnixFS DAG in a store. Streaming: a bounded number of
 * chunks is in memory, whatever the size of the file. Root CIDs equal those of
 * ipfs-unixfs-importer (JavaScript) for the same options. */

/* Most bytes of chunks in flight during an import, unless one chunk alone is larger. */
#define MESH_IMPORT_MAX_IN_FLIGHT_BYTES (24u * 1024 * 1024)
/**
 * MeshImportProgress:
 * @done_bytes: bytes of files chunked and hashed so far
 * @total_bytes: bytes of all files
 *
 * Called in the main context, at most once for each batch of chunks.
 */
typedef void (*MeshImportProgress) (guint64 done_bytes,
                                    guint64 total_bytes,
                                    gpointer user_data);

/**
 * mesh_importer_add_async:
 * @store: where blocks go; a lease is held until the operation ends
 * @path: (type filename): a regular file, a symlink or a folder
 * @options: (nullable): copied; %NULL for the defaults
 * @progress: (nullable): called until @callback is
 * @progress_data: for @progress
 *
 * Symlinks are kept as symlinks, never followed, apart from @path's own parent folders.
 * Devices, sockets and pipes are refused with %MESH_ERROR_UNSUPPORTED, and so are names
 * that are not UTF-8. A file that changes size while it is read: %MESH_ERROR_WRONG_STATE.
 */
void mesh_importer_add_async (MeshStore *store,
                              const char *path,
                              const MeshImportOptions *options,
                              MeshImportFlags flags,
                              MeshImportProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * mesh_importer_add_finish:
 *
 * Returns: (transfer full): what was made; pin its root to keep it
 */
MeshImportResult *mesh_importer_add_finish (MeshStore *store,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
