/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "work/mesh-work-batch.h"

/* Items are gathered for the rest of the main context's turn, so that a burst of them is
 * not torn apart by threads that happen to be idle. Then enough jobs are queued for all;
 * a job takes as many items as it may, so later ones may find less or nothing to do. The
 * list of waiting items is the only thing both sides touch; tasks are made and returned
 * in the owning context only. */

typedef struct
{
  GTask *task;   /* (owned) */
  gpointer item; /* (owned) (nullable) */
  GDestroyNotify free_item;
  int priority;
} Entry;

typedef struct
{
  gatomicrefcount ref_count;
  GMutex lock;
  GQueue waiting; /* (element-type Entry): under lock, by priority */
  MeshWorkBatchFunc func;
  guint max_group;
} Line;

struct _MeshWorkBatch
{
  GObject parent_instance;
  MeshWorkPool *pool; /* (owned) */
  Line *line;         /* (owned) */
  guint n_gathered;   /* items that no job was queued for */
  int priority;       /* the first of theirs */
};

G_DEFINE_FINAL_TYPE (MeshWorkBatch, mesh_work_batch, G_TYPE_OBJECT)

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  if (entry->item != NULL)
    entry->free_item (entry->item);
  g_clear_object (&entry->task);
  g_free (entry);
}

static Line *
line_ref (Line *line)
{
  g_atomic_ref_count_inc (&line->ref_count);
  return line;
}

static void
line_unref (gpointer data)
{
  Line *line = data;

  if (!g_atomic_ref_count_dec (&line->ref_count))
    return;
  g_queue_clear_full (&line->waiting, entry_free);
  g_mutex_clear (&line->lock);
  g_free (line);
}

static int
compare_priorities (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Entry *left = a;
  const Entry *right = b;

  /* Never 0: equal ones stay in order. */
  return left->priority <= right->priority ? -1 : 1;
}

static gpointer
run_group (gpointer input, GCancellable *cancellable, GError **error)
{
  Line *line = input;
  GPtrArray *group = g_ptr_array_new_with_free_func (entry_free);
  gpointer items[MESH_WORK_BATCH_MAX_GROUP];

  g_mutex_lock (&line->lock);
  while (group->len < line->max_group && !g_queue_is_empty (&line->waiting))
    g_ptr_array_add (group, g_queue_pop_head (&line->waiting));
  g_mutex_unlock (&line->lock);

  for (guint i = 0; i < group->len; i++)
    items[i] = ((Entry *) g_ptr_array_index (group, i))->item;
  if (group->len > 0)
    line->func (items, group->len);
  return group;
}

/* The pool refused a job, so a group too many waits: the last ones are given back. */
static void
refuse_group (MeshWorkBatch *self, GError *error)
{
  g_autoptr (GPtrArray) group = g_ptr_array_new_with_free_func (entry_free);

  g_mutex_lock (&self->line->lock);
  while (group->len < self->line->max_group && !g_queue_is_empty (&self->line->waiting))
    g_ptr_array_add (group, g_queue_pop_tail (&self->line->waiting));
  g_mutex_unlock (&self->line->lock);
  for (guint i = 0; i < group->len; i++)
    g_task_return_error (((Entry *) g_ptr_array_index (group, i))->task,
                         g_error_copy (error));
}

static void
group_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshWorkBatch) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) group
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (group == NULL)
    {
      refuse_group (self, error);
      return;
    }
  for (guint i = 0; i < group->len; i++)
    {
      Entry *entry = g_ptr_array_index (group, i);

      g_task_return_pointer (entry->task, g_steal_pointer (&entry->item),
                             entry->free_item);
    }
}

static void
mesh_work_batch_finalize (GObject *object)
{
  MeshWorkBatch *self = MESH_WORK_BATCH (object);

  line_unref (self->line);
  g_object_unref (self->pool);
  G_OBJECT_CLASS (mesh_work_batch_parent_class)->finalize (object);
}

static void
mesh_work_batch_class_init (MeshWorkBatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mesh_work_batch_finalize;
}

static void
mesh_work_batch_init (MeshWorkBatch *self)
{
  self->line = g_new0 (Line, 1);
  g_atomic_ref_count_init (&self->line->ref_count);
  g_mutex_init (&self->line->lock);
  g_queue_init (&self->line->waiting);
}

MeshWorkBatch *
mesh_work_batch_new (MeshWorkPool *pool, MeshWorkBatchFunc func, guint max_group)
{
  MeshWorkBatch *self;

  g_return_val_if_fail (MESH_IS_WORK_POOL (pool), NULL);
  g_return_val_if_fail (max_group >= 1 && max_group <= MESH_WORK_BATCH_MAX_GROUP, NULL);

  self = g_object_new (MESH_TYPE_WORK_BATCH, NULL);
  self->pool = g_object_ref (pool);
  self->line->func = func;
  self->line->max_group = max_group;
  return self;
}

static gboolean
queue_jobs (gpointer user_data)
{
  MeshWorkBatch *self = user_data;
  guint max_group = self->line->max_group;
  guint n_jobs = (self->n_gathered + max_group - 1) / max_group;

  self->n_gathered = 0;
  for (guint i = 0; i < n_jobs; i++)
    mesh_work_pool_run_async (
        self->pool, self->priority, run_group, line_ref (self->line), line_unref,
        (GDestroyNotify) g_ptr_array_unref, NULL, group_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
gather (MeshWorkBatch *self, int priority)
{
  g_autoptr (GSource) source = NULL;

  self->priority = self->n_gathered == 0 ? priority : MIN (self->priority, priority);
  if (self->n_gathered++ > 0)
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "MeshWorkBatch burst");
  g_source_set_callback (source, queue_jobs, g_object_ref (self), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

void
mesh_work_batch_run_async (MeshWorkBatch *self,
                           int priority,
                           gpointer item,
                           GDestroyNotify free_item,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Entry *entry;

  g_return_if_fail (MESH_IS_WORK_BATCH (self));

  entry = g_new0 (Entry, 1);
  entry->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (entry->task, mesh_work_batch_run_async);
  entry->item = item;
  entry->free_item = free_item;
  entry->priority = priority;

  g_mutex_lock (&self->line->lock);
  g_queue_insert_sorted (&self->line->waiting, entry, compare_priorities, NULL);
  g_mutex_unlock (&self->line->lock);
  gather (self, priority);
}

gpointer
mesh_work_batch_run_finish (MeshWorkBatch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
