/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-update-engine-private.h"

/* What can be asked of the engine about one app: each is a row of steps out of the same
 * few (detect, note, stage, apply). */

#define MESH_UPDATE_COMMAND_MAX_WAITING 16 /* for one app */

typedef enum
{
  MESH_UPDATE_COMMAND_CHECK,
  MESH_UPDATE_COMMAND_POLL, /* check, then stage what was found if that is wanted */
  MESH_UPDATE_COMMAND_INSTALL,
  MESH_UPDATE_COMMAND_INSTALL_STAGED, /* install, but stop before applying */
  MESH_UPDATE_COMMAND_STAGE,
  MESH_UPDATE_COMMAND_APPLY,
  MESH_UPDATE_COMMAND_ROLLBACK,
  MESH_UPDATE_COMMAND_REMOVE,
  MESH_UPDATE_COMMAND_HOLD,
  MESH_UPDATE_COMMAND_LET_GO, /* the opposite */
  MESH_UPDATE_COMMAND_SKIP,
} MeshUpdateCommandKind;

/**
 * mesh_update_command_run_async:
 * @entry: which app
 * @pin: (nullable): to install: the fingerprint there must be
 * @envelope: (nullable): to check or install: this release, asking nobody
 *
 * While only a release is looked for, as when one was announced, the command waits for
 * its turn; %MESH_UPDATE_COMMAND_POLL, which nobody asked for, waits for anything.
 *
 * Fails with %MESH_ERROR_BUSY, %MESH_ERROR_WRONG_STATE, %MESH_ERROR_NOT_FOUND or
 * %MESH_ERROR_EXISTS before anything is done.
 */
void mesh_update_command_run_async (MeshUpdateEngine *engine,
                                    MeshUpdateEntry *entry,
                                    MeshUpdateCommandKind kind,
                                    const char *pin,
                                    const MeshSemverRange *range,
                                    GBytes *envelope,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean mesh_update_command_run_finish (MeshUpdateEngine *engine,
                                         GAsyncResult *result,
                                         GError **error);

/**
 * mesh_update_command_named_async:
 *
 * mesh_update_command_run_async() for the app called @app_id, %MESH_ERROR_NOT_FOUND if it
 *is not in the list. Ends with mesh_update_command_run_finish().
 */
void mesh_update_command_named_async (MeshUpdateEngine *engine,
                                      const char *app_id,
                                      MeshUpdateCommandKind kind,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/**
 * mesh_update_command_dup_trust:
 * @pin: (nullable): a fingerprint the person was given
 *
 * Returns: (transfer full): what is believed, with @pin over what was merely seen once
 */
MeshTrustState *mesh_update_command_dup_trust (const MeshTrustState *trust,
                                               const char *pin) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_command_all_async:
 * @kind: check or poll
 * @app_id: (nullable): one app, or every installed one
 *
 * Finishes with the number of apps that have an update; fails only when none could be
 * checked.
 */
void mesh_update_command_all_async (MeshUpdateEngine *engine,
                                    MeshUpdateCommandKind kind,
                                    const char *app_id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gssize mesh_update_command_all_finish (MeshUpdateEngine *engine,
                                       GAsyncResult *result,
                                       GError **error);

/**
 * mesh_update_command_set_async:
 * @kind: hold, let go or skip
 * @version: (nullable): to skip; %NULL to skip none any more
 *
 * Writes a setting of the app called @app_id, as an operation that waits for its turn
 * like every other. Ends with mesh_update_command_run_finish().
 */
void mesh_update_command_set_async (MeshUpdateEngine *engine,
                                    const char *app_id,
                                    MeshUpdateCommandKind kind,
                                    const char *version,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
