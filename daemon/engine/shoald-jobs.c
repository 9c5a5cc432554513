/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-jobs.h"

#include "node/mesh.h"

/* One finished job waits to be forgotten. */
typedef struct
{
  ShoaldJobs *jobs; /* (unowned) */
  ShoaldJob *job;   /* (unowned): alive as long as it is listed */
  guint timer_id;
} Retired;

struct _ShoaldJobs
{
  GObject parent_instance;

  GPtrArray *items; /* (owned) (element-type ShoaldJob) */
  GPtrArray *queue; /* (owned) (element-type ShoaldJob): transfers that wait */
  GQueue retired;   /* (element-type Retired): oldest first */
  guint64 next_id;
  guint max_transfers;
  guint keep_ms;
  guint n_active;
  guint n_transfers; /* running */
  gboolean is_starting;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ShoaldJobs,
                               shoald_jobs,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  SIGNAL_BUSY_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return SHOALD_TYPE_JOB;
}

static guint
get_n_items (GListModel *model)
{
  return SHOALD_JOBS (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  ShoaldJobs *jobs = SHOALD_JOBS (model);

  if (position >= jobs->items->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (jobs->items, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
retired_free (gpointer data)
{
  Retired *retired = data;

  g_clear_handle_id (&retired->timer_id, g_source_remove);
  g_free (retired);
}

static void
forget (ShoaldJobs *jobs, ShoaldJob *job)
{
  guint index;

  for (GList *l = jobs->retired.head; l != NULL; l = l->next)
    if (((Retired *) l->data)->job == job)
      {
        retired_free (l->data);
        g_queue_delete_link (&jobs->retired, l);
        break;
      }
  if (!g_ptr_array_find (jobs->items, job, &index))
    return;
  g_signal_handlers_disconnect_by_data (job, jobs);
  g_ptr_array_remove_index (jobs->items, index);
  g_list_model_items_changed (G_LIST_MODEL (jobs), index, 1, 0);
}

static gboolean
expired_cb (gpointer user_data)
{
  Retired *retired = user_data;

  retired->timer_id = 0;
  forget (retired->jobs, retired->job);
  return G_SOURCE_REMOVE;
}

static void
retire (ShoaldJobs *jobs, ShoaldJob *job)
{
  Retired *retired = g_new0 (Retired, 1);

  retired->jobs = jobs;
  retired->job = job;
  retired->timer_id = g_timeout_add (jobs->keep_ms, expired_cb, retired);
  g_queue_push_tail (&jobs->retired, retired);
  if (jobs->retired.length > SHOALD_JOBS_MAX_FINISHED)
    forget (jobs, ((Retired *) jobs->retired.head->data)->job);
}

/* Starting a job may finish it, which comes back here: the flag makes that a no-op and
 * the loop sees its effect. */
static void
start_queued (ShoaldJobs *jobs)
{
  if (jobs->is_starting)
    return;
  jobs->is_starting = TRUE;
  while (jobs->queue->len > 0 && jobs->n_transfers < jobs->max_transfers)
    {
      g_autoptr (ShoaldJob) job = g_object_ref (g_ptr_array_index (jobs->queue, 0));

      g_ptr_array_remove_index (jobs->queue, 0);
      jobs->n_transfers++;
      shoald_job_start (job);
    }
  jobs->is_starting = FALSE;
}

static void
finished_cb (ShoaldJob *job, gpointer user_data)
{
  ShoaldJobs *jobs = user_data;
  gboolean was_queued = g_ptr_array_remove (jobs->queue, job);

  if (shoald_job_get_job_type (job) == SHOALD_JOB_TRANSFER && !was_queued)
    jobs->n_transfers--;
  jobs->n_active--;
  retire (jobs, job);
  start_queued (jobs);
  if (jobs->n_active == 0)
    g_signal_emit (jobs, signals[SIGNAL_BUSY_CHANGED], 0);
}

static void
shoald_jobs_dispose (GObject *object)
{
  ShoaldJobs *jobs = SHOALD_JOBS (object);

  for (guint i = 0; i < jobs->items->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (jobs->items, i), jobs);
  g_queue_clear_full (&jobs->retired, retired_free);
  g_ptr_array_set_size (jobs->queue, 0);
  g_ptr_array_set_size (jobs->items, 0);
  G_OBJECT_CLASS (shoald_jobs_parent_class)->dispose (object);
}

static void
shoald_jobs_finalize (GObject *object)
{
  ShoaldJobs *jobs = SHOALD_JOBS (object);

  g_ptr_array_unref (jobs->queue);
  g_ptr_array_unref (jobs->items);
  G_OBJECT_CLASS (shoald_jobs_parent_class)->finalize (object);
}

static void
shoald_jobs_class_init (ShoaldJobsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_jobs_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_jobs_finalize;
  signals[SIGNAL_BUSY_CHANGED]
      = g_signal_new ("busy-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoald_jobs_init (ShoaldJobs *jobs)
{
  jobs->items = g_ptr_array_new_with_free_func (g_object_unref);
  jobs->queue = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&jobs->retired);
  jobs->keep_ms = SHOALD_JOBS_KEEP_S * 1000;
  jobs->next_id = 1;
}

ShoaldJobs *
shoald_jobs_new (guint max_transfers)
{
  ShoaldJobs *jobs = g_object_new (SHOALD_TYPE_JOBS, NULL);

  jobs->max_transfers = max_transfers;
  return jobs;
}

void
shoald_jobs_set_keep_ms (ShoaldJobs *jobs, guint keep_ms)
{
  jobs->keep_ms = keep_ms;
}

void
shoald_jobs_set_max_transfers (ShoaldJobs *jobs, guint max_transfers)
{
  jobs->max_transfers = max_transfers;
  start_queued (jobs);
}

ShoaldJob *
shoald_jobs_add (ShoaldJobs *jobs, ShoaldJob *job, GError **error)
{
  if (jobs->n_active >= SHOALD_JOBS_MAX_ACTIVE)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_BUSY,
                   "%u transfers and operations are under way. Wait until some are done",
                   jobs->n_active);
      g_object_unref (job);
      return NULL;
    }
  shoald_job_set_id (job, jobs->next_id++);
  g_signal_connect (job, "finished", G_CALLBACK (finished_cb), jobs);
  g_ptr_array_add (jobs->items, job);
  jobs->n_active++;
  g_list_model_items_changed (G_LIST_MODEL (jobs), jobs->items->len - 1, 0, 1);
  if (jobs->n_active == 1)
    g_signal_emit (jobs, signals[SIGNAL_BUSY_CHANGED], 0);
  if (shoald_job_get_job_type (job) == SHOALD_JOB_OPERATION)
    shoald_job_start (job);
  else if (shoald_job_skips_queue (job))
    {
      jobs->n_transfers++;
      shoald_job_start (job);
    }
  else
    {
      g_ptr_array_add (jobs->queue, g_object_ref (job));
      start_queued (jobs);
    }
  return job;
}

gboolean
shoald_jobs_dismiss (ShoaldJobs *jobs, ShoaldJob *job, GError **error)
{
  if (!shoald_job_is_finished (job))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE,
                   "“%s” is %s. Cancel it first", shoald_job_get_title (job),
                   shoald_job_get_state_name (job));
      return FALSE;
    }
  forget (jobs, job);
  return TRUE;
}

guint
shoald_jobs_count_active (ShoaldJobs *jobs)
{
  return jobs->n_active;
}

void
shoald_jobs_cancel_all (ShoaldJobs *jobs)
{
  g_autoptr (GPtrArray) all
      = g_ptr_array_copy (jobs->items, (GCopyFunc) g_object_ref, NULL);

  g_ptr_array_set_free_func (all, g_object_unref);
  for (guint i = 0; i < all->len; i++)
    {
      ShoaldJob *job = g_ptr_array_index (all, i);

      if (!shoald_job_is_finished (job))
        (void) shoald_job_cancel (job, NULL);
    }
}
