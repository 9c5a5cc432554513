/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "store/mesh-store-db.h"
#include "store/mesh-store-files.h"

/* Inner part of MeshStore: what the index knows of one block, and reading it from there.
 */

/* References looked at for one block; more may exist. */
#define MESH_STORE_BLOCK_MAX_REFS 8

typedef struct
{
  char *path; /* (owned) */
  gint64 path_id;
  guint64 offset;
  gsize size;
  MeshReferenceKind kind;
  gboolean is_bad; /* set by mesh_store_block_read() */
} MeshStoreRef;

typedef struct
{
  gint64 id; /* 0: the index has no row */
  gsize size;
  gboolean is_stored;
  gboolean is_bad; /* its file; set by mesh_store_block_read() */
  gboolean is_leaf;
  guint n_refs;
  guint64 used;
  guint n_pins;
  guint n_shares;
  GArray *refs; /* (owned) (nullable) (element-type MeshStoreRef) */
} MeshStoreBlock;

void mesh_store_block_clear (MeshStoreBlock *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshStoreBlock, mesh_store_block_clear)

/**
 * mesh_store_block_lookup:
 * @self: (out caller-allocates): what the index has; id is 0 when that is nothing
 *
 * One indexed lookup, without the references.
 */
gboolean mesh_store_block_lookup (MeshStoreBlock *self,
                                  MeshStoreDb *db,
                                  const MeshCid *cid,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether there is any place to read it from. */
gboolean mesh_store_block_is_available (const MeshStoreBlock *self);

/* Fills refs. */
gboolean mesh_store_block_load_refs (MeshStoreBlock *self,
                                     MeshStoreDb *db,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_block_read:
 *
 * Reads from the first place that yields bytes which hash to @cid. Places that do not are
 * marked bad. Blocks on the disk.
 *
 * Returns: (transfer full) (nullable): the bytes, verified
 */
GBytes *mesh_store_block_read (MeshStoreBlock *self,
                               MeshStoreFiles *files,
                               const MeshCid *cid) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_block_fetch:
 *
 * The part of mesh_store_block_read() before hashing, so that several blocks can be
 * hashed at once: reads the next place that is not marked bad, and marks those that can
 * not be read.
 *
 * Returns: (transfer full) (nullable): bytes not verified; %NULL when no place is left
 */
GBytes *mesh_store_block_fetch (MeshStoreBlock *self,
                                MeshStoreFiles *files,
                                const MeshCid *cid) G_GNUC_WARN_UNUSED_RESULT;

/* Marks the place that mesh_store_block_fetch() read last. */
void mesh_store_block_mark_bad (MeshStoreBlock *self);

gboolean mesh_store_block_has_bad (const MeshStoreBlock *self);
