/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/* One thread that works through what is queued, in order, as many at once as have come
 * meanwhile: for a resource that only one thread may touch and that is cheaper to touch
 * for many things together, as a database is. */

typedef struct MeshWorkQueue MeshWorkQueue;

/* Most tasks given to the function at once. */
#define MESH_WORK_QUEUE_MAX_GROUP 256

/**
 * MeshWorkQueueFunc:
 * @tasks: (array length=n): their task data is what to work on
 * @errors: (array length=n): all %NULL; set where a task failed (transfer full)
 *
 * Runs in the queue's thread.
 */
typedef void (*MeshWorkQueueFunc) (GTask *const *tasks,
                                   GError **errors,
                                   guint n,
                                   gpointer user_data);

/**
 * mesh_work_queue_start:
 * @name: of the thread, at most 15 bytes
 */
MeshWorkQueue *mesh_work_queue_start (const char *name,
                                      MeshWorkQueueFunc func,
                                      gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_work_queue_stop:
 *
 * Works through what is queued, ends the thread, frees the queue. Blocks for that time.
 */
void mesh_work_queue_stop (MeshWorkQueue *self);

/**
 * mesh_work_queue_push:
 * @task: (transfer full): returns TRUE or its error in the context it was made in; its
 * task data must not be touched meanwhile. All tasks of a queue are made in one context.
 */
void mesh_work_queue_push (MeshWorkQueue *self, GTask *task);
