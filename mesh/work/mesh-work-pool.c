/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "work/mesh-work-pool.h"

#include "base/mesh-error.h"

/* A thin layer over GThreadPool. A job is a GTask whose data is the job. The worker never
 * drops a reference to the task, since that could end the pool in one of its own threads:
 * it hands the task back to the context it came from, which returns it there. */

#define MAX_THREADS 16

typedef struct
{
  int priority;
  guint64 sequence;
  MeshWorkFunc func;
  gpointer input;             /* (owned) */
  GDestroyNotify free_input;  /* (nullable) */
  GDestroyNotify free_result; /* (nullable) */
  gpointer result;            /* (owned) (nullable) */
  GError *error;              /* (owned) (nullable) */
} Job;

struct _MeshWorkPool
{
  GObject parent_instance;
  GThreadPool *threads; /* (owned): of GTask */
  gint n_threads;
  guint64 next_sequence; /* under lock */
  GMutex lock;
};

G_DEFINE_FINAL_TYPE (MeshWorkPool, mesh_work_pool, G_TYPE_OBJECT)

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_input != NULL && job->input != NULL)
    job->free_input (job->input);
  if (job->result != NULL && job->free_result != NULL)
    job->free_result (job->result);
  g_clear_error (&job->error);
  g_free (job);
}

static gboolean
deliver (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);

  if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&job->result), job->free_result);
  return G_SOURCE_REMOVE;
}

static void
run_job (gpointer data, gpointer unused)
{
  GTask *task = data; /* (owned), passed on to the source below */
  Job *job = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GSource) source = g_idle_source_new ();

  if (!g_cancellable_set_error_if_cancelled (cancellable, &job->error))
    job->result = job->func (job->input, cancellable, &job->error);
  /* The input goes here and not with the task: it may be large. */
  if (job->free_input != NULL && job->input != NULL)
    job->free_input (g_steal_pointer (&job->input));
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "MeshWorkPool result");
  g_source_set_callback (source, deliver, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static int
compare_jobs (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Job *left = g_task_get_task_data ((GTask *) a);
  const Job *right = g_task_get_task_data ((GTask *) b);

  if (left->priority != right->priority)
    return left->priority < right->priority ? -1 : 1;
  return left->sequence < right->sequence ? -1 : 1;
}

static void
mesh_work_pool_finalize (GObject *object)
{
  MeshWorkPool *self = MESH_WORK_POOL (object);

  /* FALSE, TRUE: run what is queued, wait for it. */
  g_thread_pool_free (self->threads, FALSE, TRUE);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mesh_work_pool_parent_class)->finalize (object);
}

static void
mesh_work_pool_class_init (MeshWorkPoolClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mesh_work_pool_finalize;
}

static void
mesh_work_pool_init (MeshWorkPool *self)
{
  g_mutex_init (&self->lock);
}

MeshWorkPool *
mesh_work_pool_new (guint n_threads)
{
  MeshWorkPool *self = g_object_new (MESH_TYPE_WORK_POOL, NULL);

  /* The macro behind it writes without a lock when it is called first: do it before there
   * are threads to see it. */
  (void) mesh_error_quark ();
  self->n_threads
      = (gint) (n_threads != 0 ? MIN (n_threads, MAX_THREADS)
                               : CLAMP (g_get_num_processors (), 2, MAX_THREADS));
  /* Not exclusive: threads are shared with GLib's own and started when needed, which can
   * not fail halfway through construction. */
  self->threads = g_thread_pool_new (run_job, NULL, self->n_threads, FALSE, NULL);
  g_thread_pool_set_sort_function (self->threads, compare_jobs, NULL);
  return self;
}

guint
mesh_work_pool_get_n_threads (MeshWorkPool *self)
{
  g_return_val_if_fail (MESH_IS_WORK_POOL (self), 0);

  return (guint) self->n_threads;
}

guint
mesh_work_pool_get_n_queued (MeshWorkPool *self)
{
  g_return_val_if_fail (MESH_IS_WORK_POOL (self), 0);

  return g_thread_pool_unprocessed (self->threads);
}

void
mesh_work_pool_run_async (MeshWorkPool *self,
                          int priority,
                          MeshWorkFunc func,
                          gpointer input,
                          GDestroyNotify free_input,
                          GDestroyNotify free_result,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  Job *job;

  g_return_if_fail (MESH_IS_WORK_POOL (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_work_pool_run_async);
  g_task_set_priority (task, priority);
  /* A job that has run to its end has a result, whether or not it was cancelled since. */
  g_task_set_check_cancellable (task, FALSE);
  job = g_new0 (Job, 1);
  job->priority = priority;
  job->func = func;
  job->input = input;
  job->free_input = free_input;
  job->free_result = free_result;
  g_task_set_task_data (task, job, job_free);

  if (g_thread_pool_unprocessed (self->threads) >= MESH_WORK_POOL_MAX_QUEUED)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BUSY,
                               "Too much work is waiting; try again later");
      return;
    }
  g_mutex_lock (&self->lock);
  job->sequence = self->next_sequence++;
  g_mutex_unlock (&self->lock);
  /* Pushing can only fail to start a further thread; the job stays queued then. */
  if (!g_thread_pool_push (self->threads, g_object_ref (task), &error))
    g_warning ("Could not start a worker thread: %s", error->message);
}

gpointer
mesh_work_pool_run_finish (MeshWorkPool *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
