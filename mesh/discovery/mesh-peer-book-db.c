/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-book-db.h"

#include "database/mesh-database-statement.h"

#define UNUSABLE "The book of peers can not be used"

struct MeshPeerBookDb
{
  sqlite3 *handle; /* (owned) */
};

/* Each entry brings the schema from version i to i + 1 and never changes again. */
static const char *const migrations[] = {
  "CREATE TABLE peers ("
  "  id BLOB PRIMARY KEY, addrs BLOB NOT NULL, n_proven INTEGER NOT NULL,"
  "  n_signed INTEGER NOT NULL, record BLOB, record_seq INTEGER NOT NULL,"
  "  roles INTEGER NOT NULL, last_seen_s INTEGER NOT NULL,"
  "  last_heard_s INTEGER NOT NULL, score BLOB NOT NULL) STRICT, WITHOUT ROWID;",
};

static const MeshDatabaseSchema schema = {
  UNUSABLE,
  "The book of peers was written by a newer version of Shoal; update Shoal",
  /* NORMAL: a crash of the machine may cost the last batch, never the file. */
  "PRAGMA synchronous = NORMAL",
  migrations,
  G_N_ELEMENTS (migrations),
};

static MeshPeerBookDb *
open_once (const char *path, GError **error)
{
  sqlite3 *handle = mesh_database_open (path, &schema, error);
  MeshPeerBookDb *db;

  if (handle == NULL)
    return NULL;
  db = g_new0 (MeshPeerBookDb, 1);
  db->handle = handle;
  return db;
}

MeshPeerBookDb *
mesh_peer_book_db_open (const char *path, GError **error)
{
  g_autoptr (GError) first = NULL;
  MeshPeerBookDb *db = open_once (path, &first);

  if (db != NULL)
    return db;
  if (!g_error_matches (first, MESH_ERROR, MESH_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return NULL;
    }
  return mesh_database_set_aside (path, error) ? open_once (path, error) : NULL;
}

void
mesh_peer_book_db_free (MeshPeerBookDb *db)
{
  sqlite3_close (db->handle);
  g_free (db);
}

static void
load_row (sqlite3_stmt *stmt, MeshPeerTable *table, gint64 now_us)
{
  MeshPeerRow *row = g_new0 (MeshPeerRow, 1);

  row->id = mesh_database_statement_dup_bytes (stmt, 0);
  row->addrs = mesh_database_statement_dup_bytes (stmt, 1);
  row->n_proven = (guint) sqlite3_column_int (stmt, 2);
  row->n_signed = (guint) sqlite3_column_int (stmt, 3);
  if (sqlite3_column_type (stmt, 4) == SQLITE_BLOB)
    row->record = mesh_database_statement_dup_bytes (stmt, 4);
  row->record_seq = (guint64) sqlite3_column_int64 (stmt, 5);
  row->roles = (guint) sqlite3_column_int (stmt, 6);
  row->last_seen_s = sqlite3_column_int64 (stmt, 7);
  row->last_heard_s = sqlite3_column_int64 (stmt, 8);
  row->score = mesh_database_statement_dup_bytes (stmt, 9);
  if (!mesh_peer_table_load (table, row, now_us))
    g_debug ("A row of the book of peers was left out");
  mesh_peer_table_free_row (row);
}

gboolean
mesh_peer_book_db_load (MeshPeerBookDb *db,
                        MeshPeerTable *table,
                        gint64 now_us,
                        GError **error)
{
  static const char sql[]
      = "SELECT id, addrs, n_proven, n_signed, record, record_seq, roles, last_seen_s,"
        " last_heard_s, score FROM peers ORDER BY last_heard_s DESC LIMIT ?1";
  g_autoptr (GError) own_error = NULL;
  sqlite3_stmt *stmt = mesh_database_statement_new (db->handle, sql, UNUSABLE, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int (stmt, 1, MESH_PEER_TABLE_MAX);
  while (mesh_database_statement_step (&stmt, UNUSABLE, &own_error))
    load_row (stmt, table, now_us);
  if (own_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

static gboolean
write_row (sqlite3_stmt *put, sqlite3_stmt *drop, const MeshPeerRow *row)
{
  sqlite3_stmt *stmt = row->is_removed ? drop : put;

  mesh_database_statement_bind_bytes (stmt, 1, row->id);
  if (!row->is_removed)
    {
      mesh_database_statement_bind_bytes (stmt, 2, row->addrs);
      sqlite3_bind_int64 (stmt, 3, row->n_proven);
      sqlite3_bind_int64 (stmt, 4, row->n_signed);
      mesh_database_statement_bind_bytes (stmt, 5, row->record);
      sqlite3_bind_int64 (stmt, 6, (gint64) row->record_seq);
      sqlite3_bind_int64 (stmt, 7, row->roles);
      sqlite3_bind_int64 (stmt, 8, row->last_seen_s);
      sqlite3_bind_int64 (stmt, 9, row->last_heard_s);
      mesh_database_statement_bind_bytes (stmt, 10, row->score);
    }
  sqlite3_step (stmt);
  return sqlite3_reset (stmt) == SQLITE_OK;
}

gboolean
mesh_peer_book_db_write (MeshPeerBookDb *db, GPtrArray *rows, GError **error)
{
  static const char put_sql[]
      = "INSERT OR REPLACE INTO peers (id, addrs, n_proven, n_signed, record,"
        " record_seq, roles, last_seen_s, last_heard_s, score)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
  static const char drop_sql[] = "DELETE FROM peers WHERE id = ?1";
  sqlite3_stmt *put = NULL, *drop = NULL;
  gboolean is_good
      = mesh_database_exec (db->handle, "BEGIN IMMEDIATE", UNUSABLE, error)
        && (put = mesh_database_statement_new (db->handle, put_sql, UNUSABLE, error))
               != NULL
        && (drop = mesh_database_statement_new (db->handle, drop_sql, UNUSABLE, error))
               != NULL;

  for (guint i = 0; is_good && i < rows->len; i++)
    is_good = write_row (put, drop, g_ptr_array_index (rows, i))
              || mesh_database_set_error (error, db->handle, UNUSABLE);
  sqlite3_finalize (put);
  sqlite3_finalize (drop);
  is_good = is_good && mesh_database_exec (db->handle, "COMMIT", UNUSABLE, error);
  if (!is_good)
    sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
  return is_good;
}
