/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib-object.h>

#include "source/mesh-source-chain.h"
#include "update/mesh-update-state.h"

/* One app this node has installed, published or found an update for: a view of the
 * engine's journal for D-Bus to mirror. Only the engine writes it; every property is
 * read-only and notifies. Owned by the engine's list, lives in its main context.
 *
 * Properties (all readable, all notify):
 *   id, name, summary, channel, notes                       string
 *   installed-version, previous-version, available-version  string, %NULL: none
 *   skipped-version                                         string, %NULL: none
 *   state                                                   string, see MeshUpdateState
 *   error-name, error-message                               string, %NULL unless failed
 *   fingerprint                                             string, %NULL: unknown
 *   exec, icon                                              absolute path, %NULL: none
 *   desktop-id                                              string, %NULL: not linked
 *   source                                                  string: where the newest
 *                                                           release was found
 *   installed-s                                             int64, Unix time, 0: not
 *   is-held, is-published                                   boolean
 *   bytes-total, bytes-done                                 uint64, to fetch in this
 * update bytes-saved                                             uint64, already on this
 * machine n-chunks-total, n-chunks-done                           uint rate-bps uint64,
 * bytes a second installed-size                                          uint64, bytes
 *   checked-s                                               int64, Unix time, 0: never
 */

#define MESH_TYPE_APP (mesh_app_get_type ())
G_DECLARE_FINAL_TYPE (MeshApp, mesh_app, MESH, APP, GObject)

const char *mesh_app_get_id (MeshApp *app);
const char *mesh_app_get_name (MeshApp *app);
const char *mesh_app_get_summary (MeshApp *app);
const char *mesh_app_get_channel (MeshApp *app);
const char *mesh_app_get_notes (MeshApp *app);
const char *mesh_app_get_installed_version (MeshApp *app);
const char *mesh_app_get_previous_version (MeshApp *app);
const char *mesh_app_get_available_version (MeshApp *app);
const char *mesh_app_get_skipped_version (MeshApp *app);
MeshUpdateState mesh_app_get_state (MeshApp *app);
const char *mesh_app_get_error_name (MeshApp *app);
const char *mesh_app_get_error_message (MeshApp *app);
const char *mesh_app_get_fingerprint (MeshApp *app);
const char *mesh_app_get_exec (MeshApp *app);
const char *mesh_app_get_icon (MeshApp *app);
gboolean mesh_app_is_held (MeshApp *app);
gboolean mesh_app_is_published (MeshApp *app);
guint64 mesh_app_get_bytes_total (MeshApp *app);
guint64 mesh_app_get_bytes_done (MeshApp *app);
guint64 mesh_app_get_bytes_saved (MeshApp *app);
guint mesh_app_get_n_chunks_total (MeshApp *app);
guint mesh_app_get_n_chunks_done (MeshApp *app);
guint mesh_app_get_n_chunks_saved (MeshApp *app);
guint64 mesh_app_get_rate_bps (MeshApp *app);
guint64 mesh_app_get_installed_size (MeshApp *app);
gint64 mesh_app_get_checked_s (MeshApp *app);

const char *mesh_app_get_desktop_id (MeshApp *app);
const char *mesh_app_get_source (MeshApp *app);
gint64 mesh_app_get_installed_s (MeshApp *app);

/**
 * mesh_app_get_sources:
 *
 * Who gave how much of this update; kept until the next one starts. Its change is
 * announced with notify::bytes-done, at most four times a second.
 *
 * Returns: (transfer none) (element-type MeshSourceUsage)
 */
GPtrArray *mesh_app_get_sources (MeshApp *app);
