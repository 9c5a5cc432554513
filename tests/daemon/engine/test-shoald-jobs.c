/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-jobs.h"

#include "daemon/test-wait.h"
#include "node/mesh.h"

static void
run_cb (ShoaldJob *job, gpointer data)
{
}

static void
run_at_once_cb (ShoaldJob *job, gpointer data)
{
  shoald_job_take_result (job, NULL);
}

static ShoaldJob *
add (ShoaldJobs *jobs, ShoaldJobType type, ShoaldJobFunc run)
{
  g_autoptr (GError) error = NULL;
  ShoaldJob *job = shoald_jobs_add (
      jobs, shoald_job_new (type, "test", "t", run, NULL, NULL), &error);

  g_assert_no_error (error);
  return job;
}

static guint
count (ShoaldJobs *jobs)
{
  return g_list_model_get_n_items (G_LIST_MODEL (jobs));
}

static void
test_queue (void)
{
  g_autoptr (ShoaldJobs) jobs = shoald_jobs_new (2);
  ShoaldJob *transfers[4];
  ShoaldJob *operation;

  for (guint i = 0; i < G_N_ELEMENTS (transfers); i++)
    transfers[i] = add (jobs, SHOALD_JOB_TRANSFER, run_cb);
  operation = add (jobs, SHOALD_JOB_OPERATION, run_cb);
  g_assert_cmpint (shoald_job_get_state (transfers[1]), ==, SHOALD_JOB_RUNNING);
  g_assert_cmpint (shoald_job_get_state (transfers[2]), ==, SHOALD_JOB_QUEUED);
  g_assert_cmpint (shoald_job_get_state (operation), ==, SHOALD_JOB_RUNNING);
  g_assert_cmpuint (shoald_jobs_count_active (jobs), ==, 5);
  /* One that waits can be cancelled without taking a place. */
  g_assert_true (shoald_job_cancel (transfers[2], NULL));
  g_assert_cmpint (shoald_job_get_state (transfers[3]), ==, SHOALD_JOB_QUEUED);
  shoald_job_take_result (transfers[0], NULL);
  g_assert_cmpint (shoald_job_get_state (transfers[3]), ==, SHOALD_JOB_RUNNING);
  shoald_job_take_result (transfers[1], NULL);
  shoald_job_take_result (transfers[3], NULL);
  shoald_job_take_result (operation, NULL);
  g_assert_cmpuint (shoald_jobs_count_active (jobs), ==, 0);
  g_assert_cmpuint (count (jobs), ==, 5);
}

static void
test_more_places (void)
{
  g_autoptr (ShoaldJobs) jobs = shoald_jobs_new (1);
  ShoaldJob *first = add (jobs, SHOALD_JOB_TRANSFER, run_cb);
  ShoaldJob *second = add (jobs, SHOALD_JOB_TRANSFER, run_cb);

  g_assert_cmpint (shoald_job_get_state (second), ==, SHOALD_JOB_QUEUED);
  shoald_jobs_set_max_transfers (jobs, 2);
  g_assert_cmpint (shoald_job_get_state (second), ==, SHOALD_JOB_RUNNING);
  g_assert_cmpint (shoald_job_get_state (first), ==, SHOALD_JOB_RUNNING);
  shoald_jobs_cancel_all (jobs);
  shoald_job_take_result (first, NULL);
  shoald_job_take_result (second, NULL);
}

/* Jobs that end while they are begun do not confuse the count. */
static void
test_synchronous_end (void)
{
  g_autoptr (ShoaldJobs) jobs = shoald_jobs_new (1);
  ShoaldJob *held = add (jobs, SHOALD_JOB_TRANSFER, run_cb);

  for (guint i = 0; i < 20; i++)
    (void) add (jobs, SHOALD_JOB_TRANSFER, run_at_once_cb);
  g_assert_cmpuint (shoald_jobs_count_active (jobs), ==, 21);
  shoald_job_take_result (held, NULL);
  g_assert_cmpuint (shoald_jobs_count_active (jobs), ==, 0);
  held = add (jobs, SHOALD_JOB_TRANSFER, run_cb);
  g_assert_cmpint (shoald_job_get_state (held), ==, SHOALD_JOB_RUNNING);
  shoald_job_take_result (held, NULL);
}

static void
test_dismiss (void)
{
  g_autoptr (ShoaldJobs) jobs = shoald_jobs_new (1);
  ShoaldJob *job = add (jobs, SHOALD_JOB_OPERATION, run_cb);
  g_autoptr (GError) error = NULL;

  g_assert_false (shoald_jobs_dismiss (jobs, job, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE);
  shoald_job_take_result (job, NULL);
  g_assert_true (shoald_jobs_dismiss (jobs, job, NULL));
  g_assert_cmpuint (count (jobs), ==, 0);
}

static void
test_expiry (void)
{
  g_autoptr (ShoaldJobs) jobs = shoald_jobs_new (1);
  ShoaldJob *running;

  shoald_jobs_set_keep_ms (jobs, 50);
  running = add (jobs, SHOALD_JOB_OPERATION, run_cb);
  (void) add (jobs, SHOALD_JOB_OPERATION, run_at_once_cb);
  g_assert_cmpuint (count (jobs), ==, 2);
  test_wait_until (count (jobs) == 1);
  shoald_job_take_result (running, NULL);
  test_wait_until (count (jobs) == 0);
}

static void
test_bounds (void)
{
  g_autoptr (ShoaldJobs) jobs = shoald_jobs_new (1);
  g_autoptr (GError) error = NULL;
  ShoaldJob *first;

  for (guint i = 0; i < SHOALD_JOBS_MAX_FINISHED + 10; i++)
    (void) add (jobs, SHOALD_JOB_OPERATION, run_at_once_cb);
  g_assert_cmpuint (count (jobs), ==, SHOALD_JOBS_MAX_FINISHED);
  first = add (jobs, SHOALD_JOB_OPERATION, run_cb);
  for (guint i = 1; i < SHOALD_JOBS_MAX_ACTIVE; i++)
    (void) add (jobs, SHOALD_JOB_TRANSFER, run_cb);
  g_assert_null (shoald_jobs_add (
      jobs, shoald_job_new (SHOALD_JOB_OPERATION, "test", "t", run_cb, NULL, NULL),
      &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
  shoald_job_take_result (first, NULL);
  (void) add (jobs, SHOALD_JOB_OPERATION, run_at_once_cb);
}

static void
count_cb (ShoaldJobs *jobs, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
test_cancel_all (void)
{
  g_autoptr (ShoaldJobs) jobs = shoald_jobs_new (1);
  guint n_busy = 0;
  ShoaldJob *running;

  g_signal_connect (jobs, "busy-changed", G_CALLBACK (count_cb), &n_busy);
  running = add (jobs, SHOALD_JOB_TRANSFER, run_cb);
  for (guint i = 0; i < 5; i++)
    (void) add (jobs, SHOALD_JOB_TRANSFER, run_cb);
  g_assert_cmpuint (n_busy, ==, 1);
  shoald_jobs_cancel_all (jobs);
  g_assert_true (g_cancellable_is_cancelled (shoald_job_get_cancellable (running)));
  g_assert_cmpuint (shoald_jobs_count_active (jobs), ==, 1);
  shoald_job_take_error (
      running, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  g_assert_cmpuint (shoald_jobs_count_active (jobs), ==, 0);
  g_assert_cmpuint (n_busy, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/jobs/queue", test_queue);
  g_test_add_func ("/shoald/jobs/more-places", test_more_places);
  g_test_add_func ("/shoald/jobs/synchronous-end", test_synchronous_end);
  g_test_add_func ("/shoald/jobs/dismiss", test_dismiss);
  g_test_add_func ("/shoald/jobs/expiry", test_expiry);
  g_test_add_func ("/shoald/jobs/bounds", test_bounds);
  g_test_add_func ("/shoald/jobs/cancel-all", test_cancel_all);
  return g_test_run ();
}
