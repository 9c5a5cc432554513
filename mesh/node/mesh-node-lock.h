/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* One process for one data folder: a lock on a file in it. The kernel drops the lock with
 * the process, however it ends; the file stays and means nothing by itself. */
typedef struct MeshNodeLock MeshNodeLock;

/**
 * mesh_node_lock_take:
 * @data_dir: made with mode 0700 when missing
 * @error: %MESH_ERROR_BUSY when another process (or another lock of this one) holds it,
 *   with its process id in the message; %MESH_ERROR_CLOSED when that one is leaving, so
 *   that it is worth waiting for; %MESH_ERROR_IO
 *
 * A few system calls.
 *
 * Returns: (transfer full) (nullable): the lock
 */
MeshNodeLock *
mesh_node_lock_take (const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_node_lock_free (MeshNodeLock *lock);

/* Tells others in the file whether the lock will be free soon. */
void mesh_node_lock_set_leaving (MeshNodeLock *lock, gboolean is_leaving);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshNodeLock, mesh_node_lock_free)
