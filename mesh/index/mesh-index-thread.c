/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-thread.h"

#include "base/mesh-error.h"
#include "work/mesh-work-queue.h"

struct MeshIndexThread
{
  MeshWorkQueue *queue; /* (owned) */
  MeshIndex index;
};

/* Hangs on the task: its task data belongs to whoever made it. */
typedef struct
{
  MeshIndexOpFunc func;
  MeshIndexOpFlags flags;
  gpointer data; /* (unowned) */
} Op;

static GQuark op_quark (void);
G_DEFINE_QUARK (mesh - index - op, op)

static gboolean
run (MeshIndex *index, const char *sql, GError **error)
{
  return mesh_index_db_run (index->db, error, sql, "");
}

static void
run_op (MeshIndex *index, const Op *op, GError **error)
{
  MeshIndexDelta delta = index->delta;
  guint n_unlinks = index->unlinks->len;

  if (!run (index, "SAVEPOINT op", error))
    return;
  if (op->func (index, op->data, error) && run (index, "RELEASE op", error))
    return;
  index->delta = delta;
  if (index->unlinks->len > n_unlinks)
    g_ptr_array_set_size (index->unlinks, (gint) n_unlinks);
  if (!run (index, "ROLLBACK TO op", NULL) || !run (index, "RELEASE op", NULL))
    g_warning ("A change to the index of the block store could not be undone");
}

/* Gives every task that has not failed yet the error. */
static void
fail_all (GError **errors, guint n, const GError *error)
{
  for (guint i = 0; i < n; i++)
    if (errors[i] == NULL)
      errors[i] = g_error_copy (error);
}

/* One sync after the commit covers the index and the block files before it. Had the power
 * gone between the two, blocks might be missing that the index has: they verify
 * themselves, and nobody has been told yet that they are safe. */
static void
make_durable (MeshIndex *index, GTask *const *tasks, GError **errors, guint n)
{
  g_autoptr (GError) error = NULL;
  gboolean is_synced = FALSE;

  for (guint i = 0; i < n; i++)
    {
      const Op *op = g_object_get_qdata (G_OBJECT (tasks[i]), op_quark ());

      if (errors[i] != NULL || (op->flags & MESH_INDEX_OP_DURABLE) == 0)
        continue;
      if (!is_synced && error == NULL)
        is_synced = mesh_index_files_sync (index->files, &error);
      if (error != NULL)
        errors[i] = g_error_copy (error);
    }
}

static void
commit (MeshIndex *index, GTask *const *tasks, GError **errors, guint n)
{
  g_autoptr (GError) error = NULL;

  if (run (index, "COMMIT", &error))
    {
      mesh_index_state_apply (index->state, &index->delta);
      for (guint i = 0; i < index->unlinks->len; i++)
        mesh_index_files_delete (index->files, g_ptr_array_index (index->unlinks, i));
      make_durable (index, tasks, errors, n);
    }
  else
    {
      g_warning ("The index of the block store could not be written: %s", error->message);
      if (!run (index, "ROLLBACK", NULL))
        g_debug ("There was nothing to roll back");
      fail_all (errors, n, error);
    }
  index->delta = (MeshIndexDelta){ 0 };
  g_ptr_array_set_size (index->unlinks, 0);
  mesh_index_state_pardon_all (index->state);
}

static void
run_group (GTask *const *tasks, GError **errors, guint n, gpointer user_data)
{
  MeshIndex *index = user_data;
  g_autoptr (GError) error = NULL;

  if (!run (index, "BEGIN IMMEDIATE", &error))
    {
      fail_all (errors, n, error);
      return;
    }
  for (guint i = 0; i < n; i++)
    run_op (index, g_object_get_qdata (G_OBJECT (tasks[i]), op_quark ()), &errors[i]);
  commit (index, tasks, errors, n);
}

MeshIndexThread *
mesh_index_thread_start (MeshIndexDb *db, MeshIndexFiles *files, MeshIndexState *state)
{
  MeshIndexThread *self = g_new0 (MeshIndexThread, 1);

  self->index.db = db;
  self->index.files = files;
  self->index.state = state;
  self->index.unlinks = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  self->queue = mesh_work_queue_start ("shoal-index", run_group, &self->index);
  return self;
}

void
mesh_index_thread_stop (MeshIndexThread *self)
{
  mesh_work_queue_stop (self->queue);
  g_ptr_array_unref (self->index.unlinks);
  g_free (self);
}

void
mesh_index_thread_push (MeshIndexThread *self,
                        MeshIndexOpFunc func,
                        MeshIndexOpFlags flags,
                        gpointer data,
                        GTask *task)
{
  Op *op = g_new0 (Op, 1);

  op->func = func;
  op->flags = flags;
  op->data = data;
  g_object_set_qdata_full (G_OBJECT (task), op_quark (), op, g_free);
  mesh_work_queue_push (self->queue, task);
}
