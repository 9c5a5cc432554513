/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-fault-private.h"

static guint n_points;

static void
count (const char *point)
{
  g_assert_cmpstr (point, ==, "here");
  n_points++;
}

static void
test_hook (void)
{
  mesh_update_fault_reach ("nowhere");
  mesh_update_fault_set_hook (count);
  mesh_update_fault_reach ("here");
  mesh_update_fault_reach ("here");
  mesh_update_fault_set_hook (NULL);
  mesh_update_fault_reach ("nowhere");
  g_assert_cmpuint (n_points, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/fault/hook", test_hook);
  return g_test_run ();
}
