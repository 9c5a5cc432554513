/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-db.h"

#include <glib/gstdio.h>

#include "base/mesh-error.h"

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->dir = g_dir_make_tmp ("shoal-db-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "index.db", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
test_schema_and_values (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshIndexDb) db = mesh_index_db_open (fixture->path, TRUE, &error);
  g_autoptr (MeshIndexDb) reader = NULL;
  gint64 number;

  g_assert_no_error (error);
  g_assert_true (mesh_index_db_get_number (db, &number, NULL, "PRAGMA user_version", ""));
  g_assert_cmpint (number, >=, 1);
  for (gint64 i = 0; i < 3; i++)
    g_assert_true (mesh_index_db_run (db, &error,
                                      "INSERT INTO blocks (mh, size, stored, leaf, used)"
                                      " VALUES (?, ?, 1, 1, 1)",
                                      "bi", &i, sizeof i, i * 100));
  g_assert_cmpint (mesh_index_db_get_n_changes (db), ==, 1);
  g_assert_cmpint (mesh_index_db_get_last_id (db), ==, 3);
  reader = mesh_index_db_open (fixture->path, FALSE, &error);
  g_assert_true (mesh_index_db_get_number (reader, &number, &error,
                                           "SELECT SUM(size) FROM blocks WHERE id > ?",
                                           "i", (gint64) 1));
  g_assert_cmpint (number, ==, 300);
  g_assert_false (mesh_index_db_run (reader, &error, "DELETE FROM blocks", ""));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
}

static void
test_newer_schema (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (MeshIndexDb) db = mesh_index_db_open (fixture->path, TRUE, NULL);

    g_assert_true (mesh_index_db_run (db, NULL, "PRAGMA user_version = 999", ""));
  }
  g_assert_null (mesh_index_db_open (fixture->path, TRUE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
}

static void
test_not_a_database (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (
      fixture->path, "surely no database, whatever one thinks of it", -1, NULL));
  g_assert_null (mesh_index_db_open (fixture->path, TRUE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CORRUPT);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/index/db/schema-and-values", test_schema_and_values);
  add ("/index/db/newer-schema", test_newer_schema);
  add ("/index/db/not-a-database", test_not_a_database);
  return g_test_run ();
}
