/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-app.h"

#define SHOALD_TYPE_APPS (shoald_apps_get_type ())

/**
 * ShoaldApps:
 *
 * The apps of the node as a #GListModel of #ShoaldApp, in order of id. Owned by the
 * engine. Signals: "busy-changed", when shoald_apps_is_busy() may be new; "unclaimed"
 * (app), when the update engine fetches an update that no job was begun for.
 */
G_DECLARE_FINAL_TYPE (ShoaldApps, shoald_apps, SHOALD, APPS, GObject)

ShoaldApps *shoald_apps_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_apps_set_node:
 * @node: (nullable): whose apps; %NULL empties the list
 */
void shoald_apps_set_node (ShoaldApps *apps, MeshNode *node);

/**
 * shoald_apps_find:
 *
 * Returns: (transfer none) (nullable): the app called @app_id. O(log n).
 */
ShoaldApp *shoald_apps_find (ShoaldApps *apps, const char *app_id);

/**
 * shoald_apps_is_busy:
 *
 * Returns: whether an update is planned, fetched, verified or applied now
 */
gboolean shoald_apps_is_busy (ShoaldApps *apps);

/**
 * shoald_apps_get_last_check_s:
 *
 * Returns: when updates were last looked for, Unix time, 0: never
 */
gint64 shoald_apps_get_last_check_s (ShoaldApps *apps);
