/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-peer-book-db.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "base/mesh-error.h"

#define BUSY_TIMEOUT_MS 2000

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

static gboolean
set_error (MeshPeerBookDb *db, GError **error)
{
  int code = sqlite3_errcode (db->handle) & 0xff;
  MeshError mapped = MESH_ERROR_IO;

  if (code == SQLITE_FULL)
    mapped = MESH_ERROR_NO_SPACE;
  else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    mapped = MESH_ERROR_CORRUPT;
  g_set_error (error, MESH_ERROR, (int) mapped, "The book of peers can not be used: %s",
               sqlite3_errmsg (db->handle));
  return FALSE;
}

static gboolean
run_sql (MeshPeerBookDb *db, const char *sql, GError **error)
{
  return sqlite3_exec (db->handle, sql, NULL, NULL, NULL) == SQLITE_OK
         || set_error (db, error);
}

static gboolean
read_version (MeshPeerBookDb *db, int *version, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  gboolean is_read
      = sqlite3_prepare_v2 (db->handle, "PRAGMA user_version", -1, &stmt, NULL)
            == SQLITE_OK
        && sqlite3_step (stmt) == SQLITE_ROW;

  if (is_read)
    *version = sqlite3_column_int (stmt, 0);
  else
    set_error (db, error);
  sqlite3_finalize (stmt);
  return is_read;
}

static gboolean
migrate (MeshPeerBookDb *db, GError **error)
{
  int version;

  /* NORMAL: a crash of the machine may cost the last batch, never the file. */
  if (!run_sql (db,
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                "PRAGMA trusted_schema = OFF;",
                error)
      || !read_version (db, &version, error))
    return FALSE;
  if (version < 0 || version > (int) G_N_ELEMENTS (migrations))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "The book of peers was written by a newer version of Shoal; update "
                   "Shoal");
      return FALSE;
    }
  for (int i = version; i < (int) G_N_ELEMENTS (migrations); i++)
    {
      g_autofree char *sql = g_strdup_printf (
          "BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT;", migrations[i], i + 1);

      if (!run_sql (db, sql, error))
        {
          sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
          return FALSE;
        }
    }
  return TRUE;
}

static MeshPeerBookDb *
open_once (const char *path, GError **error)
{
  g_autoptr (MeshPeerBookDb) db = g_new0 (MeshPeerBookDb, 1);

  if (sqlite3_open_v2 (path, &db->handle,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
                       NULL)
      != SQLITE_OK)
    {
      set_error (db, error);
      return NULL;
    }
  sqlite3_busy_timeout (db->handle, BUSY_TIMEOUT_MS);
  return migrate (db, error) ? g_steal_pointer (&db) : NULL;
}

static gboolean
set_aside (const char *path, GError **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (path, ".damaged", suffixes[i], NULL);

      if (g_rename (from, to) != 0 && errno != ENOENT)
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_IO,
                       "The book of peers %s is damaged and can not be moved away: %s",
                       path, g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
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
  return set_aside (path, error) ? open_once (path, error) : NULL;
}

void
mesh_peer_book_db_free (MeshPeerBookDb *db)
{
  sqlite3_close (db->handle);
  g_free (db);
}

static GBytes *
column_bytes (sqlite3_stmt *stmt, int column)
{
  const void *data = sqlite3_column_blob (stmt, column);

  return g_bytes_new (data, (gsize) sqlite3_column_bytes (stmt, column));
}

static void
load_row (sqlite3_stmt *stmt, MeshPeerTable *table, gint64 now_us)
{
  MeshPeerRow *row = g_new0 (MeshPeerRow, 1);

  row->id = column_bytes (stmt, 0);
  row->addrs = column_bytes (stmt, 1);
  row->n_proven = (guint) sqlite3_column_int (stmt, 2);
  row->n_signed = (guint) sqlite3_column_int (stmt, 3);
  if (sqlite3_column_type (stmt, 4) == SQLITE_BLOB)
    row->record = column_bytes (stmt, 4);
  row->record_seq = (guint64) sqlite3_column_int64 (stmt, 5);
  row->roles = (guint) sqlite3_column_int (stmt, 6);
  row->last_seen_s = sqlite3_column_int64 (stmt, 7);
  row->last_heard_s = sqlite3_column_int64 (stmt, 8);
  row->score = column_bytes (stmt, 9);
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
  sqlite3_stmt *stmt = NULL;
  gboolean is_good = sqlite3_prepare_v2 (db->handle, sql, -1, &stmt, NULL) == SQLITE_OK;
  int code = SQLITE_DONE;

  if (is_good)
    {
      sqlite3_bind_int (stmt, 1, MESH_PEER_TABLE_MAX);
      while ((code = sqlite3_step (stmt)) == SQLITE_ROW)
        load_row (stmt, table, now_us);
    }
  is_good = is_good && code == SQLITE_DONE;
  if (!is_good)
    set_error (db, error);
  sqlite3_finalize (stmt);
  return is_good;
}

static void
bind_bytes (sqlite3_stmt *stmt, int at, GBytes *bytes)
{
  gsize len;
  const void *data;

  if (bytes == NULL)
    {
      sqlite3_bind_null (stmt, at);
      return;
    }
  data = g_bytes_get_data (bytes, &len);
  /* A NULL pointer would be bound as NULL, not as an empty blob. */
  sqlite3_bind_blob64 (stmt, at, data != NULL ? data : "", len, SQLITE_STATIC);
}

static gboolean
write_row (sqlite3_stmt *put, sqlite3_stmt *drop, const MeshPeerRow *row)
{
  sqlite3_stmt *stmt = row->is_removed ? drop : put;

  bind_bytes (stmt, 1, row->id);
  if (!row->is_removed)
    {
      bind_bytes (stmt, 2, row->addrs);
      sqlite3_bind_int64 (stmt, 3, row->n_proven);
      sqlite3_bind_int64 (stmt, 4, row->n_signed);
      bind_bytes (stmt, 5, row->record);
      sqlite3_bind_int64 (stmt, 6, (gint64) row->record_seq);
      sqlite3_bind_int64 (stmt, 7, row->roles);
      sqlite3_bind_int64 (stmt, 8, row->last_seen_s);
      sqlite3_bind_int64 (stmt, 9, row->last_heard_s);
      bind_bytes (stmt, 10, row->score);
    }
  sqlite3_step (stmt);
  return sqlite3_reset (stmt) == SQLITE_OK;
}

gboolean
mesh_peer_book_db_write (MeshPeerBookDb *db, GPtrArray *rows, GError **error)
{
  sqlite3_stmt *put = NULL, *drop = NULL;
  gboolean is_good
      = run_sql (db, "BEGIN IMMEDIATE", error)
        && ((sqlite3_prepare_v2 (
                 db->handle,
                 "INSERT OR REPLACE INTO peers (id, addrs, n_proven, n_signed, record,"
                 " record_seq, roles, last_seen_s, last_heard_s, score)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                 -1, &put, NULL)
                 == SQLITE_OK
             && sqlite3_prepare_v2 (db->handle, "DELETE FROM peers WHERE id = ?1", -1,
                                    &drop, NULL)
                    == SQLITE_OK)
            || set_error (db, error));

  for (guint i = 0; is_good && i < rows->len; i++)
    is_good = write_row (put, drop, g_ptr_array_index (rows, i)) || set_error (db, error);
  sqlite3_finalize (put);
  sqlite3_finalize (drop);
  is_good = is_good && run_sql (db, "COMMIT", error);
  if (!is_good)
    sqlite3_exec (db->handle, "ROLLBACK", NULL, NULL, NULL);
  return is_good;
}
