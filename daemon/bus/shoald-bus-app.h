/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/* org.shoal.Shoal1.App, and the Update of the app while there is one. */
typedef struct ShoaldBusApp ShoaldBusApp;

/**
 * shoald_bus_app_new:
 *
 * Exports @app.
 */
ShoaldBusApp *shoald_bus_app_new (const ShoaldBusContext *context,
                                  ShoaldApp *app) G_GNUC_WARN_UNUSED_RESULT;

/* Takes both from the bus. */
void shoald_bus_app_free (ShoaldBusApp *self);
