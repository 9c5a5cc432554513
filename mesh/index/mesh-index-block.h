/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "index/mesh-index-db.h"
#include "index/mesh-index-files.h"

/* what the index knows of one block, and reading it from there.
 */

/* References looked at for one block; more may exist. */
#define MESH_INDEX_BLOCK_MAX_REFS 8

typedef struct
{
  char *path; /* (owned) */
  gint64 path_id;
  guint64 offset;
  gsize size;
  MeshReferenceKind kind;
  gboolean is_bad; /* set by mesh_index_block_read() */
} MeshIndexRef;

typedef struct
{
  gint64 id; /* 0: the index has no row */
  gsize size;
  gboolean is_stored;
  gboolean is_bad; /* its file; set by mesh_index_block_read() */
  gboolean is_leaf;
  guint n_refs;
  guint64 used;
  guint n_pins;
  guint n_shares;
  GArray *refs; /* (owned) (nullable) (element-type MeshIndexRef) */
} MeshIndexBlock;

void mesh_index_block_clear (MeshIndexBlock *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshIndexBlock, mesh_index_block_clear)

/**
 * mesh_index_block_lookup:
 * @self: (out caller-allocates): what the index has; id is 0 when that is nothing
 *
 * One indexed lookup, without the references.
 */
gboolean mesh_index_block_lookup (MeshIndexBlock *self,
                                  MeshIndexDb *db,
                                  const MeshCid *cid,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether there is any place to read it from. */
gboolean mesh_index_block_is_available (const MeshIndexBlock *self);

/* Fills refs. */
gboolean mesh_index_block_load_refs (MeshIndexBlock *self,
                                     MeshIndexDb *db,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_index_block_read:
 *
 * Reads from the first place that yields bytes which hash to @cid. Places that do not are
 * marked bad. Blocks on the disk.
 *
 * Returns: (transfer full) (nullable): the bytes, verified
 */
GBytes *mesh_index_block_read (MeshIndexBlock *self,
                               MeshIndexFiles *files,
                               const MeshCid *cid) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_index_block_fetch:
 *
 * The part of mesh_index_block_read() before hashing, so that several blocks can be
 * hashed at once: reads the next place that is not marked bad, and marks those that can
 * not be read.
 *
 * Returns: (transfer full) (nullable): bytes not verified; %NULL when no place is left
 */
GBytes *mesh_index_block_fetch (MeshIndexBlock *self,
                                MeshIndexFiles *files,
                                const MeshCid *cid) G_GNUC_WARN_UNUSED_RESULT;

/* Marks the place that mesh_index_block_fetch() read last. */
void mesh_index_block_mark_bad (MeshIndexBlock *self);

gboolean mesh_index_block_has_bad (const MeshIndexBlock *self);
