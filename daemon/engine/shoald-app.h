/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "engine/shoald-job.h"
#include "node/mesh.h"

#define SHOALD_TYPE_APP (shoald_app_get_type ())

/**
 * ShoaldApp:
 *
 * One app of the update engine with the job that works on it. Owned by #ShoaldApps.
 * Signal "changed", at most four times a second but for changes of the state.
 */
G_DECLARE_FINAL_TYPE (ShoaldApp, shoald_app, SHOALD, APP, GObject)

/* How long an applied update is still shown. */
#define SHOALD_APP_SHOW_APPLIED_S 60

ShoaldApp *shoald_app_new (MeshApp *app) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) */
MeshApp *shoald_app_get_mesh_app (ShoaldApp *app);
const char *shoald_app_get_id (ShoaldApp *app);

/**
 * shoald_app_get_state_name:
 *
 * Returns: (transfer none): "not-installed", "installed", "busy" or "failed"
 */
const char *shoald_app_get_state_name (ShoaldApp *app);

/**
 * shoald_app_has_update:
 *
 * Returns: whether there is an update to show
 */
gboolean shoald_app_has_update (ShoaldApp *app);

/**
 * shoald_app_refresh:
 *
 * Tells what has changed now, so that who asked for the change finds it.
 */
void shoald_app_refresh (ShoaldApp *app);

/**
 * shoald_app_get_job:
 *
 * Returns: (transfer none) (nullable): what is being done with the app now
 */
ShoaldJob *shoald_app_get_job (ShoaldApp *app);

/**
 * shoald_app_set_job:
 * @job: (nullable): until it is finished
 */
void shoald_app_set_job (ShoaldApp *app, ShoaldJob *job);
