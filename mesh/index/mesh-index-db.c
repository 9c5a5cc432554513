/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "index/mesh-index-db.h"

#include <stdarg.h>

#include "base/mesh-error.h"

#define BUSY_TIMEOUT_MS 5000

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

static void
set_error (MeshIndexDb *self, int code, GError **error)
{
  MeshError mapped = MESH_ERROR_IO;

  switch (code & 0xff)
    {
    case SQLITE_FULL:
      mapped = MESH_ERROR_NO_SPACE;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      mapped = MESH_ERROR_CORRUPT;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      mapped = MESH_ERROR_BUSY;
      break;
    default:
      break;
    }
  g_set_error (error, MESH_ERROR, mapped, "The index of the block store failed: %s",
               self->handle != NULL ? sqlite3_errmsg (self->handle)
                                    : sqlite3_errstr (code));
}

static gboolean
run_script (MeshIndexDb *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;
  set_error (self, code, error);
  return FALSE;
}

static gboolean
migrate (MeshIndexDb *self, GError **error)
{
  gint64 version;

  if (!mesh_index_db_get_number (self, &version, error, "PRAGMA user_version", ""))
    return FALSE;
  if (version > (gint64) G_N_ELEMENTS (migrations))
    {
      g_set_error (
          error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
          "The block store was written by a newer version of Shoal; update Shoal");
      return FALSE;
    }
  for (gsize i = (gsize) version; i < G_N_ELEMENTS (migrations); i++)
    {
      g_autofree char *sql
          = g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT;",
                             migrations[i], (int) i + 1);

      if (!run_script (self, sql, error))
        {
          sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
          return FALSE;
        }
    }
  return TRUE;
}

MeshIndexDb *
mesh_index_db_open (const char *path, gboolean is_writer, GError **error)
{
  g_autoptr (MeshIndexDb) self = g_new0 (MeshIndexDb, 1);
  int flags
      = is_writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  int code;

  self->statements = g_hash_table_new_full (
      NULL, NULL, NULL, (GDestroyNotify) (void (*) (void)) sqlite3_finalize);
  code = sqlite3_open_v2 (path, &self->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK)
    {
      set_error (self, code, error);
      return NULL;
    }
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  if (!is_writer)
    return g_steal_pointer (&self);
  /* NORMAL: a commit survives kill -9 at once and a power cut once the log is synced. */
  if (!run_script (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", error)
      || !migrate (self, error))
    return NULL;
  return g_steal_pointer (&self);
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
  int code;

  if (stmt != NULL)
    {
      sqlite3_reset (stmt);
      return stmt;
    }
  code = sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt,
                             NULL);
  if (code != SQLITE_OK)
    {
      set_error (self, code, error);
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
    set_error (self, code, error);
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
