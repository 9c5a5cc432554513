/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-app.h"

#include "daemon/engine/engine-fixture.h"

static void
run_cb (ShoaldJob *job, gpointer data)
{
}

static void
count_cb (ShoaldApp *app, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
test_job (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ShoaldJob) job
      = shoald_job_new (SHOALD_JOB_OPERATION, "remove", "t", run_cb, NULL, NULL);
  ShoaldApp *app;
  guint n = 0;

  engine_fixture_publish (fixture, "v1", "1.0.0", 1000, 1);
  app = shoald_apps_find (shoald_engine_get_apps (fixture->engine), ENGINE_FIXTURE_APP);
  g_assert_cmpstr (shoald_app_get_id (app), ==, ENGINE_FIXTURE_APP);
  g_assert_true (mesh_app_is_published (shoald_app_get_mesh_app (app)));
  g_assert_cmpstr (shoald_app_get_state_name (app), ==, "not-installed");
  g_signal_connect (app, "changed", G_CALLBACK (count_cb), &n);
  shoald_app_set_job (app, job);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (shoald_app_get_state_name (app), ==, "busy");
  shoald_job_start (job);
  shoald_job_take_result (job, NULL);
  /* The job lets go of the app by ending. */
  g_assert_null (shoald_app_get_job (app));
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpstr (shoald_app_get_state_name (app), ==, "not-installed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/app/job", EngineFixture, NULL, engine_fixture_set_up, test_job,
              engine_fixture_tear_down);
  return g_test_run ();
}
