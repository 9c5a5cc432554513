/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-job.h"

#define SHOALD_TYPE_JOBS (shoald_jobs_get_type ())

/**
 * ShoaldJobs:
 *
 * All jobs, oldest first, as a #GListModel of #ShoaldJob. Starts operations at once and
 * transfers as places come free. A finished job is removed by shoald_jobs_dismiss(),
 * after a minute, or when more than %SHOALD_JOBS_MAX_FINISHED have piled up. Owned by the
 * engine. Signal "busy-changed": shoald_jobs_count_active() passed between 0 and 1.
 */
G_DECLARE_FINAL_TYPE (ShoaldJobs, shoald_jobs, SHOALD, JOBS, GObject)

#define SHOALD_JOBS_MAX_ACTIVE 1024 /* queued and running; more: MESH_ERROR_BUSY */
#define SHOALD_JOBS_MAX_FINISHED 256
#define SHOALD_JOBS_KEEP_S 60

ShoaldJobs *shoald_jobs_new (guint max_transfers) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_jobs_set_keep_ms:
 *
 * How long finished jobs stay; for tests.
 */
void shoald_jobs_set_keep_ms (ShoaldJobs *jobs, guint keep_ms);

/**
 * shoald_jobs_set_max_transfers:
 * @max_transfers: running at the same time; those that run already go on
 */
void shoald_jobs_set_max_transfers (ShoaldJobs *jobs, guint max_transfers);

/**
 * shoald_jobs_add:
 * @job: (transfer full): a job that was not started
 * @error: %MESH_ERROR_BUSY when there are too many
 *
 * It may be finished already when this returns.
 *
 * Returns: (transfer none) (nullable): @job
 */
ShoaldJob *shoald_jobs_add (ShoaldJobs *jobs, ShoaldJob *job, GError **error);

/**
 * shoald_jobs_dismiss:
 * @error: %MESH_ERROR_WRONG_STATE when @job is not finished
 */
gboolean shoald_jobs_dismiss (ShoaldJobs *jobs, ShoaldJob *job, GError **error);

/* Queued and running. */
guint shoald_jobs_count_active (ShoaldJobs *jobs);

/**
 * shoald_jobs_cancel_all:
 *
 * Cancels every job; "busy-changed" says when the last one has ended.
 */
void shoald_jobs_cancel_all (ShoaldJobs *jobs);
