/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-error.h"
#include "node/mesh.h"

static void
test_names (void)
{
  g_autoptr (GError) error
      = g_error_new_literal (MESH_ERROR, MESH_ERROR_NO_SPACE, "full");
  g_autofree char *name = shoald_bus_error_dup_name (error);
  g_autofree char *nick = shoald_bus_error_name_nick ("UnsafePath");
  g_autofree char *none = shoald_bus_error_name_nick (NULL);

  g_assert_cmpstr (name, ==, "org.shoal.Shoal1.Error.NoSpace");
  g_assert_cmpstr (nick, ==, "org.shoal.Shoal1.Error.UnsafePath");
  g_assert_cmpstr (none, ==, "");
  g_assert_true (g_dbus_is_interface_name (name));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/bus-error/names", test_names);
  return g_test_run ();
}
