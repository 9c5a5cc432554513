/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

/* Names on the bus that daemon, window and shoalctl share. */
#define SHOAL_DBUS_NAME "org.shoal.Shoal.Daemon"
#define SHOAL_DBUS_PATH "/org/shoal/Shoal/Daemon" /* the object manager */
#define SHOAL_DBUS_MANAGER_PATH SHOAL_DBUS_PATH "/Manager"
#define SHOAL_DBUS_PEERS_PATH SHOAL_DBUS_PATH "/Peers"
#define SHOAL_DBUS_APPS_PATH SHOAL_DBUS_PATH "/Apps"
#define SHOAL_DBUS_UPDATES_PATH SHOAL_DBUS_PATH "/Updates"
#define SHOAL_DBUS_TRANSFERS_PATH SHOAL_DBUS_PATH "/Transfers"
#define SHOAL_DBUS_OPERATIONS_PATH SHOAL_DBUS_PATH "/Operations"

#define SHOAL_DBUS_INTERFACE_PREFIX "org.shoal.Shoal1."
#define SHOAL_DBUS_ERROR_PREFIX SHOAL_DBUS_INTERFACE_PREFIX "Error."
