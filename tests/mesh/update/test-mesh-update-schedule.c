/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-schedule.h"

#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

static void
test_interval (void)
{
  gint64 least = G_MAXINT64, most = 0;

  for (guint64 seed = 0; seed < 10000; seed++)
    {
      MeshRng rng;
      MeshUpdateSchedule schedule;
      gint64 wait_us;

      mesh_rng_init (&rng, seed);
      mesh_update_schedule_init (&schedule, &rng, 6 * HOUR_US, 1000);
      g_assert_cmpint (mesh_update_schedule_next_deadline_us (&schedule), <=,
                       1000 + MESH_UPDATE_SCHEDULE_START_US * 11 / 10);
      mesh_update_schedule_note_poll (&schedule, TRUE, 2000);
      wait_us = mesh_update_schedule_next_deadline_us (&schedule) - 2000;
      least = MIN (least, wait_us);
      most = MAX (most, wait_us);
    }
  g_assert_cmpint (least, >=, 6 * HOUR_US * 9 / 10);
  g_assert_cmpint (least, <=, 6 * HOUR_US * 91 / 100); /* the whole range is used */
  g_assert_cmpint (most, <=, 6 * HOUR_US * 11 / 10);
  g_assert_cmpint (most, >=, 6 * HOUR_US * 109 / 100);
}

static void
test_failures (void)
{
  MeshRng rng;
  MeshUpdateSchedule schedule;
  gint64 expected_us = MESH_UPDATE_SCHEDULE_RETRY_US;

  mesh_rng_init (&rng, 1);
  mesh_update_schedule_init (&schedule, &rng, 6 * HOUR_US, 0);
  for (guint i = 0; i < 100; i++)
    {
      gint64 wait_us;

      mesh_update_schedule_note_poll (&schedule, FALSE, 0);
      wait_us = mesh_update_schedule_next_deadline_us (&schedule);
      g_assert_cmpint (wait_us, >=, expected_us * 9 / 10);
      g_assert_cmpint (wait_us, <=, expected_us * 11 / 10);
      expected_us = MIN (2 * expected_us, 6 * HOUR_US);
    }
  mesh_update_schedule_note_poll (&schedule, TRUE, 0);
  g_assert_cmpint (mesh_update_schedule_next_deadline_us (&schedule), >, 5 * HOUR_US);
}

static void
test_never (void)
{
  MeshRng rng;
  MeshUpdateSchedule schedule;

  mesh_rng_init (&rng, 1);
  mesh_update_schedule_init (&schedule, &rng, 0, 0);
  g_assert_cmpint (mesh_update_schedule_next_deadline_us (&schedule), ==, G_MAXINT64);
  mesh_update_schedule_note_poll (&schedule, FALSE, 0);
  g_assert_cmpint (mesh_update_schedule_next_deadline_us (&schedule), ==, G_MAXINT64);
  mesh_update_schedule_set_interval (&schedule, HOUR_US, 5);
  g_assert_cmpint (mesh_update_schedule_next_deadline_us (&schedule), <, 2 * HOUR_US);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/schedule/interval", test_interval);
  g_test_add_func ("/update/schedule/failures", test_failures);
  g_test_add_func ("/update/schedule/never", test_never);
  return g_test_run ();
}
