/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_WINDOW (shoal_window_get_type ())
G_DECLARE_FINAL_TYPE (ShoalWindow, shoal_window, SHOAL, WINDOW, AdwApplicationWindow)

/*
 * The window: what it shows follows the state of the client (connecting, unavailable,
 * first run, pages). It remembers its size. Actions beside those of the rooms: install,
 * install-link and show-app (target: string), back, retry, set-sharing, show-page,
 * preferences, show-help-overlay.
 */

/**
 * shoal_window_new:
 * @application: the application
 * @client: what it shows
 *
 * Returns: (transfer none): the window, not shown yet
 */
GtkWidget *shoal_window_new (GtkApplication *application, ShoalClient *client);

/**
 * shoal_window_open_link:
 * @self: the window
 * @link: a shoal: link, or the path of a signed manifest
 *
 * Asks whether to install what the link names, as soon as the daemon is there.
 */
void shoal_window_open_link (ShoalWindow *self, const char *link);
