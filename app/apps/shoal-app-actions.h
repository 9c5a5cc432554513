/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

/*
 * Everything that can be done to an app, as actions of the window. The target is the app
 * id: fetch, cancel-fetch, apply, skip, unskip, launch, roll-back, hold, release, remove,
 * check-app. Without target: check.
 */

/**
 * shoal_app_actions_add:
 * @window: the window that gets the actions, and over which questions are asked
 * @client: where they go
 */
void shoal_app_actions_add (GtkApplicationWindow *window, ShoalClient *client);

/**
 * shoal_app_actions_create_menu:
 * @app: (nullable): an installed app
 * @update: (nullable): its update
 *
 * Returns: (transfer full): a menu of what can be done now with either
 */
GMenuModel *shoal_app_actions_create_menu (ShoalApp *app,
                                           ShoalUpdate *update) G_GNUC_WARN_UNUSED_RESULT;
