/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "base/mesh-rng.h"

/* When to look for updates: soon after the start, then every interval ± 10 %, so that
 * nodes switched on together do not ask together. After a failure sooner: 5 minutes, then
 * twice as long each time up to the interval. A caller-owned value, pure. */

#define MESH_UPDATE_SCHEDULE_RETRY_US (G_GINT64_CONSTANT (5) * 60 * G_USEC_PER_SEC)
#define MESH_UPDATE_SCHEDULE_START_US (G_GINT64_CONSTANT (2) * G_USEC_PER_SEC)

typedef struct
{
  MeshRng *rng;       /* (unowned) */
  gint64 interval_us; /* 0: never */
  gint64 deadline_us; /* G_MAXINT64: none */
  guint n_failures;   /* in a row */
} MeshUpdateSchedule;

/**
 * mesh_update_schedule_init:
 * @interval_us: 0: never by itself
 */
void mesh_update_schedule_init (MeshUpdateSchedule *schedule,
                                MeshRng *rng,
                                gint64 interval_us,
                                gint64 now_us);

gint64 mesh_update_schedule_next_deadline_us (const MeshUpdateSchedule *schedule);

/**
 * mesh_update_schedule_note_poll:
 * @is_good: whether somebody answered
 *
 * A poll has ended; plans the next one.
 */
void mesh_update_schedule_note_poll (MeshUpdateSchedule *schedule,
                                     gboolean is_good,
                                     gint64 now_us);

/* Another interval; counts from now. */
void mesh_update_schedule_set_interval (MeshUpdateSchedule *schedule,
                                        gint64 interval_us,
                                        gint64 now_us);
