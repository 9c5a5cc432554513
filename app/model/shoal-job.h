/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-proxy-object.h"

#define SHOAL_TYPE_JOB (shoal_job_get_type ())
G_DECLARE_FINAL_TYPE (ShoalJob, shoal_job, SHOAL, JOB, ShoalProxyObject)

/*
 * A transfer. It keeps what it last heard, so a finished one stays readable after the
 * daemon has forgotten it, or is gone.
 *
 * Read-only properties. Texts for people: title, kind-text, state-text, detail-text,
 * error-text. Plain: app-id, state, is-active, is-failed, can-cancel, has-progress,
 * progress (0.0 to 1.0), rate-bps, icon-name, sources (a GListModel of #ShoalSource),
 * has-sources, target (the object path, for actions).
 */

/**
 * shoal_job_new:
 * @proxy: the org.shoal.Shoal1.Transfer
 *
 * Returns: (transfer full): the model
 */
ShoalJob *shoal_job_new (GDBusProxy *proxy) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_job_end:
 * @self: a job whose object is gone
 *
 * Lets go of the proxy. One that had not ended counts as failed from here on.
 */
void shoal_job_end (ShoalJob *self);

/**
 * shoal_job_is_active:
 * @self: a job
 *
 * Returns: whether it is queued or running
 */
gboolean shoal_job_is_active (ShoalJob *self);

/**
 * shoal_job_is_failed:
 * @self: a job
 *
 * Returns: whether it has ended with an error; being cancelled is none
 */
gboolean shoal_job_is_failed (ShoalJob *self);

const char *shoal_job_get_kind (ShoalJob *self);
const char *shoal_job_get_title (ShoalJob *self);

/**
 * shoal_job_dup_error_text:
 * @self: a job
 *
 * Returns: (transfer full): why it failed, for people; "" when it did not
 */
char *shoal_job_dup_error_text (ShoalJob *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_job_dup_id:
 * @self: a job
 *
 * Returns: (transfer full): its object path, also after its end
 */
char *shoal_job_dup_id (ShoalJob *self) G_GNUC_WARN_UNUSED_RESULT;
