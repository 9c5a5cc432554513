/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "store/mesh-store-private.h"

/* A read: look the block up, read and verify it in the pool together with others that
 * wait, forget the places that were bad. */

typedef struct
{
  MeshIndexFiles *files; /* (unowned): the task keeps the store */
  MeshCid *cid;          /* (owned) */
  MeshIndexBlock block;
  GBytes *bytes; /* (owned) (nullable): the result */
} Read;

static void
read_free (gpointer data)
{
  Read *item = data;

  mesh_cid_unref (item->cid);
  mesh_index_block_clear (&item->block);
  g_clear_pointer (&item->bytes, g_bytes_unref);
  g_free (item);
}

void
mesh_store_get_run_reads (gpointer *items, guint n_items)
{
  MeshCid *cids[MESH_MULTIHASH_MAX_MANY];
  const guint8 *data[MESH_MULTIHASH_MAX_MANY];
  gsize len[MESH_MULTIHASH_MAX_MANY];
  gboolean is_good[MESH_MULTIHASH_MAX_MANY];
  Read *found[MESH_MULTIHASH_MAX_MANY];
  guint n = 0;

  for (guint i = 0; i < n_items; i++)
    {
      Read *item = items[i];

      item->bytes = mesh_index_block_fetch (&item->block, item->files, item->cid);
      if (item->bytes == NULL)
        continue;
      found[n] = item;
      cids[n] = item->cid;
      data[n] = g_bytes_get_data (item->bytes, &len[n]);
      n++;
    }
  if (n == 0)
    return;
  mesh_cid_verify_many (n, cids, data, len, is_good);
  for (guint i = 0; i < n; i++)
    {
      if (is_good[i])
        continue;
      g_clear_pointer (&found[i]->bytes, g_bytes_unref);
      mesh_index_block_mark_bad (&found[i]->block);
      found[i]->bytes
          = mesh_index_block_read (&found[i]->block, found[i]->files, found[i]->cid);
    }
}

static gboolean
drop_bad (MeshIndex *index, gpointer data, GError **error)
{
  Read *item = data;

  return mesh_index_drop_bad (index, item->cid, &item->block, error);
}

static void
drop_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  mesh_store_release (MESH_STORE (source));
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("A damaged block could not be dropped: %s", error->message);
}

static void
return_not_found (GTask *task, const MeshCid *cid, const char *why)
{
  g_autofree char *text = mesh_cid_dup_text (cid);

  g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                           "The block %s is not here%s", text, why);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshStore *self = g_task_get_source_object (task);
  MeshCid *cid = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  Read *item = mesh_work_batch_run_finish (MESH_WORK_BATCH (source), result, &error);

  mesh_index_state_end_read (&self->state, cid);
  if (item == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      mesh_store_release (self);
      return;
    }
  if (item->bytes != NULL)
    g_task_return_pointer (task, g_steal_pointer (&item->bytes),
                           (GDestroyNotify) g_bytes_unref);
  else
    return_not_found (task, cid, " any more: it was damaged or its file has changed");
  if (mesh_index_block_has_bad (&item->block))
    {
      GTask *drop = g_task_new (self, NULL, drop_cb, NULL);

      g_task_set_source_tag (drop, drop_bad);
      g_task_set_task_data (drop, item, read_free);
      mesh_index_thread_push (self->thread, drop_bad, MESH_INDEX_OP_NONE,
                              g_task_get_task_data (drop), drop);
      return;
    }
  read_free (item);
  mesh_store_release (self);
}

static void
start_read (MeshStore *self,
            MeshCid *cid,
            int priority,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task
      = mesh_store_begin (self, mesh_store_get_async, cancellable, callback, user_data);
  g_auto (MeshIndexBlock) block = { 0 };
  g_autoptr (GError) error = NULL;
  Read *item;

  if (task == NULL || g_task_return_error_if_cancelled (task))
    return;
  mesh_store_lookup (self, cid, &block);
  if (!mesh_index_block_is_available (&block)
      || !mesh_index_state_begin_read (&self->state, cid))
    {
      return_not_found (task, cid, "");
      return;
    }
  if (!mesh_index_block_load_refs (&block, self->reader, &error))
    {
      mesh_index_state_end_read (&self->state, cid);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  mesh_store_note_touch (self);
  item = g_new0 (Read, 1);
  item->files = &self->files;
  item->cid = mesh_cid_ref (cid);
  item->block = block;
  block.refs = NULL;
  g_task_set_task_data (task, mesh_cid_ref (cid), (GDestroyNotify) mesh_cid_unref);
  mesh_store_hold (self);
  mesh_work_batch_run_async (self->reads, priority, item, read_free, NULL, read_cb,
                             g_steal_pointer (&task));
}

void
mesh_store_get_async (MeshStore *self,
                      MeshCid *cid,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  mesh_store_get_with_priority_async (self, cid, MESH_BLOCK_PRIORITY_DEFAULT, cancellable,
                                      callback, user_data);
}

void
mesh_store_get_with_priority_async (MeshStore *self,
                                    MeshCid *cid,
                                    int priority,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GBytes) carried = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MESH_IS_STORE (self));
  g_return_if_fail (cid != NULL);

  carried = mesh_cid_get_inline (cid);
  if (carried == NULL)
    {
      start_read (self, cid, priority, cancellable, callback, user_data);
      return;
    }
  task = mesh_store_begin (self, mesh_store_get_async, cancellable, callback, user_data);
  if (task != NULL)
    g_task_return_pointer (task, g_steal_pointer (&carried),
                           (GDestroyNotify) g_bytes_unref);
}

GBytes *
mesh_store_get_finish (MeshStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
