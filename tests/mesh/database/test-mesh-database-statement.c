/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "database/mesh-database-statement.h"

#define UNUSABLE "The test can't be used"

static sqlite3 *
open_memory (void)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  g_assert_true (mesh_database_exec (
      db, "CREATE TABLE t (a TEXT, b BLOB, c INTEGER UNIQUE) STRICT", UNUSABLE, NULL));
  return db;
}

static gboolean
put (sqlite3 *db, const char *text, GBytes *bytes, int number, GError **error)
{
  sqlite3_stmt *stmt = mesh_database_statement_new (
      db, "INSERT INTO t VALUES (?1, ?2, ?3)", UNUSABLE, NULL);

  g_assert_nonnull (stmt);
  mesh_database_statement_bind_text (stmt, 1, text);
  mesh_database_statement_bind_bytes (stmt, 2, bytes);
  sqlite3_bind_int (stmt, 3, number);
  return mesh_database_statement_run (stmt, UNUSABLE, error);
}

/* NULL, nothing and something come back as what they were. */
static void
test_round (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) something = g_bytes_new_static ("\0x", 2);
  GBytes *const expected[] = { NULL, nothing, something };
  static const char *const texts[] = { NULL, "", "wörd" };
  g_autoptr (GError) error = NULL;
  sqlite3 *db = open_memory ();
  sqlite3_stmt *stmt;

  for (int i = 0; i < 3; i++)
    g_assert_true (put (db, texts[i], expected[i], i, NULL));
  stmt = mesh_database_statement_new (db, "SELECT a, b FROM t ORDER BY c", UNUSABLE,
                                      &error);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) bytes = NULL;

      g_assert_true (mesh_database_statement_step (&stmt, UNUSABLE, &error));
      g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, texts[i]);
      g_assert_cmpint (sqlite3_column_type (stmt, 1), ==,
                       i == 0 ? SQLITE_NULL : SQLITE_BLOB);
      bytes = mesh_database_statement_dup_bytes (stmt, 1);
      g_assert_true (g_bytes_equal (bytes, i == 0 ? nothing : expected[i]));
    }
  g_assert_false (mesh_database_statement_step (&stmt, UNUSABLE, &error));
  g_assert_no_error (error);
  g_assert_null (stmt);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK); /* nothing was left open */
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = open_memory ();
  sqlite3_stmt *stmt;

  g_assert_null (mesh_database_statement_new (db, "SELECT nonsense", UNUSABLE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_assert_cmpstr (error->message, ==, UNUSABLE ": no such column: nonsense");
  g_clear_error (&error);
  g_assert_true (put (db, "a", NULL, 1, NULL));
  g_assert_false (put (db, "a", NULL, 1, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_clear_error (&error);
  /* An error in the middle of the rows. */
  stmt = mesh_database_statement_new (
      db, "SELECT abs (column1) FROM (VALUES (1), (-9223372036854775808))", UNUSABLE,
      NULL);
  g_assert_true (mesh_database_statement_step (&stmt, UNUSABLE, &error));
  g_assert_false (mesh_database_statement_step (&stmt, UNUSABLE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_IO);
  g_assert_null (stmt);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/database/statement/round", test_round);
  g_test_add_func ("/database/statement/errors", test_errors);
  return g_test_run ();
}
