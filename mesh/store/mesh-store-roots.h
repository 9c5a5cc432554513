/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "store/mesh-store-index.h"

/* Inner part of MeshStore: pins and shares. Both are a root whose members, every block
 * below it, are counted in the rows of the blocks, so that "is it pinned" and "is it
 * shared" are one lookup. Runs in the index thread; reads inner nodes from the disk. */

typedef enum
{
  MESH_STORE_ROOT_PIN = 0,
  MESH_STORE_ROOT_SHARE = 1,
} MeshStoreRootKind;

/**
 * mesh_store_roots_add:
 *
 * Adds the root or raises its count, and makes members of all blocks below it. A pin
 * fails with %MESH_ERROR_NOT_FOUND when one is missing; a share passes over it.
 */
gboolean mesh_store_roots_add (MeshStoreIndex *index,
                               MeshStoreRootKind kind,
                               const char *name,
                               MeshCid *root,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lowers the count and forgets root and members at 0. */
gboolean mesh_store_roots_remove (MeshStoreIndex *index,
                                  MeshStoreRootKind kind,
                                  const char *name,
                                  MeshCid *root,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes one block a member of a root that is there; nothing happens when it is not. */
gboolean mesh_store_roots_add_member (MeshStoreIndex *index,
                                      MeshStoreRootKind kind,
                                      MeshCid *root,
                                      MeshCid *cid,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) (nullable) (element-type MeshStorePin): sorted by name, then CID */
GPtrArray *mesh_store_roots_list (MeshStoreDb *db,
                                  MeshStoreRootKind kind,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
