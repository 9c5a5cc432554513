/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-import.h"

/* The project's defaults are part of every CID: they do not change by accident. */
static void
test_defaults (void)
{
  MeshImportOptions options;

  mesh_import_options_init (&options);
  g_assert_cmpint (options.chunker, ==, MESH_CHUNKER_FIXED);
  g_assert_cmpuint (options.chunk_size, ==, 1024 * 1024);
  g_assert_cmpuint (options.hash_code, ==, MESH_MULTIHASH_SHA3_256);
  g_assert_cmpuint (options.cid_version, ==, 1);
  g_assert_cmpuint (options.max_links, ==, 174);
  g_assert_false (options.raw_leaves);
  g_assert_false (options.preserve_mode);
  g_assert_false (options.preserve_mtime);
  g_assert_false (options.wrap_in_directory);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree/import/defaults", test_defaults);
  return g_test_run ();
}
