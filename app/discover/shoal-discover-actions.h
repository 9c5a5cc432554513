/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

/**
 * shoal_discover_actions_add:
 * @window: the window that gets the actions, and over which dialogs are shown
 * @client: where they go; it lives as long as the window
 *
 * Adds show-split-view (target: the id of a split view, or of the app it is about) and
 * dismiss-split-view (target: the id of a split view).
 */
void shoal_discover_actions_add (GtkApplicationWindow *window, ShoalClient *client);
