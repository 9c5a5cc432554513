/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/* The worker threads of a node: hashing, compression, disk. The only place in mesh/ where
 * threads live (the store's index thread is the one exception). A job is a pure function
 * over the input it was given; its result is handed to the main context that was the
 * thread default of the caller. Jobs touch no GObject.
 *
 * Threads: call from any thread; typical use is from the one main context. The pool ends
 * with its last reference: jobs still queued are run to their end first. */

#define MESH_TYPE_WORK_POOL (mesh_work_pool_get_type ())
G_DECLARE_FINAL_TYPE (MeshWorkPool, mesh_work_pool, MESH, WORK_POOL, GObject)

/* Most jobs waiting; beyond it a job is refused with %MESH_ERROR_BUSY. Callers that can
 * produce work without bound must keep their own count of jobs in flight far below. */
#define MESH_WORK_POOL_MAX_QUEUED 4096

/* Smaller is sooner. Jobs of equal priority start in the order they came. */
#define MESH_WORK_PRIORITY_HIGH (-10)
#define MESH_WORK_PRIORITY_DEFAULT 0
#define MESH_WORK_PRIORITY_LOW 10

/**
 * MeshWorkFunc:
 * @input: what was given to mesh_work_pool_run_async()
 * @cancellable: (nullable): to be looked at now and then by long jobs
 *
 * Runs in a pool thread.
 *
 * Returns: (transfer full) (nullable): the result; %NULL is a failure when @error is set
 *   and a result otherwise
 */
typedef gpointer (*MeshWorkFunc) (gpointer input,
                                  GCancellable *cancellable,
                                  GError **error);

/**
 * mesh_work_pool_new:
 * @n_threads: how many threads; 0 for one per processor (2 at least, 16 at most)
 */
MeshWorkPool *mesh_work_pool_new (guint n_threads) G_GNUC_WARN_UNUSED_RESULT;

guint mesh_work_pool_get_n_threads (MeshWorkPool *self);

/**
 * mesh_work_pool_get_n_queued:
 *
 * Returns: the number of jobs that have not started yet
 */
guint mesh_work_pool_get_n_queued (MeshWorkPool *self);

/**
 * mesh_work_pool_run_async:
 * @priority: one of the constants above or between them
 * @func: the job
 * @input: (transfer full): given to @func, then freed with @free_input in any thread
 * @free_input: (nullable)
 * @free_result: (nullable): frees a result nobody collected
 * @cancellable: (nullable): a job cancelled before it starts is not run
 * @callback: called in the caller's thread-default main context
 */
void mesh_work_pool_run_async (MeshWorkPool *self,
                               int priority,
                               MeshWorkFunc func,
                               gpointer input,
                               GDestroyNotify free_input,
                               GDestroyNotify free_result,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * mesh_work_pool_run_finish:
 *
 * Returns: (transfer full) (nullable): what the job returned; look at @error to tell a
 *   %NULL result from a failure
 */
gpointer mesh_work_pool_run_finish (MeshWorkPool *self,
                                    GAsyncResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
