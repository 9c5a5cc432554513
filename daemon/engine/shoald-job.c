/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-job.h"

#include "node/mesh.h"
#include "engine/shoald-rate.h"
#include "engine/shoald-throttle.h"

#define SAMPLE_MS 1000

struct _ShoaldJob
{
  GObject parent_instance;

  ShoaldJobType type;
  const char *kind; /* static */
  char *title;      /* (owned) */
  char *app;        /* (owned) */
  char *cid;        /* (owned) */
  const char *step; /* static */
  ShoaldJobState state;
  gboolean skips_queue;
  guint64 id;
  guint64 done_bytes;
  guint64 total_bytes;
  guint64 rate_bps;
  gint64 started_s;
  ShoaldRate rate;
  GVariant *sources;         /* (owned) */
  GVariant *items;           /* (owned) */
  GVariant *result;          /* (owned) */
  GError *error;             /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */

  ShoaldJobFunc run;
  ShoaldJobSampler sampler; /* (nullable) */
  gpointer data;            /* (owned) (nullable): until the end */
  GDestroyNotify destroy;   /* (nullable) */

  ShoaldThrottle throttle;
  guint sample_id;
};

G_DEFINE_FINAL_TYPE (ShoaldJob, shoald_job, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FINISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const char *const state_names[]
    = { "queued", "running", "done", "failed", "cancelled" };
G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == SHOALD_JOB_CANCELLED + 1);

static gboolean
changed_cb (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
clear_work (ShoaldJob *job)
{
  gpointer data = g_steal_pointer (&job->data);

  if (data != NULL && job->destroy != NULL)
    job->destroy (data);
}

static void
shoald_job_dispose (GObject *object)
{
  ShoaldJob *job = SHOALD_JOB (object);

  g_clear_handle_id (&job->sample_id, g_source_remove);
  shoald_throttle_clear (&job->throttle);
  clear_work (job);
  G_OBJECT_CLASS (shoald_job_parent_class)->dispose (object);
}

static void
shoald_job_finalize (GObject *object)
{
  ShoaldJob *job = SHOALD_JOB (object);

  g_free (job->title);
  g_free (job->app);
  g_free (job->cid);
  g_variant_unref (job->sources);
  g_variant_unref (job->items);
  g_variant_unref (job->result);
  g_clear_error (&job->error);
  g_object_unref (job->cancellable);
  G_OBJECT_CLASS (shoald_job_parent_class)->finalize (object);
}

static void
shoald_job_class_init (ShoaldJobClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_job_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_job_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED]
      = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoald_job_init (ShoaldJob *job)
{
  job->title = g_strdup ("");
  job->app = g_strdup ("");
  job->cid = g_strdup ("");
  job->step = "";
  job->sources = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  job->items = g_variant_ref (job->sources);
  job->result = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  job->cancellable = g_cancellable_new ();
  job->started_s = g_get_real_time () / G_USEC_PER_SEC;
  shoald_throttle_init (&job->throttle, changed_cb, job);
}

ShoaldJob *
shoald_job_new (ShoaldJobType type,
                const char *kind,
                const char *title,
                ShoaldJobFunc run,
                gpointer data,
                GDestroyNotify destroy)
{
  ShoaldJob *job = g_object_new (SHOALD_TYPE_JOB, NULL);

  job->type = type;
  job->kind = kind;
  g_free (job->title);
  job->title = g_utf8_make_valid (title, -1);
  job->run = run;
  job->data = data;
  job->destroy = destroy;
  return job;
}

/* The course of a job. */

static gboolean
sample_cb (gpointer user_data)
{
  ShoaldJob *job = user_data;
  guint64 old_bps = job->rate_bps;

  if (job->sampler != NULL)
    job->sampler (job, job->data);
  job->rate_bps
      = shoald_rate_sample (&job->rate, job->done_bytes, g_get_monotonic_time ());
  if (job->rate_bps != old_bps)
    shoald_throttle_poke (&job->throttle);
  return G_SOURCE_CONTINUE;
}

void
shoald_job_start (ShoaldJob *job)
{
  g_return_if_fail (job->state == SHOALD_JOB_QUEUED);

  job->state = SHOALD_JOB_RUNNING;
  shoald_rate_sample (&job->rate, 0, g_get_monotonic_time ());
  job->sample_id = g_timeout_add (SAMPLE_MS, sample_cb, job);
  shoald_throttle_poke (&job->throttle);
  job->run (job, job->data);
}

static void
finish (ShoaldJob *job, ShoaldJobState state)
{
  g_autoptr (ShoaldJob) kept = g_object_ref (job);

  if (job->sampler != NULL && job->data != NULL)
    job->sampler (job, job->data);
  g_clear_handle_id (&job->sample_id, g_source_remove);
  job->state = state;
  job->rate_bps = 0;
  job->step = "";
  clear_work (job);
  shoald_throttle_flush (&job->throttle);
  g_signal_emit (job, signals[SIGNAL_FINISHED], 0);
}

void
shoald_job_take_result (ShoaldJob *job, GVariant *result)
{
  g_return_if_fail (!shoald_job_is_finished (job));

  if (result != NULL)
    {
      g_variant_unref (job->result);
      job->result = g_variant_ref_sink (result);
    }
  if (job->total_bytes > 0)
    job->done_bytes = job->total_bytes;
  finish (job, SHOALD_JOB_DONE);
}

void
shoald_job_take_error (ShoaldJob *job, GError *error)
{
  gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_return_if_fail (!shoald_job_is_finished (job));

  job->error = error;
  finish (job, is_cancelled ? SHOALD_JOB_CANCELLED : SHOALD_JOB_FAILED);
}

gboolean
shoald_job_cancel (ShoaldJob *job, GError **error)
{
  if (shoald_job_is_finished (job))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE, "“%s” is %s already",
                   job->title, state_names[job->state]);
      return FALSE;
    }
  g_cancellable_cancel (job->cancellable);
  if (job->state == SHOALD_JOB_QUEUED)
    shoald_job_take_error (
        job, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  return TRUE;
}

/* What the work tells. */

static void
set_text (ShoaldJob *job, char **field, const char *text)
{
  if (shoald_job_is_finished (job) || g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_utf8_make_valid (text, -1);
  shoald_throttle_poke (&job->throttle);
}

void
shoald_job_set_app (ShoaldJob *job, const char *app)
{
  set_text (job, &job->app, app);
}

void
shoald_job_set_cid (ShoaldJob *job, const char *cid)
{
  set_text (job, &job->cid, cid);
}

void
shoald_job_set_title (ShoaldJob *job, const char *title)
{
  set_text (job, &job->title, title);
}

void
shoald_job_set_step (ShoaldJob *job, const char *step)
{
  if (shoald_job_is_finished (job) || g_strcmp0 (job->step, step) == 0)
    return;
  job->step = step;
  shoald_throttle_poke (&job->throttle);
}

void
shoald_job_set_bytes (ShoaldJob *job, guint64 done, guint64 total)
{
  if (shoald_job_is_finished (job)
      || (job->done_bytes == done && job->total_bytes == total))
    return;
  job->done_bytes = done;
  job->total_bytes = total;
  shoald_throttle_poke (&job->throttle);
}

void
shoald_job_set_sampler (ShoaldJob *job, ShoaldJobSampler sampler)
{
  job->sampler = sampler;
}

static void
set_list (ShoaldJob *job, GVariant **field, GVariant *list)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (list);

  if (shoald_job_is_finished (job) || g_variant_equal (owned, *field))
    return;
  g_variant_unref (*field);
  *field = g_steal_pointer (&owned);
  shoald_throttle_poke (&job->throttle);
}

void
shoald_job_set_sources (ShoaldJob *job, GVariant *sources)
{
  set_list (job, &job->sources, sources);
}

void
shoald_job_set_items (ShoaldJob *job, GVariant *items)
{
  set_list (job, &job->items, items);
}

/* What it says. */

ShoaldJobType
shoald_job_get_job_type (ShoaldJob *job)
{
  return job->type;
}

const char *
shoald_job_get_kind (ShoaldJob *job)
{
  return job->kind;
}

const char *
shoald_job_get_title (ShoaldJob *job)
{
  return job->title;
}

const char *
shoald_job_get_app (ShoaldJob *job)
{
  return job->app;
}

const char *
shoald_job_get_cid (ShoaldJob *job)
{
  return job->cid;
}

ShoaldJobState
shoald_job_get_state (ShoaldJob *job)
{
  return job->state;
}

const char *
shoald_job_get_state_name (ShoaldJob *job)
{
  return state_names[job->state];
}

gboolean
shoald_job_is_finished (ShoaldJob *job)
{
  return job->state >= SHOALD_JOB_DONE;
}

const char *
shoald_job_get_step (ShoaldJob *job)
{
  return job->step;
}

double
shoald_job_get_progress (ShoaldJob *job)
{
  if (job->state == SHOALD_JOB_DONE)
    return 1.0;
  if (job->total_bytes == 0)
    return -1.0;
  return MIN (1.0, (double) job->done_bytes / (double) job->total_bytes);
}

guint64
shoald_job_get_bytes_done (ShoaldJob *job)
{
  return job->done_bytes;
}

guint64
shoald_job_get_bytes_total (ShoaldJob *job)
{
  return job->total_bytes;
}

guint64
shoald_job_get_rate_bps (ShoaldJob *job)
{
  return job->rate_bps;
}

gint64
shoald_job_get_eta_s (ShoaldJob *job)
{
  if (job->state != SHOALD_JOB_RUNNING || job->rate_bps == 0
      || job->total_bytes < job->done_bytes || job->total_bytes == 0)
    return -1;
  return (gint64) ((job->total_bytes - job->done_bytes) / job->rate_bps);
}

gint64
shoald_job_get_started_s (ShoaldJob *job)
{
  return job->started_s;
}

GCancellable *
shoald_job_get_cancellable (ShoaldJob *job)
{
  return job->cancellable;
}

const GError *
shoald_job_get_error (ShoaldJob *job)
{
  return job->error;
}

GVariant *
shoald_job_get_result (ShoaldJob *job)
{
  return job->result;
}

GVariant *
shoald_job_get_sources (ShoaldJob *job)
{
  return job->sources;
}

GVariant *
shoald_job_get_items (ShoaldJob *job)
{
  return job->items;
}

void
shoald_job_set_skips_queue (ShoaldJob *job)
{
  job->skips_queue = TRUE;
}

gboolean
shoald_job_skips_queue (ShoaldJob *job)
{
  return job->skips_queue;
}

guint64
shoald_job_get_id (ShoaldJob *job)
{
  return job->id;
}

void
shoald_job_set_id (ShoaldJob *job, guint64 id)
{
  job->id = id;
}
