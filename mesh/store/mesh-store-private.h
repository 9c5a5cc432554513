/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "index/mesh-index-state.h"
#include "index/mesh-index-thread.h"
#include "store/mesh-store.h"
#include "work/mesh-work-batch.h"

/* What the files of MeshStore share. */

struct _MeshStore
{
  GObject parent_instance;
  MeshWorkPool *pool; /* (owned) */
  MeshIndexFiles files;
  MeshIndexState state;
  MeshIndexDb *writer;     /* (owned) (nullable): the index thread's */
  MeshIndexDb *reader;     /* (owned) (nullable): the main context's */
  MeshIndexThread *thread; /* (owned) (nullable) */
  MeshWorkBatch *reads;    /* (owned) */
  MeshWorkBatch *writes;   /* (owned) */
  GHashTable *puts;   /* (owned): MeshCid → Put in progress, see mesh-store-put.c */
  GHashTable *places; /* (owned): MeshCid → MeshStorePlace (unowned) */
  guint n_active;     /* puts and reads in progress: closing waits for them */
  guint n_touches;    /* since the uses were last written */
  gboolean is_closing;
  GTask *closing; /* (owned) (nullable): waits for n_active to be 0 */
};

/* (nullable): a task for an operation, or NULL when the store is closed, which @callback
 * has been told then. */
GTask *mesh_store_begin (MeshStore *self,
                         gpointer tag,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/* Bracket what closing must wait for. */
void mesh_store_hold (MeshStore *self);
void mesh_store_release (MeshStore *self);

/* Looks a block up in the main context's connection; id is 0 when it is not there. */
void mesh_store_lookup (MeshStore *self, const MeshCid *cid, MeshIndexBlock *block);

/* Writes the uses to the index now and then. */
void mesh_store_note_touch (MeshStore *self);

/* Pool jobs of the two batches. */
void mesh_store_put_run_writes (gpointer *items, guint n_items);
void mesh_store_get_run_reads (gpointer *items, guint n_items);

/* What a put does with a place. */

typedef struct
{
  const char *path; /* (unowned): the place's; NULL: none */
  int fd;           /* the put's own */
  guint64 offset;
  gsize size;
  MeshReferenceKind kind;
} MeshStoreStretch;

/* (transfer full) (nullable): the place these bytes fit into. */
MeshStorePlace *
mesh_store_place_claim (MeshStore *self,
                        const MeshCid *cid,
                        GBytes *bytes,
                        MeshStoreStretch *stretch) G_GNUC_WARN_UNUSED_RESULT;
void mesh_store_place_unref (MeshStorePlace *place);
/* Whether its owner still waits for it. */
gboolean mesh_store_place_is_wanted (const MeshStorePlace *place);
void mesh_store_place_set_filled (MeshStorePlace *place);

/**
 * mesh_store_gc_evict_async:
 * @bytes: how much is wanted, %G_MAXUINT64 for all that nothing holds
 */
void mesh_store_gc_evict_async (MeshStore *self,
                                guint64 bytes,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean mesh_store_gc_evict_finish (MeshStore *self,
                                     GAsyncResult *result,
                                     guint64 *freed,
                                     GError **error);
