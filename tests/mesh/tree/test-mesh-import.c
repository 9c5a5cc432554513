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
  g_assert_cmpint (options.split, ==, MESH_HAMT_SPLIT_LINKS);
  g_assert_false (options.raw_leaves);
  g_assert_false (options.preserve_mode);
  g_assert_false (options.preserve_mtime);
  g_assert_false (options.wrap_in_directory);
}

static void
test_chunkers (void)
{
  static const char *const bad[]
      = { "",       "size-",         "size-1023", "size-2096129",
          "size-x", "size-1048576 ", "fastcdc-1", "FastCDC" };
  MeshImportOptions options;

  mesh_import_options_init (&options);
  g_assert_true (mesh_import_options_parse_chunker (&options, "size-2000"));
  g_assert_cmpint (options.chunker, ==, MESH_CHUNKER_FIXED);
  g_assert_cmpuint (options.chunk_size, ==, 2000);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mesh_import_options_parse_chunker (&options, bad[i]));
  g_assert_cmpuint (options.chunk_size, ==, 2000);
  g_assert_true (mesh_import_options_parse_chunker (&options, "fastcdc"));
  g_assert_cmpint (options.chunker, ==, MESH_CHUNKER_FASTCDC);
  g_assert_cmpuint (options.chunk_size, ==, 1024 * 1024);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree/import/defaults", test_defaults);
  g_test_add_func ("/tree/import/chunkers", test_chunkers);
  return g_test_run ();
}
