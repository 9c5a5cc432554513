/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "store/mesh-store-index.h"

/* Inner part of MeshStore: the index thread. Operations queue up and run in order, many
 * in one transaction (group commit); each in a savepoint of its own, so that one that
 * fails takes nothing else with it. An operation's task returns after the commit, in the
 * context it was made in. */

typedef struct MeshStoreThread MeshStoreThread;

/* Most operations, and most time, in one transaction. */
#define MESH_STORE_THREAD_MAX_GROUP 256
#define MESH_STORE_THREAD_MAX_GROUP_US 50000

typedef enum
{
  MESH_STORE_OP_NONE = 0,
  MESH_STORE_OP_DURABLE = 1 << 0, /* everything is on the disk before it returns */
} MeshStoreOpFlags;

typedef gboolean (*MeshStoreOpFunc) (MeshStoreIndex *index,
                                     gpointer data,
                                     GError **error);

/* Borrows all three until mesh_store_thread_stop(). */
MeshStoreThread *
mesh_store_thread_start (MeshStoreDb *db,
                         MeshStoreFiles *files,
                         MeshStoreState *state) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_thread_stop:
 *
 * Runs what is queued, ends the thread, frees it. Blocks for that time.
 */
void mesh_store_thread_stop (MeshStoreThread *self);

/**
 * mesh_store_thread_push:
 * @task: (transfer full): returns TRUE or the error; its task data is given to @func and
 *   must not be touched meanwhile
 */
void mesh_store_thread_push (MeshStoreThread *self,
                             MeshStoreOpFunc func,
                             MeshStoreOpFlags flags,
                             GTask *task);
