/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_PREFERENCES (shoal_preferences_get_type ())
G_DECLARE_FINAL_TYPE (ShoalPreferences,
                      shoal_preferences,
                      SHOAL,
                      PREFERENCES,
                      AdwPreferencesWindow)

/*
 * The settings of the daemon. Every change is saved at once; a refused one is told by a
 * toast and taken back.
 */

/**
 * shoal_preferences_new:
 * @parent: the window it belongs to
 * @node: whose settings
 *
 * Returns: (transfer none): the window, not shown yet; GTK owns it until it is closed
 */
GtkWidget *shoal_preferences_new (GtkWindow *parent, ShoalNode *node);
