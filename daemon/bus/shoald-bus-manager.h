/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bus/shoald-bus-context.h"

/* org.shoal.Shoal1.Manager: the object and its properties, and the methods that are not
 * about content or releases. */
typedef struct ShoaldBusManager ShoaldBusManager;

/**
 * shoald_bus_manager_new:
 *
 * Exports the manager.
 */
ShoaldBusManager *
shoald_bus_manager_new (const ShoaldBusContext *context) G_GNUC_WARN_UNUSED_RESULT;

/* Takes it from the bus. */
void shoald_bus_manager_free (ShoaldBusManager *self);

/**
 * shoald_bus_manager_set_http_address:
 * @address: where the HTTP server of the mini-master listens; "": nowhere
 */
void shoald_bus_manager_set_http_address (ShoaldBusManager *self, const char *address);
