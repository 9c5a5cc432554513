/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-error.h"
#include "content/mesh-unixfs.h"
#include "mesh/store/store-fixture.h"
#include "store/mesh-exporter.h"
#include "store/mesh-importer.h"

static gboolean
cat (Fixture *fixture, MeshCid *cid, GBytes **bytes, GError **error)
{
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  gboolean is_good;
  guint64 n = 0;

  {
    FIXTURE_RUN (result, mesh_exporter_cat_async, MESH_BLOCK_SOURCE (fixture->store), cid,
                 output, NULL, NULL, NULL);
    is_good = mesh_exporter_cat_finish (result, &n, error);
  }
  if (!is_good)
    return FALSE;
  g_assert_true (g_output_stream_close (output, NULL, NULL));
  *bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (output));
  g_assert_cmpuint (g_bytes_get_size (*bytes), ==, n);
  return TRUE;
}

static void
test_bytes (Fixture *fixture, gconstpointer unused)
{
  static const gsize sizes[] = { 0, 1, 2048, 2049, 500000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) expected = fixture_bytes ((guint32) i, sizes[i]);
      g_autofree char *path = g_build_filename (fixture->dir, "file", NULL);
      g_autoptr (MeshImportResult) imported = NULL;
      g_autoptr (GBytes) got = NULL;
      g_autoptr (GError) error = NULL;
      MeshImportOptions options;

      g_assert_true (g_file_set_contents (path, g_bytes_get_data (expected, NULL) ?: "",
                                          (gssize) sizes[i], NULL));
      mesh_import_options_init (&options);
      options.chunk_size = 2048;
      options.max_links = 3;
      options.raw_leaves = i % 2 == 0;
      {
        FIXTURE_RUN (result, mesh_importer_add_async, fixture->store, path, &options,
                     MESH_IMPORT_NONE, NULL, NULL, NULL);
        imported = mesh_importer_add_finish (fixture->store, result, &error);
      }
      g_assert_no_error (error);
      g_assert_true (cat (fixture, imported->root, &got, &error));
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (got, expected));
    }
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_autoptr (GBytes) folder = NULL;
  g_autoptr (GBytes) absent = fixture_bytes (5, 5);
  g_autoptr (MeshCid) cid = NULL;
  g_autoptr (MeshCid) missing = fixture_cid (MESH_CODEC_RAW, absent);
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  mesh_dag_pb_node_init (&node);
  folder = mesh_unixfs_new_directory_block (&node, NULL, NULL);
  cid = fixture_cid (MESH_CODEC_DAG_PB, folder);
  g_assert_true (fixture_put (fixture->store, cid, folder, NULL));
  g_assert_false (cat (fixture, cid, &bytes, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (cat (fixture, missing, &bytes, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/exporter-cat/bytes", Fixture, NULL, fixture_set_up, test_bytes,
              fixture_tear_down);
  g_test_add ("/store/exporter-cat/refused", Fixture, NULL, fixture_set_up, test_refused,
              fixture_tear_down);
  return g_test_run ();
}
