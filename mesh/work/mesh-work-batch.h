/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "work/mesh-work-pool.h"

/* Runs items of one kind in the pool, several together when several are waiting: for work
 * that is cheaper by the dozen, such as hashing in the lanes of the vector unit. Items
 * given in one turn of the main context are together from the start.
 *
 * Threads: one batch object belongs to one main context, in which it is used and answers.
 */

#define MESH_TYPE_WORK_BATCH (mesh_work_batch_get_type ())
G_DECLARE_FINAL_TYPE (MeshWorkBatch, mesh_work_batch, MESH, WORK_BATCH, GObject)

/* Most items a function is given at once. */
#define MESH_WORK_BATCH_MAX_GROUP 16

/**
 * MeshWorkBatchFunc:
 * @items: (array length=n_items): what was given to mesh_work_batch_run_async(); results
 *   are written into them
 *
 * Runs in a pool thread.
 */
typedef void (*MeshWorkBatchFunc) (gpointer *items, guint n_items);

/**
 * mesh_work_batch_new:
 * @pool: where to run
 * @func: what to run
 * @max_group: most items at once, at most %MESH_WORK_BATCH_MAX_GROUP
 */
MeshWorkBatch *mesh_work_batch_new (MeshWorkPool *pool,
                                    MeshWorkBatchFunc func,
                                    guint max_group) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_work_batch_run_async:
 * @priority: smaller is sooner
 * @item: (transfer full): what to work on
 * @free_item: frees @item when nobody collects it
 */
void mesh_work_batch_run_async (MeshWorkBatch *self,
                                int priority,
                                gpointer item,
                                GDestroyNotify free_item,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * mesh_work_batch_run_finish:
 *
 * Returns: (transfer full): the item, with its results in it
 */
gpointer mesh_work_batch_run_finish (MeshWorkBatch *self,
                                     GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
