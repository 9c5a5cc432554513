/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-store-thread.h"

#include "base/mesh-error.h"

typedef struct
{
  MeshStoreOpFunc func; /* (nullable): NULL ends the thread */
  MeshStoreOpFlags flags;
  GTask *task;   /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) */
} Op;

struct MeshStoreThread
{
  GThread *thread;    /* (owned) */
  GAsyncQueue *queue; /* (owned) (element-type Op) */
  MeshStoreIndex index;
};

static void
op_free (gpointer data)
{
  Op *op = data;

  g_clear_object (&op->task);
  g_clear_error (&op->error);
  g_free (op);
}

/* In the owning context: the tasks' last references end here and not in the thread. */
static gboolean
deliver (gpointer data)
{
  GPtrArray *group = data;

  for (guint i = 0; i < group->len; i++)
    {
      Op *op = g_ptr_array_index (group, i);

      if (op->error != NULL)
        g_task_return_error (op->task, g_steal_pointer (&op->error));
      else
        g_task_return_boolean (op->task, TRUE);
    }
  return G_SOURCE_REMOVE;
}

static void
send_back (GPtrArray *group)
{
  Op *first = g_ptr_array_index (group, 0);
  g_autoptr (GSource) source = g_idle_source_new ();
  GMainContext *context = g_task_get_context (first->task);

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "MeshStore result");
  g_source_set_callback (source, deliver, group, (GDestroyNotify) g_ptr_array_unref);
  g_source_attach (source, context);
}

static gboolean
run (MeshStoreIndex *index, const char *sql, GError **error)
{
  return mesh_store_db_run (index->db, error, sql, "");
}

static void
run_op (MeshStoreIndex *index, Op *op)
{
  MeshStoreDelta delta = index->delta;
  guint n_unlinks = index->unlinks->len;

  if (!run (index, "SAVEPOINT op", &op->error))
    return;
  if (op->func (index, g_task_get_task_data (op->task), &op->error)
      && run (index, "RELEASE op", &op->error))
    return;
  index->delta = delta;
  if (index->unlinks->len > n_unlinks)
    g_ptr_array_set_size (index->unlinks, (gint) n_unlinks);
  if (!run (index, "ROLLBACK TO op", NULL) || !run (index, "RELEASE op", NULL))
    g_warning ("A change to the index of the block store could not be undone");
}

/* Takes operations off the queue while they come, within the bounds of a group. */
static void
run_group (MeshStoreThread *self, Op *first, GPtrArray *group, gboolean *is_over)
{
  gint64 start_us = g_get_monotonic_time ();
  Op *op = first;

  while (op != NULL)
    {
      if (op->func == NULL)
        {
          *is_over = TRUE;
          op_free (op);
          return;
        }
      g_ptr_array_add (group, op);
      run_op (&self->index, op);
      if (group->len == MESH_STORE_THREAD_MAX_GROUP
          || g_get_monotonic_time () - start_us > MESH_STORE_THREAD_MAX_GROUP_US)
        return;
      op = g_async_queue_try_pop (self->queue);
    }
}

/* One sync after the commit covers the index and the block files before it. Had the power
 * gone between the two, blocks might be missing that the index has: they verify
 * themselves, and nobody has been told yet that they are safe. */
static void
make_durable (MeshStoreIndex *index, GPtrArray *group)
{
  g_autoptr (GError) error = NULL;
  gboolean is_wanted = FALSE;

  for (guint i = 0; i < group->len; i++)
    {
      Op *op = g_ptr_array_index (group, i);

      is_wanted |= op->error == NULL && (op->flags & MESH_STORE_OP_DURABLE) != 0;
    }
  if (!is_wanted || mesh_store_files_sync (index->files, &error))
    return;
  for (guint i = 0; i < group->len; i++)
    {
      Op *op = g_ptr_array_index (group, i);

      if (op->error == NULL && (op->flags & MESH_STORE_OP_DURABLE) != 0)
        op->error = g_error_copy (error);
    }
}

static void
fail_group (MeshStoreIndex *index, GPtrArray *group, GError *error)
{
  g_warning ("The index of the block store could not be written: %s", error->message);
  if (!run (index, "ROLLBACK", NULL))
    g_debug ("There was nothing to roll back");
  for (guint i = 0; i < group->len; i++)
    {
      Op *op = g_ptr_array_index (group, i);

      if (op->error == NULL)
        op->error = g_error_copy (error);
    }
}

static void
finish_group (MeshStoreIndex *index, GPtrArray *group)
{
  g_autoptr (GError) error = NULL;

  if (run (index, "COMMIT", &error))
    {
      mesh_store_state_apply (index->state, &index->delta);
      for (guint i = 0; i < index->unlinks->len; i++)
        mesh_store_files_delete (index->files, g_ptr_array_index (index->unlinks, i));
      make_durable (index, group);
    }
  else
    fail_group (index, group, error);
  index->delta = (MeshStoreDelta){ 0 };
  g_ptr_array_set_size (index->unlinks, 0);
  mesh_store_state_pardon_all (index->state);
}

static gpointer
thread_main (gpointer data)
{
  MeshStoreThread *self = data;
  gboolean is_over = FALSE;

  while (!is_over)
    {
      Op *first = g_async_queue_pop (self->queue);
      GPtrArray *group = g_ptr_array_new_with_free_func (op_free);
      GError *error = NULL;

      if (run (&self->index, "BEGIN IMMEDIATE", &error))
        {
          run_group (self, first, group, &is_over);
          finish_group (&self->index, group);
        }
      else
        {
          g_ptr_array_add (group, first);
          is_over = first->func == NULL;
          first->error = error;
        }
      if (group->len > 0 && ((Op *) g_ptr_array_index (group, 0))->task != NULL)
        send_back (group);
      else
        g_ptr_array_unref (group);
    }
  return NULL;
}

MeshStoreThread *
mesh_store_thread_start (MeshStoreDb *db, MeshStoreFiles *files, MeshStoreState *state)
{
  MeshStoreThread *self = g_new0 (MeshStoreThread, 1);

  self->queue = g_async_queue_new ();
  self->index.db = db;
  self->index.files = files;
  self->index.state = state;
  self->index.unlinks = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  self->thread = g_thread_new ("shoal-index", thread_main, self);
  return self;
}

void
mesh_store_thread_stop (MeshStoreThread *self)
{
  g_async_queue_push (self->queue, g_new0 (Op, 1));
  g_thread_join (self->thread);
  g_async_queue_unref (self->queue);
  g_ptr_array_unref (self->index.unlinks);
  g_free (self);
}

void
mesh_store_thread_push (MeshStoreThread *self,
                        MeshStoreOpFunc func,
                        MeshStoreOpFlags flags,
                        GTask *task)
{
  Op *op = g_new0 (Op, 1);

  op->func = func;
  op->flags = flags;
  op->task = task;
  g_async_queue_push (self->queue, op);
}
