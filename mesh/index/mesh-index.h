/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "index/mesh-index-block.h"
#include "index/mesh-index-db.h"
#include "index/mesh-index-files.h"
#include "index/mesh-index-state.h"

/* everything that changes the index. Runs in the index thread,
 * inside its transaction; block files get their names and lose them here only, so no two
 * changes can race. Files are deleted after the commit that forgets them: a crash between
 * leaves a file without a row, which garbage collection finds, never a row without one.
 */

typedef struct
{
  MeshIndexDb *db;       /* (unowned) */
  MeshIndexFiles *files; /* (unowned) */
  MeshIndexState *state; /* (unowned) */
  MeshIndexDelta delta;  /* of the transaction so far */
  GPtrArray *unlinks;    /* (owned) (element-type MeshCid): files to delete after it */
} MeshIndex;

/* Blocks deleted in one call of mesh_index_evict(). */
#define MESH_INDEX_MAX_EVICT 256
/* Blocks named in one call of mesh_index_list_referenced(). */
#define MESH_INDEX_MAX_LISTED 256

/* Gives the block written to tmp/ under @tmp_id its place and row, and returns @reserved
 * bytes to the limit. */
gboolean mesh_index_put (MeshIndex *self,
                         MeshCid *cid,
                         gsize size,
                         gboolean is_leaf,
                         guint tmp_id,
                         guint64 reserved,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean mesh_index_add_reference (MeshIndex *self,
                                   MeshCid *cid,
                                   const char *path,
                                   guint64 offset,
                                   gsize size,
                                   MeshReferenceKind kind,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_index_remove_references (MeshIndex *self,
                                       const char *path,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_index_rename_references (MeshIndex *self,
                                       const char *old_path,
                                       const char *new_path,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (nullable) (element-type MeshCid): some blocks, at most %MESH_INDEX_MAX_LISTED, that
 * lie in a file at or below @path and have no file of their own; empty when there are no
 * more after @cursor, which is 0 to begin with. */
GPtrArray *mesh_index_list_referenced (MeshIndex *self,
                                       const char *path,
                                       gint64 *cursor,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets references into files that are not there any more. */
gboolean mesh_index_drop_stale_references (MeshIndex *self,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets the places of @block that are marked bad. */
gboolean mesh_index_drop_bad (MeshIndex *self,
                              MeshCid *cid,
                              const MeshIndexBlock *block,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean mesh_index_delete (MeshIndex *self,
                            MeshCid *cid,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes the file of a block that has a reference. */
gboolean mesh_index_drop_copy (MeshIndex *self,
                               MeshCid *cid,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_index_evict:
 * @bytes: how much is wanted
 * @freed: (out): how much was freed
 * @cursor: (inout): where to go on; 0 to begin with
 * @has_more: (out): whether another call may free more
 *
 * Deletes the files of the least recently used blocks that nothing holds.
 */
gboolean mesh_index_evict (MeshIndex *self,
                           guint64 bytes,
                           guint64 *freed,
                           gint64 *cursor,
                           gboolean *has_more,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes (or, to rebuild, adopts) the files of a shard that have no row. */
gboolean mesh_index_sweep (MeshIndex *self,
                           guint shard,
                           gboolean is_rebuild,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the uses that only the state knows. */
gboolean
mesh_index_flush_uses (MeshIndex *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Counts everything anew: after changes of many rows. O(blocks). */
gboolean mesh_index_count (MeshIndex *self,
                           MeshStoreStats *counts,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same as a difference to what the state and the delta say. */
gboolean mesh_index_recount (MeshIndex *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
