/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "store/mesh-block-source.h"
#include "store/mesh-store.h"
#include "work/mesh-work-pool.h"

/* Turns a UnixFS DAG back into a file or a folder, or a stream of its bytes. Blocks come
 * from any source, a bounded number of them at once and in memory. */

/* Blocks asked for and not yet written. */
#define MESH_EXPORT_WINDOW 16
/* Bytes of leaves kept in the store when a file they were written into is given up. */
#define MESH_EXPORT_MAX_KEPT_BYTES (1024u * 1024 * 1024)
/* Bounds against hostile DAGs. */
#define MESH_EXPORT_MAX_DEPTH 64
#define MESH_EXPORT_MAX_ENTRIES (4 * 1000 * 1000)

typedef struct
{
  guint64 max_bytes; /* most bytes of files written; 0: no limit */
  MeshStore *store;  /* (unowned) (nullable): where @source puts what it fetches; leaves
                      * that arrive get their place in the file and become references
                      * in the store, so that they are written once */
} MeshExportOptions;

/**
 * MeshExportProgress:
 * @done_bytes: bytes of files written so far
 * @total_bytes: bytes of all files known so far; grows while folders are discovered
 */
typedef void (*MeshExportProgress) (guint64 done_bytes,
                                    guint64 total_bytes,
                                    gpointer user_data);

/**
 * mesh_exporter_get_async:
 * @source: where blocks come from
 * @pool: (nullable): for disk writes; %NULL makes one for this call
 * @cid: a UnixFS file, directory (sharded ones too), symlink or raw block
 * @dest: (type filename): what to make; must not exist (%MESH_ERROR_EXISTS)
 * @options: (nullable)
 *
 * Everything is written beside @dest under a temporary name and renamed when it is whole,
 * so a failure leaves nothing there. Nothing is ever written outside: names with "/",
 * NUL, "." or ".." are %MESH_ERROR_UNSAFE_PATH, links that were made are never followed,
 * and a setuid, setgid or sticky bit is dropped.
 */
void mesh_exporter_get_async (MeshBlockSource *source,
                              MeshWorkPool *pool,
                              MeshCid *cid,
                              const char *dest,
                              const MeshExportOptions *options,
                              MeshExportProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/**
 * mesh_exporter_get_finish:
 * @n_bytes: (out) (optional): bytes of files written
 */
gboolean mesh_exporter_get_finish (GAsyncResult *result,
                                   guint64 *n_bytes,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_exporter_cat_async:
 * @cid: a UnixFS file or raw block
 * @output: where its bytes go, in order; not closed
 *
 * Writes the content of a file to a stream. A directory is %MESH_ERROR_UNSUPPORTED.
 */
void mesh_exporter_cat_async (MeshBlockSource *source,
                              MeshCid *cid,
                              GOutputStream *output,
                              MeshExportProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean mesh_exporter_cat_finish (GAsyncResult *result,
                                   guint64 *n_bytes,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
