/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-schedule.h"

#define MAX_DOUBLINGS 16

/* @delay_us ± 10 % */
static gint64
spread (MeshUpdateSchedule *schedule, gint64 delay_us)
{
  gint64 tenth = delay_us / 10;

  return delay_us - tenth
         + (gint64) mesh_rng_below (schedule->rng, (guint64) (2 * tenth + 1));
}

void
mesh_update_schedule_init (MeshUpdateSchedule *schedule,
                           MeshRng *rng,
                           gint64 interval_us,
                           gint64 now_us)
{
  *schedule = (MeshUpdateSchedule){ .rng = rng, .interval_us = interval_us };
  schedule->deadline_us = interval_us > 0
                              ? now_us + spread (schedule, MESH_UPDATE_SCHEDULE_START_US)
                              : G_MAXINT64;
}

gint64
mesh_update_schedule_next_deadline_us (const MeshUpdateSchedule *schedule)
{
  return schedule->deadline_us;
}

void
mesh_update_schedule_note_poll (MeshUpdateSchedule *schedule,
                                gboolean is_good,
                                gint64 now_us)
{
  gint64 delay_us = schedule->interval_us;

  schedule->n_failures = is_good ? 0 : MIN (schedule->n_failures + 1, MAX_DOUBLINGS);
  if (!is_good)
    delay_us
        = MIN (delay_us, MESH_UPDATE_SCHEDULE_RETRY_US << (schedule->n_failures - 1));
  schedule->deadline_us
      = schedule->interval_us > 0 ? now_us + spread (schedule, delay_us) : G_MAXINT64;
}

void
mesh_update_schedule_set_interval (MeshUpdateSchedule *schedule,
                                   gint64 interval_us,
                                   gint64 now_us)
{
  schedule->interval_us = interval_us;
  mesh_update_schedule_note_poll (schedule, TRUE, now_us);
}
