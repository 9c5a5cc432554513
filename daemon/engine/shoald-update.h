/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

/* What is done with an app that is known. Each call checks that it is legal now
 * (%MESH_ERROR_WRONG_STATE; %MESH_ERROR_NOT_FOUND for an app that is not there) and
 * begins a job, (transfer none). What the results hold is said in the XML. */

ShoaldJob *shoald_update_check (ShoaldEngine *engine,
                                const char *app_id, /* "": all */
                                GError **error);

/**
 * shoald_update_fetch:
 *
 * Gives the job that runs when the update is being fetched already.
 */
ShoaldJob *shoald_update_fetch (ShoaldEngine *engine,
                                const char *app_id,
                                gboolean is_applying,
                                GError **error);
ShoaldJob *shoald_update_apply (ShoaldEngine *engine, const char *app_id, GError **error);
ShoaldJob *
shoald_update_rollback (ShoaldEngine *engine, const char *app_id, GError **error);
ShoaldJob *
shoald_update_remove (ShoaldEngine *engine, const char *app_id, GError **error);

/**
 * shoald_update_cancel_async:
 *
 * Stops planning, fetching or verifying.
 */
void shoald_update_cancel_async (ShoaldEngine *engine,
                                 const char *app_id,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* Leaves the found version out from now on. */
void shoald_update_skip_async (ShoaldEngine *engine,
                               const char *app_id,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void shoald_update_unskip_async (ShoaldEngine *engine,
                                 const char *app_id,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void shoald_update_hold_async (ShoaldEngine *engine,
                               const char *app_id,
                               gboolean is_held,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* For the four above. */
gboolean shoald_update_finish (ShoaldEngine *engine,
                               GAsyncResult *result,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_update_launch:
 * @activation_token: (nullable): for the window of the app
 * @arguments: (array zero-terminated=1): for the app
 * @error: %MESH_ERROR_WRONG_STATE, %MESH_ERROR_NOT_FOUND, %MESH_ERROR_IO
 */
gboolean shoald_update_launch (ShoaldEngine *engine,
                               const char *app_id,
                               const char *activation_token,
                               const char *const *arguments,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_update_watch:
 *
 * Gives a job to each update that the update engine fetches by itself. Called once.
 */
void shoald_update_watch (ShoaldEngine *engine);

/**
 * shoald_update_show:
 * @app: (nullable): whose numbers @job shows
 *
 * Copies progress, step and sources of an app's update to a job.
 */
void shoald_update_show (ShoaldEngine *engine, ShoaldJob *job, ShoaldApp *app);

/**
 * shoald_update_build_result:
 *
 * Returns: (transfer floating): app, app-path is left to the bus, version, bytes-saved,
 *   bytes-fetched
 */
GVariant *shoald_update_build_result (MeshApp *app);
