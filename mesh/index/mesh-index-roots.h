/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "index/mesh-index.h"

/* pins and shares. Both are a root whose members, every block
 * below it, are counted in the rows of the blocks, so that "is it pinned" and "is it
 * shared" are one lookup. Runs in the index thread; reads inner nodes from the disk. */

typedef enum
{
  MESH_INDEX_ROOT_PIN = 0,
  MESH_INDEX_ROOT_SHARE = 1,
} MeshIndexRootKind;

/**
 * mesh_index_roots_add:
 *
 * Adds the root or raises its count, and makes members of all blocks below it. A pin
 * fails with %MESH_ERROR_NOT_FOUND when one is missing; a share passes over it.
 */
gboolean mesh_index_roots_add (MeshIndex *index,
                               MeshIndexRootKind kind,
                               const char *name,
                               MeshCid *root,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lowers the count and forgets root and members at 0. */
gboolean mesh_index_roots_remove (MeshIndex *index,
                                  MeshIndexRootKind kind,
                                  const char *name,
                                  MeshCid *root,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes one block a member of a root that is there; nothing happens when it is not. */
gboolean mesh_index_roots_add_member (MeshIndex *index,
                                      MeshIndexRootKind kind,
                                      MeshCid *root,
                                      MeshCid *cid,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  char *name;   /* (owned) */
  MeshCid *cid; /* (owned) */
  guint count;
} MeshIndexRoot;

/* (transfer full) (nullable) (element-type MeshIndexRoot): sorted by name, then CID */
GPtrArray *mesh_index_roots_list (MeshIndexDb *db,
                                  MeshIndexRootKind kind,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
