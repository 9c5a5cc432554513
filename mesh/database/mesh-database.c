/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "database/mesh-database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Errors. */

MeshError
mesh_database_get_code (int code, int system_errno)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return MESH_ERROR_NO_SPACE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return MESH_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return MESH_ERROR_BUSY;
    default:
      break;
    }
  if (system_errno == ENOSPC || system_errno == EDQUOT)
    return MESH_ERROR_NO_SPACE;
  return MESH_ERROR_IO;
}

gboolean
mesh_database_set_error (GError **error, sqlite3 *db, const char *unusable)
{
  int code = sqlite3_errcode (db);
  /* It is of the last system call that failed, whenever that was. */
  gboolean is_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;

  g_set_error (
      error, MESH_ERROR,
      (int) mesh_database_get_code (code, is_system ? sqlite3_system_errno (db) : 0),
      "%s: %s", unusable, sqlite3_errmsg (db));
  return FALSE;
}

gboolean
mesh_database_exec (sqlite3 *db, const char *sql, const char *unusable, GError **error)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK
         || mesh_database_set_error (error, db, unusable);
}

/* Opening. */

/* SQLite would make it with the umask, and follow a link. */
static gboolean
make_file (const char *path, const MeshDatabaseSchema *schema, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  int saved_errno = errno;

  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  g_set_error (error, MESH_ERROR,
               (int) mesh_database_get_code (SQLITE_CANTOPEN, saved_errno),
               "%s: “%s”: %s", schema->unusable, path, g_strerror (saved_errno));
  return FALSE;
}

static sqlite3 *
connect_to (const char *path, int flags, const MeshDatabaseSchema *schema, GError **error)
{
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
    {
      sqlite3_extended_result_codes (db, 1);
      sqlite3_busy_timeout (db, MESH_DATABASE_BUSY_TIMEOUT_MS);
      /* What is in the file is data: it calls no function that has an effect. */
      if (mesh_database_exec (db, "PRAGMA trusted_schema = OFF", schema->unusable, error)
          && (schema->pragmas == NULL
              || mesh_database_exec (db, schema->pragmas, schema->unusable, error)))
        return db;
    }
  else if (db != NULL)
    mesh_database_set_error (error, db, schema->unusable);
  else
    g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "%s: out of memory", schema->unusable);
  sqlite3_close (db);
  return NULL;
}

static gboolean
read_version (sqlite3 *db,
              const MeshDatabaseSchema *schema,
              guint *version,
              GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int code = sqlite3_prepare_v2 (db, "PRAGMA user_version", -1, &stmt, NULL);
  int number = 0;

  if (code == SQLITE_OK && (code = sqlite3_step (stmt)) == SQLITE_ROW)
    number = sqlite3_column_int (stmt, 0);
  else
    mesh_database_set_error (error, db, schema->unusable);
  sqlite3_finalize (stmt);
  if (code != SQLITE_ROW)
    return FALSE;
  if (number >= 0 && (guint) number <= schema->n_migrations)
    {
      *version = (guint) number;
      return TRUE;
    }
  g_set_error_literal (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED, schema->newer);
  return FALSE;
}

/* One step, unless somebody else has made it meanwhile. */
static gboolean
migrate_from (sqlite3 *db,
              const MeshDatabaseSchema *schema,
              guint version,
              GError **error)
{
  guint found;
  g_autofree char *sql = g_strdup_printf ("%s; PRAGMA user_version = %u",
                                          schema->migrations[version], version + 1);

  if (!mesh_database_exec (db, "BEGIN IMMEDIATE", schema->unusable, error))
    return FALSE;
  if (read_version (db, schema, &found, error)
      && (found != version || mesh_database_exec (db, sql, schema->unusable, error))
      && mesh_database_exec (db, "COMMIT", schema->unusable, error))
    return TRUE;
  sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

static gboolean
migrate (sqlite3 *db, const MeshDatabaseSchema *schema, GError **error)
{
  guint version;

  while (read_version (db, schema, &version, error))
    {
      if (version == schema->n_migrations)
        return TRUE;
      if (!migrate_from (db, schema, version, error))
        return FALSE;
    }
  return FALSE;
}

sqlite3 *
mesh_database_open (const char *path, const MeshDatabaseSchema *schema, GError **error)
{
  sqlite3 *db;

  if (!make_file (path, schema, error))
    return NULL;
  db = connect_to (path, SQLITE_OPEN_READWRITE, schema, error);
  if (db == NULL)
    return NULL;
  if (mesh_database_exec (db, "PRAGMA journal_mode = WAL", schema->unusable, error)
      && migrate (db, schema, error))
    return db;
  sqlite3_close (db);
  return NULL;
}

sqlite3 *
mesh_database_open_reader (const char *path,
                           const MeshDatabaseSchema *schema,
                           GError **error)
{
  return connect_to (path, SQLITE_OPEN_READONLY, schema, error);
}

/* Damage. */

gboolean
mesh_database_check (sqlite3 *db, const MeshDatabaseSchema *schema, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  gboolean is_row
      = sqlite3_prepare_v2 (db, "PRAGMA quick_check (1)", -1, &stmt, NULL) == SQLITE_OK
        && sqlite3_step (stmt) == SQLITE_ROW;
  const char *text = is_row ? (const char *) sqlite3_column_text (stmt, 0) : NULL;
  gboolean is_whole = g_strcmp0 (text, "ok") == 0;

  if (!is_row)
    mesh_database_set_error (error, db, schema->unusable);
  else if (!is_whole)
    g_set_error (error, MESH_ERROR, MESH_ERROR_CORRUPT, "%s: it is damaged: %s",
                 schema->unusable, text != NULL ? text : "out of memory");
  sqlite3_finalize (stmt);
  return is_whole;
}

gboolean
mesh_database_set_aside (const char *path, GError **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (path, ".damaged", suffixes[i], NULL);
      int saved_errno;

      if (g_rename (from, to) == 0 || errno == ENOENT)
        continue;
      saved_errno = errno;
      /* Without it at least the next one can begin. */
      if (g_unlink (from) == 0)
        continue;
      g_set_error (error, MESH_ERROR, MESH_ERROR_IO,
                   "“%s” is damaged and can't be moved away: %s", from,
                   g_strerror (saved_errno));
      return FALSE;
    }
  return TRUE;
}
