/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-export-run.h"

#include "base/mesh-error.h"
#include "mesh/tree/tree-fixture.h"

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
late_cb (gpointer unused)
{
  g_assert_not_reached (); /* the operation did not end in time */
  return G_SOURCE_REMOVE;
}

static MeshExportDisk *
make_folder (MeshWorkPool *pool, const char *path, GError **error)
{
  guint deadline = g_timeout_add_seconds (60, late_cb, NULL);
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mesh_export_run_async (pool, mesh_export_disk_new (MESH_EXPORT_DISK_MKDIR, path),
                         result_cb, &slot);
  while (slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  result = slot;
  return mesh_export_run_finish (G_OBJECT (pool), result, error);
}

static void
test_run (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  g_autofree char *path = g_build_filename (fixture->dir, "folder", NULL);
  g_autoptr (GError) error = NULL;
  MeshExportDisk *op = make_folder (pool, path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (op->path, ==, path);
  mesh_export_disk_free (op);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
  g_assert_null (make_folder (pool, path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_EXISTS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/tree/export-run/run", Fixture, NULL, fixture_set_up, test_run,
              fixture_tear_down);
  return g_test_run ();
}
