/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/* org.shoal.Shoal1.Update. Owned by the ShoaldBusApp. */
typedef struct ShoaldBusUpdate ShoaldBusUpdate;

/**
 * shoald_bus_update_new:
 *
 * Exports the update of @app.
 */
ShoaldBusUpdate *shoald_bus_update_new (const ShoaldBusContext *context,
                                        ShoaldApp *app) G_GNUC_WARN_UNUSED_RESULT;

/* Brings the properties up to date. */
void shoald_bus_update_mirror (ShoaldBusUpdate *self);

/* Takes it from the bus. */
void shoald_bus_update_free (ShoaldBusUpdate *self);
