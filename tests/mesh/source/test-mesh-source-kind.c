/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-source-kind.h"

static void
test_names (void)
{
  g_assert_cmpstr (mesh_source_kind_get_name (MESH_SOURCE_STORE), ==, "store");
  g_assert_cmpstr (mesh_source_kind_get_name (MESH_SOURCE_PEERS), ==, "peers");
  g_assert_cmpstr (mesh_source_kind_get_name (MESH_SOURCE_GATEWAY), ==, "gateway");
  g_assert_cmpstr (mesh_source_kind_get_name (MESH_SOURCE_MASTER), ==, "master");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/kind/names", test_names);
  return g_test_run ();
}
