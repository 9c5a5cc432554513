/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-job.h"

#include "daemon/test-wait.h"
#include "node/mesh.h"

typedef struct
{
  guint n_changed;
  guint n_finished;
  guint n_destroyed;
  guint n_sampled;
  ShoaldJobState last_state; /* at the last "changed" */
} Log;

static void
run_cb (ShoaldJob *job, gpointer data)
{
}

static void
destroy_cb (gpointer data)
{
  ((Log *) data)->n_destroyed++;
}

static void
sample_cb (ShoaldJob *job, gpointer data)
{
  ((Log *) data)->n_sampled++;
}

static void
changed_cb (ShoaldJob *job, gpointer user_data)
{
  Log *log = user_data;

  log->n_changed++;
  log->last_state = shoald_job_get_state (job);
}

static void
finished_cb (ShoaldJob *job, gpointer user_data)
{
  Log *log = user_data;

  /* The end was told before. */
  g_assert_cmpint (log->last_state, ==, shoald_job_get_state (job));
  log->n_finished++;
}

static ShoaldJob *
new_job (Log *log)
{
  ShoaldJob *job = shoald_job_new (SHOALD_JOB_TRANSFER, "get", "bad \xff text", run_cb,
                                   log, destroy_cb);

  g_signal_connect (job, "changed", G_CALLBACK (changed_cb), log);
  g_signal_connect (job, "finished", G_CALLBACK (finished_cb), log);
  shoald_job_set_sampler (job, sample_cb);
  return job;
}

static void
test_done (void)
{
  Log log = { 0 };
  g_autoptr (ShoaldJob) job = new_job (&log);
  GVariantDict dict;

  g_assert_true (g_utf8_validate (shoald_job_get_title (job), -1, NULL));
  g_assert_cmpstr (shoald_job_get_state_name (job), ==, "queued");
  g_assert_cmpfloat (shoald_job_get_progress (job), ==, -1.0);
  shoald_job_start (job);
  g_assert_cmpstr (shoald_job_get_state_name (job), ==, "running");
  shoald_job_set_bytes (job, 25, 100);
  g_assert_cmpfloat (shoald_job_get_progress (job), ==, 0.25);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "size", "t", (guint64) 100);
  shoald_job_take_result (job, g_variant_dict_end (&dict));
  g_assert_cmpstr (shoald_job_get_state_name (job), ==, "done");
  g_assert_cmpfloat (shoald_job_get_progress (job), ==, 1.0);
  g_assert_cmpuint (shoald_job_get_bytes_done (job), ==, 100);
  g_assert_null (shoald_job_get_error (job));
  g_assert_cmpuint (g_variant_n_children (shoald_job_get_result (job)), ==, 1);
  g_assert_cmpuint (log.n_finished, ==, 1);
  g_assert_cmpuint (log.n_destroyed, ==, 1);
  g_assert_cmpuint (log.n_sampled, ==, 1);
}

static void
test_failed (void)
{
  Log log = { 0 };
  g_autoptr (ShoaldJob) job = new_job (&log);
  g_autoptr (GError) error = NULL;

  shoald_job_start (job);
  shoald_job_take_error (job,
                         g_error_new_literal (MESH_ERROR, MESH_ERROR_NO_SPACE, "full"));
  g_assert_cmpint (shoald_job_get_state (job), ==, SHOALD_JOB_FAILED);
  g_assert_error (shoald_job_get_error (job), MESH_ERROR, MESH_ERROR_NO_SPACE);
  g_assert_false (shoald_job_cancel (job, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  /* What comes after the end changes nothing. */
  shoald_job_set_bytes (job, 1, 2);
  shoald_job_set_step (job, "hashing");
  g_assert_cmpuint (shoald_job_get_bytes_total (job), ==, 0);
  g_assert_cmpstr (shoald_job_get_step (job), ==, "");
  g_assert_cmpuint (log.n_finished, ==, 1);
}

static void
test_cancel_queued (void)
{
  Log log = { 0 };
  g_autoptr (ShoaldJob) job = new_job (&log);

  g_assert_true (shoald_job_cancel (job, NULL));
  g_assert_cmpint (shoald_job_get_state (job), ==, SHOALD_JOB_CANCELLED);
  g_assert_error (shoald_job_get_error (job), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (log.n_finished, ==, 1);
  g_assert_cmpuint (log.n_destroyed, ==, 1);
}

static void
test_cancel_running (void)
{
  Log log = { 0 };
  g_autoptr (ShoaldJob) job = new_job (&log);
  GError *error = NULL;

  shoald_job_start (job);
  g_assert_true (shoald_job_cancel (job, NULL));
  /* Until the work says so it runs, and may still be asked again. */
  g_assert_cmpint (shoald_job_get_state (job), ==, SHOALD_JOB_RUNNING);
  g_assert_true (shoald_job_cancel (job, NULL));
  g_assert_true (
      g_cancellable_set_error_if_cancelled (shoald_job_get_cancellable (job), &error));
  shoald_job_take_error (job, error);
  g_assert_cmpint (shoald_job_get_state (job), ==, SHOALD_JOB_CANCELLED);
}

/* A thousand bits of progress within a second are told at most five times. */
static void
test_rate_limit (void)
{
  Log log = { 0 };
  g_autoptr (ShoaldJob) job = new_job (&log);
  gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC;
  guint64 done = 0;

  shoald_job_start (job);
  while (g_get_monotonic_time () < end_us)
    {
      shoald_job_set_bytes (job, ++done, G_MAXUINT64);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (done, >, 1000);
  g_assert_cmpuint (log.n_changed, >=, 2);
  g_assert_cmpuint (log.n_changed, <=, 5);
  shoald_job_take_result (job, NULL);
  g_assert_cmpint (log.last_state, ==, SHOALD_JOB_DONE);
}

static void
test_rate_and_eta (void)
{
  Log log = { 0 };
  g_autoptr (ShoaldJob) job = new_job (&log);

  shoald_job_start (job);
  g_assert_cmpint (shoald_job_get_eta_s (job), ==, -1);
  shoald_job_set_bytes (job, 1000000, 100000000);
  test_wait_until (shoald_job_get_rate_bps (job) > 0);
  g_assert_cmpint (shoald_job_get_eta_s (job), >, 0);
  g_assert_cmpuint (log.n_sampled, >, 0);
  shoald_job_take_result (job, NULL);
  g_assert_cmpint (shoald_job_get_eta_s (job), ==, -1);
  g_assert_cmpuint (shoald_job_get_rate_bps (job), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/job/done", test_done);
  g_test_add_func ("/shoald/job/failed", test_failed);
  g_test_add_func ("/shoald/job/cancel-queued", test_cancel_queued);
  g_test_add_func ("/shoald/job/cancel-running", test_cancel_running);
  g_test_add_func ("/shoald/job/rate-limit", test_rate_limit);
  g_test_add_func ("/shoald/job/rate-and-eta", test_rate_and_eta);
  return g_test_run ();
}
