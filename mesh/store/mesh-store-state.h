/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "store/mesh-store.h"

/* Inner part of MeshStore: the small state its main context and its index thread share,
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
} MeshStoreState;

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
} MeshStoreDelta;

void mesh_store_state_init (MeshStoreState *self);
void mesh_store_state_clear (MeshStoreState *self);

guint64 mesh_store_state_next_use (MeshStoreState *self);

/* Marks a block used. FALSE: it is being deleted, treat it as absent. */
gboolean mesh_store_state_touch (MeshStoreState *self, MeshCid *cid);

/* As above, and holds it until mesh_store_state_end_read(). */
gboolean mesh_store_state_begin_read (MeshStoreState *self, MeshCid *cid);
void mesh_store_state_end_read (MeshStoreState *self, MeshCid *cid);

/* For the index thread: claims a block for deletion. FALSE: it is in use. */
gboolean mesh_store_state_doom (MeshStoreState *self, MeshCid *cid);
/* The same, but recent use does not hold it: only a read in progress does. */
gboolean mesh_store_state_doom_unread (MeshStoreState *self, MeshCid *cid);
void mesh_store_state_pardon_all (MeshStoreState *self);

/* (transfer full): the uses to be written to the index; the table starts over. */
GHashTable *mesh_store_state_steal_touched (MeshStoreState *self);

guint64 mesh_store_state_begin_lease (MeshStoreState *self);
void mesh_store_state_end_lease (MeshStoreState *self, guint64 number);
/* Blocks used at or after this number are held by a lease. */
guint64 mesh_store_state_get_held (MeshStoreState *self);

/* Takes space for a write. FALSE: @missing bytes must be evicted first. */
gboolean mesh_store_state_reserve (MeshStoreState *self, guint64 bytes, guint64 *missing);
void mesh_store_state_release (MeshStoreState *self, guint64 bytes);

void mesh_store_state_apply (MeshStoreState *self, const MeshStoreDelta *delta);
/* Replaces the counters of blocks and bytes by ones freshly counted. */
void mesh_store_state_set_counts (MeshStoreState *self, const MeshStoreStats *counts);
