/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-dict-object.h"

#define SHOAL_TYPE_SPLIT_VIEW (shoal_split_view_get_type ())
G_DECLARE_FINAL_TYPE (ShoalSplitView,
                      shoal_split_view,
                      SHOAL,
                      SPLIT_VIEW,
                      ShoalDictObject)

/*
 * Evidence that the Master Server and the mesh, or two peers, say different things about
 * one app. Read-only properties, all texts for people but id and app-id: id, app-id,
 * title, summary (what it is), advice (what to do), message (of the daemon), time-text,
 * a-title, a-text, b-title, b-text (both sides), evidence (a folder); has-evidence.
 */

const char *shoal_split_view_get_id (ShoalSplitView *self);
const char *shoal_split_view_get_app_id (ShoalSplitView *self);

/**
 * shoal_split_view_update_list:
 * @list: a GListStore of #ShoalSplitView
 * @views: (nullable): the property SplitViews of the Manager
 */
void shoal_split_view_update_list (GListStore *list, GVariant *views);

/**
 * shoal_split_view_find:
 * @list: a list of #ShoalSplitView
 * @app_id: id of an app
 *
 * Returns: (transfer none) (nullable): the latest about this app
 */
ShoalSplitView *shoal_split_view_find (GListModel *list, const char *app_id);
