/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "store/mesh-block-source.h"

/* Brings all blocks of some DAGs through a block source, many at a time, and keeps none
 * of them: the source puts them in the store. Depth first and in order, so that a file's
 * chunks come in the order it is written; each CID once. */

#define MESH_DAG_FETCH_LOOKAHEAD 24          /* gets outstanding */
#define MESH_DAG_FETCH_MAX_BLOCKS (1u << 20) /* of one fetch; more: MESH_ERROR_LIMIT */

typedef enum
{
  MESH_DAG_FETCH_BLOCKS = 0,         /* the given CIDs and no more */
  MESH_DAG_FETCH_RECURSIVE = 1 << 0, /* follow the links of dag-pb blocks */
} MeshDagFetchFlags;

/**
 * MeshDagFetchProgress:
 * @cid: (transfer none): a block that is there now
 * @size: its bytes
 */
typedef void (*MeshDagFetchProgress) (MeshCid *cid, gsize size, gpointer user_data);

/**
 * mesh_dag_fetch_async:
 * @roots: (array length=n): what to fetch, in order
 * @progress: (nullable) (scope notified): called once for each block
 * @progress_data: kept valid by the caller until the end
 *
 * Fails with the first error of the source; then the other gets are cancelled and
 * awaited before the callback runs.
 */
void mesh_dag_fetch_async (MeshBlockSource *source,
                           MeshCid *const *roots,
                           gsize n,
                           MeshDagFetchFlags flags,
                           int priority,
                           MeshDagFetchProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/**
 * mesh_dag_fetch_finish:
 * @n_bytes: (out) (optional): bytes of all blocks
 */
gboolean mesh_dag_fetch_finish (MeshBlockSource *source,
                                GAsyncResult *result,
                                guint64 *n_bytes,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
