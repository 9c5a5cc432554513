/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

#define SHOALD_TYPE_BUS (shoald_bus_get_type ())

/**
 * ShoaldBus:
 *
 * The daemon's front door on D-Bus: the object manager with everything below it, and who
 * has come in. Made by main on a connection; the name is main's to own. Ends with its
 * last reference, when all objects leave the bus. Signal "clients-changed".
 */
G_DECLARE_FINAL_TYPE (ShoaldBus, shoald_bus, SHOALD, BUS, GObject)

/**
 * shoald_bus_new:
 * @quit: called when a client asks the daemon to stop; must not stop it before it returns
 */
ShoaldBus *shoald_bus_new (GDBusConnection *connection,
                           ShoaldEngine *engine,
                           void (*quit) (gpointer user_data),
                           gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_bus_count_clients:
 *
 * Returns: how many callers are still on the bus
 */
guint shoald_bus_count_clients (ShoaldBus *bus);

/**
 * shoald_bus_set_http_address:
 * @address: where the mini-master's HTTP server listens; "": nowhere
 */
void shoald_bus_set_http_address (ShoaldBus *bus, const char *address);
