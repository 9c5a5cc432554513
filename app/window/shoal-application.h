/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_APPLICATION (shoal_application_get_type ())
G_DECLARE_FINAL_TYPE (ShoalApplication,
                      shoal_application,
                      SHOAL,
                      APPLICATION,
                      AdwApplication)

/*
 * One instance with one window. Opens shoal: links, notifies of staged updates. Actions:
 * apply and show-app (target: app id) for notifications, about, quit.
 */

/**
 * shoal_application_new:
 *
 * Returns: (transfer full): the application
 */
ShoalApplication *shoal_application_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_application_set_bus_name:
 * @self: the application, before it starts up
 * @bus_name: (nullable): name of the daemon on the session bus; %NULL: the usual one
 */
void shoal_application_set_bus_name (ShoalApplication *self, const char *bus_name);
