/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/* A cancellable that is cancelled when another one is, or when time is up. Belongs to the
 * main context that was the thread default when it was made. */
typedef struct MeshDeadline MeshDeadline;

/**
 * mesh_deadline_new:
 * @parent: (nullable): cancels this one too
 * @timeout_us: from now
 */
MeshDeadline *
mesh_deadline_new (GCancellable *parent, gint64 timeout_us) G_GNUC_WARN_UNUSED_RESULT;
void mesh_deadline_free (MeshDeadline *deadline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDeadline, mesh_deadline_free)

/**
 * mesh_deadline_get_cancellable:
 *
 * Returns: (transfer none): for the calls that must end in time
 */
GCancellable *mesh_deadline_get_cancellable (MeshDeadline *deadline);

/**
 * mesh_deadline_explain:
 * @error: (transfer full): what such a call failed with
 * @what: what took too long, for people
 *
 * Returns: (transfer full): %MESH_ERROR_TIMED_OUT when it was cancelled because time was
 * up, else @error itself
 */
GError *mesh_deadline_explain (MeshDeadline *deadline,
                               GError *error,
                               const char *what) G_GNUC_WARN_UNUSED_RESULT;
