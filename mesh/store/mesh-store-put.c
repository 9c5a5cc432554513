/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <unistd.h>

#include "base/mesh-error.h"
#include "content/mesh-dag-pb.h"
#include "store/mesh-store-private.h"

/* A put: reserve space (evicting if need be), write to tmp/ in the pool, rename and enter
 * in the index thread. A block that has a place takes no space and no name: it is written
 * there, and the index gets a reference. Several puts of one block share one Put. Once it
 * has begun it runs to its end: cancelling only ends the wait of who asked. */

/* Evicted beyond what is needed, so that not every put of a full cache evicts. */
#define EVICT_SLACK_SHIFT 6
#define EVICT_MAX_SLACK (64u * 1024 * 1024)
#define WRITE_GROUP MESH_MULTIHASH_MAX_MANY

typedef enum
{
  STEP_RESERVE,
  STEP_EVICT,
  STEP_WRITE,
  STEP_INDEX,
} PutStep;

typedef struct
{
  MeshStore *store;      /* (owned) */
  MeshCid *cid;          /* (owned) */
  GBytes *bytes;         /* (owned) */
  GPtrArray *tasks;      /* (owned) (element-type GTask): who waits */
  MeshStorePlace *place; /* (owned) (nullable) */
  PutStep step;
  gboolean is_verified;
  gboolean has_evicted;
  guint64 reserved;
} Put;

/* What the pool works on. */
typedef struct
{
  MeshIndexFiles *files; /* (unowned): the put keeps the store */
  MeshCid *cid;          /* (owned) */
  GBytes *bytes;         /* (owned) */
  gboolean is_verified;
  MeshStoreStretch stretch; /* its path is the put's; its fd is owned */
  guint tmp_id;
  GError *error; /* (owned) (nullable) */
} Write;

/* What the index thread works on. */
typedef struct
{
  MeshCid *cid; /* (owned) */
  gsize size;
  gboolean is_leaf;
  guint tmp_id;
  guint64 reserved;
  char *path;               /* (owned) (nullable): of the place */
  MeshStoreStretch stretch; /* without its fd */
} Entry;

static void advance (Put *put);

static void
write_free (gpointer data)
{
  Write *item = data;

  if (item->stretch.path != NULL && close (item->stretch.fd) < 0)
    g_debug ("A file could not be closed");
  mesh_cid_unref (item->cid);
  g_bytes_unref (item->bytes);
  g_clear_error (&item->error);
  g_free (item);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  mesh_cid_unref (entry->cid);
  g_free (entry->path);
  g_free (entry);
}

/* Checks the blocks of a group that nobody has checked yet, together. */
static void
verify_group (gpointer *items, guint n_items)
{
  MeshCid *cids[WRITE_GROUP];
  const guint8 *data[WRITE_GROUP];
  gsize len[WRITE_GROUP];
  gboolean is_good[WRITE_GROUP];
  Write *unchecked[WRITE_GROUP];
  guint n = 0;

  for (guint i = 0; i < n_items; i++)
    {
      Write *item = items[i];

      if (item->is_verified)
        continue;
      unchecked[n] = item;
      cids[n] = item->cid;
      data[n] = g_bytes_get_data (item->bytes, &len[n]);
      n++;
    }
  if (n == 0)
    return;
  mesh_cid_verify_many (n, cids, data, len, is_good);
  for (guint i = 0; i < n; i++)
    if (!is_good[i])
      g_set_error (&unchecked[i]->error, MESH_ERROR, MESH_ERROR_MISMATCH,
                   "The bytes are not those the CID names");
}

static gboolean
write_item (Write *item, GError **error)
{
  const MeshStoreStretch *to = &item->stretch;
  gsize len;
  const guint8 *data = g_bytes_get_data (item->bytes, &len);

  if (to->path == NULL)
    return mesh_index_files_write_tmp (item->files, data, len, &item->tmp_id, error);
  return mesh_index_files_write_reference (to->fd, to->offset, to->size, to->kind, data,
                                           error);
}

void
mesh_store_put_run_writes (gpointer *items, guint n_items)
{
  verify_group (items, n_items);
  for (guint i = 0; i < n_items; i++)
    {
      Write *item = items[i];

      if (item->error == NULL && !write_item (item, &item->error))
        continue;
    }
}

static void
put_finish (Put *put, const GError *error)
{
  MeshStore *self = put->store;

  if (put->reserved > 0)
    mesh_index_state_release (&self->state, put->reserved);
  g_hash_table_remove (self->puts, put->cid);
  if (error == NULL)
    g_signal_emit_by_name (self, "block-added", put->cid);
  for (guint i = 0; i < put->tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (put->tasks, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
  g_clear_pointer (&put->place, mesh_store_place_unref);
  g_ptr_array_unref (put->tasks);
  mesh_cid_unref (put->cid);
  g_bytes_unref (put->bytes);
  g_free (put);
  mesh_store_release (self);
  g_object_unref (self);
}

static void
evict_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Put *put = user_data;

  /* Whether it worked shows when the space is asked for again. */
  if (!mesh_store_gc_evict_finish (put->store, result, NULL, NULL))
    g_debug ("Nothing could be evicted");
  put->has_evicted = TRUE;
  put->step = STEP_RESERVE;
  advance (put);
}

static void
index_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Put *put = user_data;
  g_autoptr (GError) error = NULL;
  Entry *entry = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (entry->path == NULL)
        mesh_index_files_discard_tmp (&put->store->files, entry->tmp_id);
    }
  else if (entry->path != NULL)
    mesh_store_place_set_filled (put->place);
  else
    put->reserved = 0; /* given back by the commit */
  put_finish (put, error);
}

static gboolean
enter (MeshIndex *index, gpointer data, GError **error)
{
  Entry *entry = data;

  if (entry->path != NULL)
    return mesh_index_add_reference (index, entry->cid, entry->path,
                                     entry->stretch.offset, entry->stretch.size,
                                     entry->stretch.kind, error);
  return mesh_index_put (index, entry->cid, entry->size, entry->is_leaf, entry->tmp_id,
                         entry->reserved, error);
}

static void
push_index (Put *put, const Write *item)
{
  GTask *task = g_task_new (put->store, NULL, index_cb, put);
  Entry *entry = g_new0 (Entry, 1);
  gsize len;
  const guint8 *data = g_bytes_get_data (put->bytes, &len);

  entry->cid = mesh_cid_ref (put->cid);
  entry->size = len;
  entry->is_leaf = !mesh_dag_pb_may_have_links (data, len);
  entry->tmp_id = item->tmp_id;
  entry->path = g_strdup (item->stretch.path);
  entry->stretch = item->stretch;
  entry->stretch.path = entry->path;
  entry->reserved = put->reserved;
  g_task_set_source_tag (task, push_index);
  g_task_set_task_data (task, entry, entry_free);
  mesh_index_thread_push (put->store->thread, enter, MESH_INDEX_OP_NONE,
                          g_task_get_task_data (task), task);
}

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Put *put = user_data;
  g_autoptr (GError) error = NULL;
  Write *item = mesh_work_batch_run_finish (MESH_WORK_BATCH (source), result, &error);

  if (item == NULL || item->error != NULL)
    {
      put_finish (put, item != NULL ? item->error : error);
      g_clear_pointer (&item, write_free);
      return;
    }
  if (put->place != NULL && !mesh_store_place_is_wanted (put->place))
    {
      /* Who made the file has given it up: the block is kept all the same. */
      g_clear_pointer (&put->place, mesh_store_place_unref);
      write_free (item);
      put->step = STEP_RESERVE;
      advance (put);
      return;
    }
  put->step = STEP_INDEX;
  push_index (put, item);
  write_free (item);
}

static void
push_write (Put *put, const MeshStoreStretch *stretch)
{
  Write *item = g_new0 (Write, 1);

  item->files = &put->store->files;
  item->cid = mesh_cid_ref (put->cid);
  item->bytes = g_bytes_ref (put->bytes);
  item->is_verified = put->is_verified;
  if (stretch != NULL)
    item->stretch = *stretch;
  mesh_work_batch_run_async (put->store->writes, MESH_WORK_PRIORITY_DEFAULT, item,
                             write_free, NULL, write_cb, put);
}

static void
reserve (Put *put)
{
  MeshIndexState *state = &put->store->state;
  guint64 size = g_bytes_get_size (put->bytes);
  guint64 missing = 0;
  guint64 slack;

  if (mesh_index_state_reserve (state, size, &missing))
    {
      put->reserved = size;
      put->step = STEP_WRITE;
      push_write (put, NULL);
      return;
    }
  if (put->has_evicted)
    {
      g_autoptr (GError) error
          = g_error_new (MESH_ERROR, MESH_ERROR_NO_SPACE,
                         "The block store is full; raise its limit or unpin something");

      put_finish (put, error);
      return;
    }
  slack = MIN (put->store->state.stats.limit_bytes >> EVICT_SLACK_SHIFT, EVICT_MAX_SLACK);
  put->step = STEP_EVICT;
  mesh_store_gc_evict_async (put->store, missing + slack, NULL, evict_cb, put);
}

static void
advance (Put *put)
{
  switch (put->step)
    {
    case STEP_RESERVE:
      reserve (put);
      return;
    case STEP_EVICT:
    case STEP_WRITE:
    case STEP_INDEX:
    default:
      g_assert_not_reached ();
    }
}

/* Whether there is nothing to do, or somebody is doing it. Takes the task then. */
static gboolean
is_settled (MeshStore *self, MeshCid *cid, GTask *task)
{
  g_auto (MeshIndexBlock) block = { 0 };
  Put *running = g_hash_table_lookup (self->puts, cid);

  if (running != NULL)
    {
      g_ptr_array_add (running->tasks, task);
      return TRUE;
    }
  mesh_store_lookup (self, cid, &block);
  if (!block.is_stored || !mesh_index_state_touch (&self->state, cid))
    return FALSE;
  mesh_store_note_touch (self);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  return TRUE;
}

void
mesh_store_put_async (MeshStore *self,
                      MeshCid *cid,
                      GBytes *bytes,
                      MeshStorePutFlags flags,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MeshStoreStretch stretch;
  Put *put;

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (cid != NULL && bytes != NULL);

  task = mesh_store_begin (self, mesh_store_put_async, cancellable, callback, user_data);
  if (task == NULL || g_task_return_error_if_cancelled (task))
    return;
  if (mesh_cid_get_hash_code (cid) == MESH_MULTIHASH_IDENTITY)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (g_bytes_get_size (bytes) > MESH_BLOCK_MAX_BYTES)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_LIMIT,
                               "The block is larger than 2 MiB");
      return;
    }
  if (is_settled (self, cid, task))
    {
      g_steal_pointer (&task);
      return;
    }
  if (g_hash_table_size (self->puts) >= MESH_STORE_MAX_PENDING)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BUSY,
                               "Too many blocks are being written");
      return;
    }
  put = g_new0 (Put, 1);
  put->store = g_object_ref (self);
  put->cid = mesh_cid_ref (cid);
  put->bytes = g_bytes_ref (bytes);
  put->is_verified = (flags & MESH_STORE_PUT_VERIFIED) != 0;
  put->tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (put->tasks, g_steal_pointer (&task));
  g_hash_table_insert (self->puts, put->cid, put);
  mesh_store_hold (self);
  put->place = mesh_store_place_claim (self, cid, bytes, &stretch);
  if (put->place == NULL)
    {
      advance (put);
      return;
    }
  put->step = STEP_WRITE;
  push_write (put, &stretch);
}

gboolean
mesh_store_put_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
