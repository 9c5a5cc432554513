/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-store-open.h"

#include "base/mesh-error.h"
#include "database/mesh-database.h"
#include "index/mesh-index.h"
#include "store/mesh-store-private.h"

#define N_SHARDS 256

MeshStoreOpen *
mesh_store_open_new (const char *dir)
{
  MeshStoreOpen *self = g_new0 (MeshStoreOpen, 1);

  self->dir = g_strdup (dir);
  self->files = (MeshIndexFiles){ -1, -1, -1, 0 };
  return self;
}

void
mesh_store_open_free (gpointer data)
{
  MeshStoreOpen *self = data;

  g_clear_pointer (&self->reader, mesh_index_db_free);
  g_clear_pointer (&self->writer, mesh_index_db_free);
  mesh_index_files_close (&self->files);
  g_free (self->dir);
  g_free (self);
}

static gboolean
load (MeshStoreOpen *self, MeshIndex *index, GError **error)
{
  gint64 last_use;

  if (!mesh_index_count (index, &self->counts, error)
      || !mesh_index_db_get_number (index->db, &last_use, error,
                                    "SELECT MAX(used) FROM blocks", ""))
    return FALSE;
  self->last_use = (guint64) last_use;
  return TRUE;
}

static gboolean
rebuild (MeshIndex *index, GError **error)
{
  gboolean is_good = mesh_index_db_run (index->db, error, "BEGIN IMMEDIATE", "");

  for (guint shard = 0; is_good && shard < N_SHARDS; shard++)
    is_good = mesh_index_sweep (index, shard, TRUE, error);
  return is_good && mesh_index_db_run (index->db, error, "COMMIT", "");
}

static gboolean
open_index (MeshStoreOpen *self, const char *path, gboolean is_rebuild, GError **error)
{
  MeshIndexState state;
  MeshIndex index = { .files = &self->files, .state = &state };
  gboolean is_good;

  self->writer = mesh_index_db_open (path, TRUE, error);
  if (self->writer == NULL)
    return FALSE;
  mesh_index_state_init (&state);
  index.db = self->writer;
  index.unlinks = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  is_good = (!is_rebuild || rebuild (&index, error)) && load (self, &index, error);
  g_ptr_array_unref (index.unlinks);
  mesh_index_state_clear (&state);
  if (is_good)
    self->reader = mesh_index_db_open (path, FALSE, error);
  return self->reader != NULL;
}

gboolean
mesh_store_open_run (MeshStoreOpen *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->dir, "index.db", NULL);
  g_autoptr (GError) local = NULL;

  if (!mesh_index_files_open (&self->files, self->dir, error))
    return FALSE;
  if (open_index (self, path, FALSE, &local))
    return TRUE;
  if (!g_error_matches (local, MESH_ERROR, MESH_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_warning (
      "The index of the block store in %s is damaged and made anew; pins are lost: %s",
      self->dir, local->message);
  g_clear_pointer (&self->reader, mesh_index_db_free);
  g_clear_pointer (&self->writer, mesh_index_db_free);
  return mesh_database_set_aside (path, error) && open_index (self, path, TRUE, error);
}

/* The public face. */

typedef struct
{
  MeshStoreOptions options;
  MeshWorkPool *pool; /* (owned) */
} OpenData;

static void
open_data_free (gpointer data)
{
  OpenData *open = data;

  g_object_unref (open->pool);
  g_free (open);
}

static gpointer
run_open (gpointer input, GCancellable *cancellable, GError **error)
{
  MeshStoreOpen *opened = mesh_store_open_new (input);

  if (mesh_store_open_run (opened, error))
    return opened;
  mesh_store_open_free (opened);
  return NULL;
}

/* Takes over what was opened. */
static MeshStore *
store_new (OpenData *data, MeshStoreOpen *opened)
{
  MeshStore *self = g_object_new (MESH_TYPE_STORE, NULL);

  self->pool = g_object_ref (data->pool);
  self->files = opened->files;
  opened->files = (MeshIndexFiles){ -1, -1, -1, 0 };
  self->writer = g_steal_pointer (&opened->writer);
  self->reader = g_steal_pointer (&opened->reader);
  self->state.stats = opened->counts;
  self->state.stats.limit_bytes = data->options.limit_bytes;
  self->state.last_use = opened->last_use;
  self->reads = mesh_work_batch_new (self->pool, mesh_store_get_run_reads,
                                     MESH_MULTIHASH_MAX_MANY);
  self->writes = mesh_work_batch_new (self->pool, mesh_store_put_run_writes,
                                      MESH_MULTIHASH_MAX_MANY);
  self->thread = mesh_index_thread_start (self->writer, &self->files, &self->state);
  return self;
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  MeshStoreOpen *opened
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (opened == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_pointer (task, store_new (g_task_get_task_data (task), opened),
                         g_object_unref);
  mesh_store_open_free (opened);
}

void
mesh_store_open_async (const char *dir,
                       MeshWorkPool *pool,
                       const MeshStoreOptions *options,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  OpenData *data = g_new0 (OpenData, 1);

  g_task_set_source_tag (task, mesh_store_open_async);
  if (options != NULL)
    data->options = *options;
  data->pool = pool != NULL ? g_object_ref (pool) : mesh_work_pool_new (0);
  g_task_set_task_data (task, data, open_data_free);
  mesh_work_pool_run_async (data->pool, MESH_WORK_PRIORITY_HIGH, run_open, g_strdup (dir),
                            g_free, mesh_store_open_free, cancellable, open_cb, task);
}

MeshStore *
mesh_store_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
