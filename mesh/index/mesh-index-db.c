/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-db.h"

#include <stdarg.h>

#include "database/mesh-database.h"

#define UNUSABLE "The index of the block store failed"

struct MeshIndexDb
{
  sqlite3 *handle;        /* (owned) */
  GHashTable *statements; /* (owned): address of the SQL → sqlite3_stmt */
};

/* One string a schema version, never changed once released. Blocks that are pinned or
 * shared keep their row when their bytes are lost (stored = 0, n_refs = 0), so that the
 * hold is there again when the block is. */
static const char *const migrations[] = {
  "CREATE TABLE blocks ("
  "  id INTEGER PRIMARY KEY,"
  "  mh BLOB NOT NULL UNIQUE,"
  "  size INTEGER NOT NULL,"
  "  stored INTEGER NOT NULL,"            /* has a block file */
  "  n_refs INTEGER NOT NULL DEFAULT 0,"  /* rows in refs */
  "  leaf INTEGER NOT NULL,"              /* surely has no links */
  "  used INTEGER NOT NULL,"              /* last use number */
  "  pins INTEGER NOT NULL DEFAULT 0,"    /* pinned roots it is a member of */
  "  shares INTEGER NOT NULL DEFAULT 0);" /* shared roots it is a member of */
  "CREATE INDEX blocks_by_use ON blocks (used, id) WHERE stored = 1 AND pins = 0;"
  "CREATE TABLE paths (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE);"
  "CREATE TABLE refs ("
  "  block INTEGER NOT NULL REFERENCES blocks,"
  "  path INTEGER NOT NULL REFERENCES paths,"
  "  offset INTEGER NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  PRIMARY KEY (block, path, offset)) WITHOUT ROWID;"
  "CREATE INDEX refs_by_path ON refs (path);"
  "CREATE TABLE roots ("
  "  id INTEGER PRIMARY KEY,"
  "  kind INTEGER NOT NULL," /* 0 pin, 1 share */
  "  name TEXT NOT NULL,"
  "  cid BLOB NOT NULL,"
  "  count INTEGER NOT NULL,"
  "  UNIQUE (kind, name, cid));"
  "CREATE TABLE members ("
  "  root INTEGER NOT NULL REFERENCES roots,"
  "  block INTEGER NOT NULL REFERENCES blocks,"
  "  PRIMARY KEY (root, block)) WITHOUT ROWID;"
  "CREATE INDEX members_by_block ON members (block);",
};

static const MeshDatabaseSchema schema = {
  UNUSABLE,
  "The block store was written by a newer version of Shoal; update Shoal",
  /* NORMAL: a commit survives kill -9 at once and a power cut once the log is synced. */
  "PRAGMA synchronous = NORMAL",
  migrations,
  G_N_ELEMENTS (migrations),
};

MeshIndexDb *
mesh_index_db_open (const char *path, gboolean is_writer, GError **error)
{
  sqlite3 *handle = is_writer ? mesh_database_open (path, &schema, error)
                              : mesh_database_open_reader (path, &schema, error);
  MeshIndexDb *self;

  if (handle == NULL)
    return NULL;
  self = g_new0 (MeshIndexDb, 1);
  self->handle = handle;
  self->statements = g_hash_table_new_full (
      NULL, NULL, NULL, (GDestroyNotify) (void (*) (void)) sqlite3_finalize);
  return self;
}

void
mesh_index_db_free (MeshIndexDb *self)
{
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  g_free (self);
}

static sqlite3_stmt *
get_statement (MeshIndexDb *self, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (self->statements, sql);

  if (stmt != NULL)
    {
      sqlite3_reset (stmt);
      return stmt;
    }
  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL)
      != SQLITE_OK)
    {
      mesh_database_set_error (error, self->handle, UNUSABLE);
      return NULL;
    }
  g_hash_table_insert (self->statements, (gpointer) sql, stmt);
  return stmt;
}

static sqlite3_stmt *
query_va (MeshIndexDb *self,
          GError **error,
          const char *sql,
          const char *format,
          va_list args)
{
  sqlite3_stmt *stmt = get_statement (self, sql, error);

  if (stmt == NULL)
    return NULL;
  for (int i = 0; format[i] != '\0'; i++)
    {
      const void *blob;

      switch (format[i])
        {
        case 'i':
          sqlite3_bind_int64 (stmt, i + 1, va_arg (args, gint64));
          break;
        case 'b':
          blob = va_arg (args, const void *);
          sqlite3_bind_blob64 (stmt, i + 1, blob, va_arg (args, gsize), SQLITE_STATIC);
          break;
        case 's':
          sqlite3_bind_text (stmt, i + 1, va_arg (args, const char *), -1, SQLITE_STATIC);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  return stmt;
}

sqlite3_stmt *
mesh_index_db_query (MeshIndexDb *self,
                     GError **error,
                     const char *sql,
                     const char *format,
                     ...)
{
  sqlite3_stmt *stmt;
  va_list args;

  va_start (args, format);
  stmt = query_va (self, error, sql, format, args);
  va_end (args);
  return stmt;
}

int
mesh_index_db_step (MeshIndexDb *self, sqlite3_stmt *stmt, GError **error)
{
  int code = sqlite3_step (stmt);

  if (code == SQLITE_ROW)
    return 1;
  if (code != SQLITE_DONE)
    mesh_database_set_error (error, self->handle, UNUSABLE);
  sqlite3_reset (stmt);
  return code == SQLITE_DONE ? 0 : -1;
}

gboolean
mesh_index_db_run (MeshIndexDb *self,
                   GError **error,
                   const char *sql,
                   const char *format,
                   ...)
{
  sqlite3_stmt *stmt;
  va_list args;
  int more;

  va_start (args, format);
  stmt = query_va (self, error, sql, format, args);
  va_end (args);
  if (stmt == NULL)
    return FALSE;
  do
    more = mesh_index_db_step (self, stmt, error);
  while (more > 0);
  return more == 0;
}

gboolean
mesh_index_db_get_number (MeshIndexDb *self,
                          gint64 *value,
                          GError **error,
                          const char *sql,
                          const char *format,
                          ...)
{
  sqlite3_stmt *stmt;
  va_list args;
  int more;

  va_start (args, format);
  stmt = query_va (self, error, sql, format, args);
  va_end (args);
  *value = 0;
  if (stmt == NULL)
    return FALSE;
  more = mesh_index_db_step (self, stmt, error);
  if (more > 0)
    {
      *value = sqlite3_column_int64 (stmt, 0);
      sqlite3_reset (stmt);
    }
  return more >= 0;
}

gint64
mesh_index_db_get_last_id (MeshIndexDb *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}

int
mesh_index_db_get_n_changes (MeshIndexDb *self)
{
  return sqlite3_changes (self->handle);
}
