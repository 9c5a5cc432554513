/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-context.h"

#include "shoal-dbus-names.h"

static void
test_export (void)
{
  g_autoptr (GDBusObjectManagerServer) server
      = g_dbus_object_manager_server_new (SHOAL_DBUS_PATH);
  g_autoptr (ShoalDBusPeer) skeleton = shoal_dbus_peer_skeleton_new ();
  ShoaldBusContext context = { .server = server };
  const char *path = SHOAL_DBUS_PEERS_PATH "/x";
  g_autoptr (GDBusObject) object = NULL;

  shoald_bus_context_export (&context, g_strdup (path),
                             G_DBUS_INTERFACE_SKELETON (skeleton));
  object = g_dbus_object_manager_get_object (G_DBUS_OBJECT_MANAGER (server), path);
  g_assert_nonnull (object);
  g_clear_object (&object);
  /* Without a connection nothing has a path yet; taking it away is safe all the same. */
  shoald_bus_context_unexport (&context, G_DBUS_INTERFACE_SKELETON (skeleton));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/bus-context/export", test_export);
  return g_test_run ();
}
