/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-stage.h"

#include "base/mesh-error.h"

/* Staging itself is tested through the engine: test-mesh-update-engine.c. */

static void
test_dag (void)
{
  MeshImportOptions options;
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  g_autofree char *by_content = NULL;

  mesh_import_options_init (&options);
  text = mesh_update_stage_format_dag (&options);
  g_assert_cmpstr (text, ==, "fixed-1048576,sha3-256,dag-pb,174");
  g_assert_true (
      mesh_update_stage_parse_dag ("fixed-262144,sha2-256,raw,1024", &options, NULL));
  g_assert_cmpuint (options.chunk_size, ==, 262144);
  g_assert_true (options.raw_leaves);
  g_assert_cmpuint (options.max_links, ==, 1024);
  again = mesh_update_stage_format_dag (&options);
  g_assert_cmpstr (again, ==, "fixed-262144,sha2-256,raw,1024");
  g_assert_true (mesh_update_stage_parse_dag ("fastcdc-1048576,sha3-256,dag-pb,174",
                                              &options, NULL));
  g_assert_cmpint (options.chunker, ==, MESH_CHUNKER_FASTCDC);
  by_content = mesh_update_stage_format_dag (&options);
  g_assert_cmpstr (by_content, ==, "fastcdc-1048576,sha3-256,dag-pb,174");
}

static void
test_bad_dag (void)
{
  static const char *const bad[] = {
    "",
    "fixed-1048576",
    "fixed-1048576,sha3-256,dag-pb",
    "fixed-1048576,sha3-256,dag-pb,174,",
    "fastcdc-524288,sha3-256,dag-pb,174",
    "fastcdc,sha3-256,dag-pb,174",
    "rabin-1048576,sha3-256,dag-pb,174",
    "fixed-1,sha3-256,dag-pb,174",
    "fixed-99999999999,sha3-256,dag-pb,174",
    "fixed-1048576,identity,dag-pb,174",
    "fixed-1048576,md5,dag-pb,174",
    "fixed-1048576,sha3-256,cbor,174",
    "fixed-1048576,sha3-256,dag-pb,1",
    "fixed-1048576,sha3-256,dag-pb,99999",
    "fixed--5,sha3-256,dag-pb,174",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      MeshImportOptions options;
      g_autoptr (GError) error = NULL;

      g_assert_false (mesh_update_stage_parse_dag (bad[i], &options, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/stage/dag", test_dag);
  g_test_add_func ("/update/stage/bad-dag", test_bad_dag);
  return g_test_run ();
}
