/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "database/mesh-database-statement.h"

sqlite3_stmt *
mesh_database_statement_new (sqlite3 *db,
                             const char *sql,
                             const char *unusable,
                             GError **error)
{
  sqlite3_stmt *stmt = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL) == SQLITE_OK)
    return stmt;
  mesh_database_set_error (error, db, unusable);
  return NULL;
}

gboolean
mesh_database_statement_run (sqlite3_stmt *stmt, const char *unusable, GError **error)
{
  gboolean is_done = sqlite3_step (stmt) == SQLITE_DONE;

  if (!is_done)
    mesh_database_set_error (error, sqlite3_db_handle (stmt), unusable);
  sqlite3_finalize (stmt);
  return is_done;
}

gboolean
mesh_database_statement_step (sqlite3_stmt **stmt, const char *unusable, GError **error)
{
  int code = sqlite3_step (*stmt);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    mesh_database_set_error (error, sqlite3_db_handle (*stmt), unusable);
  g_clear_pointer (stmt, sqlite3_finalize);
  return FALSE;
}

void
mesh_database_statement_bind_text (sqlite3_stmt *stmt, int i, const char *text)
{
  sqlite3_bind_text (stmt, i, text, -1, SQLITE_STATIC);
}

void
mesh_database_statement_bind_bytes (sqlite3_stmt *stmt, int i, GBytes *bytes)
{
  gsize len;
  gconstpointer data;

  if (bytes == NULL)
    {
      sqlite3_bind_null (stmt, i);
      return;
    }
  data = g_bytes_get_data (bytes, &len);
  /* A NULL pointer would be bound as NULL, not as an empty blob. */
  sqlite3_bind_blob64 (stmt, i, data != NULL ? data : "", len, SQLITE_STATIC);
}

GBytes *
mesh_database_statement_dup_bytes (sqlite3_stmt *stmt, int i)
{
  gconstpointer data = sqlite3_column_blob (stmt, i);

  return g_bytes_new (data, data != NULL ? (gsize) sqlite3_column_bytes (stmt, i) : 0);
}
