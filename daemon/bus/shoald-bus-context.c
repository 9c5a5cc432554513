/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-context.h"

void
shoald_bus_context_export (const ShoaldBusContext *context,
                           char *path,
                           GDBusInterfaceSkeleton *interface)
{
  g_autofree char *owned = path;
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (owned);

  g_dbus_object_skeleton_add_interface (object, interface);
  g_dbus_object_manager_server_export (context->server, object);
}

void
shoald_bus_context_unexport (const ShoaldBusContext *context,
                             GDBusInterfaceSkeleton *interface)
{
  g_autofree char *path
      = g_strdup (g_dbus_interface_skeleton_get_object_path (interface));

  g_dbus_interface_skeleton_flush (interface);
  if (path != NULL)
    g_dbus_object_manager_server_unexport (context->server, path);
}
