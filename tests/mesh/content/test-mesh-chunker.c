/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-chunker.h"

static void
test_fixed (void)
{
  static const guint8 bytes[5000];
  MeshChunker chunker;

  mesh_chunker_init_fixed (&chunker, 2000);
  g_assert_cmpuint (chunker.stride, ==, 2000);
  g_assert_cmpuint (chunker.max_bytes, ==, 2000);
  g_assert_cmpuint (mesh_chunker_next (&chunker, bytes, 5000, TRUE), ==, 2000);
  g_assert_cmpuint (mesh_chunker_next (&chunker, bytes, 2000, FALSE), ==, 2000);
  g_assert_cmpuint (mesh_chunker_next (&chunker, bytes, 1999, FALSE), ==, 0);
  g_assert_cmpuint (mesh_chunker_next (&chunker, bytes, 1999, TRUE), ==, 1999);
  g_assert_cmpuint (mesh_chunker_next (&chunker, bytes, 0, TRUE), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/chunker/fixed", test_fixed);
  return g_test_run ();
}
