/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"

static void
test_nicks (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code < MESH_ERROR_N_CODES; code++)
    g_assert_true (g_hash_table_add (seen, (gpointer) mesh_error_get_nick (code)));
  g_assert_cmpstr (mesh_error_get_nick (MESH_ERROR_NOT_FOUND), ==, "NotFound");
  g_assert_cmpstr (mesh_error_get_nick (MESH_ERROR_UNSAFE_PATH), ==, "UnsafePath");
  g_assert_cmpstr (mesh_error_get_nick (MESH_ERROR_BAD_SIGNATURE), ==, "BadSignature");
  g_assert_cmpstr (mesh_error_get_nick (-1), ==, "Failed");
  g_assert_cmpstr (mesh_error_get_nick (MESH_ERROR_N_CODES), ==, "Failed");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/nicks", test_nicks);
  return g_test_run ();
}
