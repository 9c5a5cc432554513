/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#define SHOALD_TYPE_BUS_CLIENTS (shoald_bus_clients_get_type ())

/**
 * ShoaldBusClients:
 *
 * Who has called a method of this process and is still on the bus. A daemon that has
 * nothing to do stays for them. Owned by #ShoaldBus. Signal "changed".
 */
G_DECLARE_FINAL_TYPE (ShoaldBusClients, shoald_bus_clients, SHOALD, BUS_CLIENTS, GObject)

/* Names that are watched; callers above that are not counted. */
#define SHOALD_BUS_CLIENTS_MAX 256

ShoaldBusClients *
shoald_bus_clients_new (GDBusConnection *connection) G_GNUC_WARN_UNUSED_RESULT;
guint shoald_bus_clients_count (ShoaldBusClients *clients);
