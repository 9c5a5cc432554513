/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "peer/mesh-keypair.h"
#include "work/mesh-work-pool.h"

/* The node's key on disk: a libp2p PrivateKey protobuf in a file of mode 0600. */

#define MESH_NODE_IDENTITY_MAX_BYTES 4096

/**
 * mesh_node_identity_load:
 * @path: absolute path of the key file; its folder exists
 * @error: %MESH_ERROR_AUTH when the file belongs to another user or may be read by
 *   others, %MESH_ERROR_CORRUPT, %MESH_ERROR_IO
 *
 * Reads the key, or makes one when there is no file: a temporary file is written and
 * flushed, then linked to @path, so of two processes that start at once both get the
 * same key. Blocks on the disk: run it in the worker pool.
 *
 * Returns: (transfer full) (nullable): the key
 */
MeshKeypair *
mesh_node_identity_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_node_identity_create:
 * @path: as above
 *
 * Makes a new key: %MESH_ERROR_EXISTS when the file is there already.
 */
MeshKeypair *
mesh_node_identity_create (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_node_identity_load_async:
 *
 * mesh_node_identity_load() in @pool.
 */
void mesh_node_identity_load_async (const char *path,
                                    MeshWorkPool *pool,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
MeshKeypair *mesh_node_identity_load_finish (GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
