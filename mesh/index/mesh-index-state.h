/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "index/mesh-index-types.h"

/* the small state its main context and its index thread share,
 * under one lock that is never held across I/O. It answers what the index can not: what
 * is being read, what was used since the last commit, which operations hold what.
 *
 * A use number counts up with every read and write of a block; the index stores the last
 * one of each block. Least recently used means smallest, a lease holds everything from
 * its own number on, and no clock is involved. */

typedef struct
{
  GMutex lock;
  MeshStoreStats stats;
  guint64 last_use;
  GHashTable *touched; /* (owned): MeshCid → guint64, uses the index does not know yet */
  GHashTable *reading; /* (owned): MeshCid → count */
  GHashTable *doomed;  /* (owned): MeshCid: being deleted by the index thread */
  GArray *leases;      /* (owned) (element-type guint64): the number each began with */
} MeshIndexState;

/* What a committed transaction changes in the statistics. */
typedef struct
{
  gint64 n_blocks;
  gint64 n_references;
  gint64 stored_bytes;
  gint64 referenced_bytes;
  gint64 pinned_bytes;
  gint64 reserved_bytes;
  gint64 n_evicted;
  gint64 n_dropped;
} MeshIndexDelta;

void mesh_index_state_init (MeshIndexState *self);
void mesh_index_state_clear (MeshIndexState *self);

guint64 mesh_index_state_next_use (MeshIndexState *self);

/* Marks a block used. FALSE: it is being deleted, treat it as absent. */
gboolean mesh_index_state_touch (MeshIndexState *self, MeshCid *cid);

/* As above, and holds it until mesh_index_state_end_read(). */
gboolean mesh_index_state_begin_read (MeshIndexState *self, MeshCid *cid);
void mesh_index_state_end_read (MeshIndexState *self, MeshCid *cid);

/* For the index thread: claims a block for deletion. FALSE: it is in use. */
gboolean mesh_index_state_doom (MeshIndexState *self, MeshCid *cid);
/* The same, but recent use does not hold it: only a read in progress does. */
gboolean mesh_index_state_doom_unread (MeshIndexState *self, MeshCid *cid);
void mesh_index_state_pardon_all (MeshIndexState *self);

/* (transfer full): the uses to be written to the index; the table starts over. */
GHashTable *mesh_index_state_steal_touched (MeshIndexState *self);

guint64 mesh_index_state_begin_lease (MeshIndexState *self);
void mesh_index_state_end_lease (MeshIndexState *self, guint64 number);
/* Blocks used at or after this number are held by a lease. */
guint64 mesh_index_state_get_held (MeshIndexState *self);

/* Takes space for a write. FALSE: @missing bytes must be evicted first. */
gboolean mesh_index_state_reserve (MeshIndexState *self, guint64 bytes, guint64 *missing);
void mesh_index_state_release (MeshIndexState *self, guint64 bytes);

void mesh_index_state_apply (MeshIndexState *self, const MeshIndexDelta *delta);
/* Replaces the counters of blocks and bytes by ones freshly counted. */
void mesh_index_state_set_counts (MeshIndexState *self, const MeshStoreStats *counts);
