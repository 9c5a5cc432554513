/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-schema.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "master/shoald-master-db.h"

static void
run (const char *path, const char *statements)
{
  sqlite3 *sql = NULL;

  g_assert_cmpint (sqlite3_open (path, &sql), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (sql, statements, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (sql);
}

static gint64
read_version (const char *path)
{
  sqlite3 *sql = NULL;
  sqlite3_stmt *statement = NULL;
  gint64 version;

  g_assert_cmpint (sqlite3_open (path, &sql), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (sql, "PRAGMA user_version", -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  version = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (sql);
  return version;
}

static void
test_migrations (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("shoal-schema-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "master.db", NULL);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (ShoaldMasterDb) db = shoald_master_db_open (path, &error);

      g_assert_no_error (error);
      g_assert_nonnull (db);
    }
  g_assert_cmpint (read_version (path), ==, SHOALD_MASTER_SCHEMA_VERSION);

  run (path, "PRAGMA user_version = 999");
  g_assert_null (shoald_master_db_open (path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_cmpint (read_version (path), ==, 999);

  g_assert_true (g_file_set_contents (path, "this is no database at all", -1, &error));
  g_assert_null (shoald_master_db_open (path, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CORRUPT);
  g_remove (path);
  g_rmdir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master/schema/migrations", test_migrations);
  return g_test_run ();
}
