/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#define SHOALD_TYPE_JOB (shoald_job_get_type ())

/**
 * ShoaldJob:
 *
 * Something that takes long: a transfer or an operation. Made by who begins the work,
 * given to #ShoaldJobs, which starts it and keeps it. Whoever does the work tells it
 * progress and its end; then it lets go of the work's data.
 *
 * Signals: "changed", at most four times a second but for the end, which is told at once;
 * "finished", once, after the last "changed".
 */
G_DECLARE_FINAL_TYPE (ShoaldJob, shoald_job, SHOALD, JOB, GObject)

typedef enum
{
  SHOALD_JOB_QUEUED,
  SHOALD_JOB_RUNNING,
  SHOALD_JOB_DONE,
  SHOALD_JOB_FAILED,
  SHOALD_JOB_CANCELLED,
} ShoaldJobState;

typedef enum
{
  SHOALD_JOB_TRANSFER,  /* waits for a free place; has sources */
  SHOALD_JOB_OPERATION, /* starts at once */
} ShoaldJobType;

/* Longest list of sources. */
#define SHOALD_JOB_MAX_SOURCES 64
/* Longest list of items. */
#define SHOALD_JOB_MAX_ITEMS 500

/**
 * ShoaldJobFunc:
 * @data: what the job was made with
 *
 * Begins the work. It must end in shoald_job_take_result() or shoald_job_take_error(),
 * now or later, also when the cancellable of @job is cancelled.
 */
typedef void (*ShoaldJobFunc) (ShoaldJob *job, gpointer data);

/**
 * ShoaldJobSampler:
 *
 * Called once a second while the job runs, to bring numbers up to date.
 */
typedef void (*ShoaldJobSampler) (ShoaldJob *job, gpointer data);

/**
 * shoald_job_new:
 * @kind: a word: "get", "add" and the like; static
 * @title: what a list shows
 * @run: begins the work
 * @data: (transfer full): for @run and the sampler
 * @destroy: (nullable): frees @data at the end of the job
 */
ShoaldJob *shoald_job_new (ShoaldJobType type,
                           const char *kind,
                           const char *title,
                           ShoaldJobFunc run,
                           gpointer data,
                           GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;

ShoaldJobType shoald_job_get_job_type (ShoaldJob *job);
const char *shoald_job_get_kind (ShoaldJob *job);
const char *shoald_job_get_title (ShoaldJob *job);
const char *shoald_job_get_app (ShoaldJob *job); /* "" when there is none */
const char *shoald_job_get_cid (ShoaldJob *job); /* "" when there is none */
ShoaldJobState shoald_job_get_state (ShoaldJob *job);
const char *shoald_job_get_state_name (ShoaldJob *job);
gboolean shoald_job_is_finished (ShoaldJob *job);
const char *shoald_job_get_step (ShoaldJob *job); /* "" when there is none */
double shoald_job_get_progress (ShoaldJob *job);  /* -1: unknown */
guint64 shoald_job_get_bytes_done (ShoaldJob *job);
guint64 shoald_job_get_bytes_total (ShoaldJob *job);
guint64 shoald_job_get_rate_bps (ShoaldJob *job);
gint64 shoald_job_get_eta_s (ShoaldJob *job);     /* -1: unknown */
gint64 shoald_job_get_started_s (ShoaldJob *job); /* Unix time */
GCancellable *shoald_job_get_cancellable (ShoaldJob *job);

/* (transfer none) (nullable): why it failed or was cancelled */
const GError *shoald_job_get_error (ShoaldJob *job);
/* (transfer none): a{sv}; empty until it is done */
GVariant *shoald_job_get_result (ShoaldJob *job);
/* (transfer none): aa{sv} */
GVariant *shoald_job_get_sources (ShoaldJob *job);
/* (transfer none): aa{sv} */
GVariant *shoald_job_get_items (ShoaldJob *job);

/**
 * shoald_job_set_skips_queue:
 *
 * For a transfer that is under way already when its job is made.
 */
void shoald_job_set_skips_queue (ShoaldJob *job);
gboolean shoald_job_skips_queue (ShoaldJob *job);

/* For #ShoaldJobs. */
guint64 shoald_job_get_id (ShoaldJob *job);
void shoald_job_set_id (ShoaldJob *job, guint64 id);
void shoald_job_start (ShoaldJob *job);

/**
 * shoald_job_cancel:
 *
 * A queued job is cancelled now; a running one when its work says so.
 *
 * Returns: %FALSE with %MESH_ERROR_WRONG_STATE when it is finished
 */
gboolean shoald_job_cancel (ShoaldJob *job, GError **error);

/* For the work. Ignored once the job is finished. */
void shoald_job_set_app (ShoaldJob *job, const char *app);
void shoald_job_set_cid (ShoaldJob *job, const char *cid);
void shoald_job_set_title (ShoaldJob *job, const char *title);
void shoald_job_set_step (ShoaldJob *job, const char *step); /* static text */
void shoald_job_set_bytes (ShoaldJob *job, guint64 done, guint64 total);
void shoald_job_set_sampler (ShoaldJob *job, ShoaldJobSampler sampler);

/**
 * shoald_job_set_sources:
 * @sources: aa{sv}; a floating reference is taken
 */
void shoald_job_set_sources (ShoaldJob *job, GVariant *sources);

/**
 * shoald_job_set_items:
 * @items: aa{sv}: what a question has found so far; a floating reference is taken
 */
void shoald_job_set_items (ShoaldJob *job, GVariant *items);

/**
 * shoald_job_take_result:
 * @result: (nullable): a{sv}; a floating reference is taken
 */
void shoald_job_take_result (ShoaldJob *job, GVariant *result);

/**
 * shoald_job_take_error:
 * @error: (transfer full): %G_IO_ERROR_CANCELLED makes the job cancelled, not failed
 */
void shoald_job_take_error (ShoaldJob *job, GError *error);
