/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-store-private.h"

#define N_SHARDS 256

/* Eviction and garbage collection: a row of short operations in the index thread, so that
 * puts and reads go on between them. */

typedef struct
{
  guint64 wanted;
  guint64 freed_now; /* by the last step */
  guint64 freed;
  gint64 cursor;
  gboolean has_more;
} Evict;

static void push_evict (GTask *task);

static gboolean
evict (MeshIndex *index, gpointer data, GError **error)
{
  Evict *evict_data = data;

  return mesh_index_evict (index, evict_data->wanted - evict_data->freed,
                           &evict_data->freed_now, &evict_data->cursor,
                           &evict_data->has_more, error);
}

static void
evict_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Evict *data = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  data->freed += data->freed_now;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (data->freed < data->wanted && data->has_more)
    push_evict (g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

/* Takes the task. */
static void
push_evict (GTask *task)
{
  MeshStore *self = g_task_get_source_object (task);
  GTask *step = g_task_new (self, NULL, evict_cb, task);

  g_task_set_source_tag (step, push_evict);
  /* Borrowed: the outer task owns it and waits. */
  g_task_set_task_data (step, g_task_get_task_data (task), NULL);
  mesh_index_thread_push (self->thread, evict, MESH_INDEX_OP_NONE,
                          g_task_get_task_data (step), step);
}

void
mesh_store_gc_evict_async (MeshStore *self,
                           guint64 bytes,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Evict *data = g_new0 (Evict, 1);

  data->wanted = bytes;
  g_task_set_source_tag (task, mesh_store_gc_evict_async);
  g_task_set_task_data (task, data, g_free);
  push_evict (task);
}

gboolean
mesh_store_gc_evict_finish (MeshStore *self,
                            GAsyncResult *result,
                            guint64 *freed,
                            GError **error)
{
  Evict *data = g_task_get_task_data (G_TASK (result));

  if (freed != NULL)
    *freed = data->freed;
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef enum
{
  STEP_EVICT,
  STEP_STALE,
  STEP_SWEEP,
  STEP_DONE,
} GcStep;

typedef struct
{
  GcStep step;
  guint shard;
  guint64 freed;
} Gc;

static void advance (GTask *task);

static gboolean
drop_stale (MeshIndex *index, gpointer data, GError **error)
{
  return mesh_index_drop_stale_references (index, error);
}

static gboolean
sweep (MeshIndex *index, gpointer data, GError **error)
{
  Gc *gc = data;

  return mesh_index_sweep (index, gc->shard, FALSE, error);
}

static void
step_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Gc *gc = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      mesh_store_release (MESH_STORE (source));
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (gc->step == STEP_STALE)
    gc->step = STEP_SWEEP;
  else if (++gc->shard == N_SHARDS)
    gc->step = STEP_DONE;
  advance (task);
}

static void
push_step (GTask *task, MeshIndexOpFunc func)
{
  MeshStore *self = g_task_get_source_object (task);
  GTask *step = g_task_new (self, NULL, step_cb, g_object_ref (task));

  g_task_set_source_tag (step, push_step);
  g_task_set_task_data (step, g_task_get_task_data (task), NULL);
  mesh_index_thread_push (self->thread, func, MESH_INDEX_OP_NONE,
                          g_task_get_task_data (step), step);
}

static void
all_evicted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshStore *self = MESH_STORE (source);
  Gc *gc = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!mesh_store_gc_evict_finish (self, result, &gc->freed, &error))
    {
      mesh_store_release (self);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  gc->step = STEP_STALE;
  advance (task);
}

static void
advance (GTask *task)
{
  MeshStore *self = g_task_get_source_object (task);
  Gc *gc = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    {
      mesh_store_release (self);
      return;
    }
  switch (gc->step)
    {
    case STEP_EVICT:
      mesh_store_gc_evict_async (self, G_MAXUINT64, g_task_get_cancellable (task),
                                 all_evicted_cb, g_object_ref (task));
      return;
    case STEP_STALE:
      push_step (task, drop_stale);
      return;
    case STEP_SWEEP:
      push_step (task, sweep);
      return;
    case STEP_DONE:
      mesh_store_release (self);
      g_task_return_boolean (task, TRUE);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_store_gc_async (MeshStore *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MESH_IS_STORE (self));

  task = mesh_store_begin (self, mesh_store_gc_async, cancellable, callback, user_data);
  if (task == NULL)
    return;
  g_task_set_task_data (task, g_new0 (Gc, 1), g_free);
  mesh_store_hold (self);
  advance (task);
}

gboolean
mesh_store_gc_finish (MeshStore *self,
                      GAsyncResult *result,
                      guint64 *freed_bytes,
                      GError **error)
{
  Gc *gc;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  gc = g_task_get_task_data (G_TASK (result));
  if (freed_bytes != NULL)
    *freed_bytes = gc != NULL ? gc->freed : 0;
  return g_task_propagate_boolean (G_TASK (result), error);
}
