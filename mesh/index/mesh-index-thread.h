/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "index/mesh-index.h"

/* The index thread. Operations queue up and run in order, many in one transaction (group
 * commit); each in a savepoint of its own, so that one that fails takes nothing else with
 * it. An operation's task returns after the commit, in the context it was made in. */

typedef struct MeshIndexThread MeshIndexThread;

typedef enum
{
  MESH_INDEX_OP_NONE = 0,
  MESH_INDEX_OP_DURABLE = 1 << 0, /* everything is on the disk before it returns */
} MeshIndexOpFlags;

typedef gboolean (*MeshIndexOpFunc) (MeshIndex *index, gpointer data, GError **error);

/* Borrows all three until mesh_index_thread_stop(). */
MeshIndexThread *
mesh_index_thread_start (MeshIndexDb *db,
                         MeshIndexFiles *files,
                         MeshIndexState *state) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_index_thread_stop:
 *
 * Runs what is queued, ends the thread, frees it. Blocks for that time.
 */
void mesh_index_thread_stop (MeshIndexThread *self);

/**
 * mesh_index_thread_push:
 * @data: (nullable): given to @func; not touched by anyone else until the task returns
 * @task: (transfer full): returns TRUE or the error
 */
void mesh_index_thread_push (MeshIndexThread *self,
                             MeshIndexOpFunc func,
                             MeshIndexOpFlags flags,
                             gpointer data,
                             GTask *task);
