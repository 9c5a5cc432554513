/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <sqlite3.h>

#include "base/mesh-error.h"

/* A database of Shoal: a file of its own, in WAL mode, whose schema has a number. Every
 * connection is used by one thread at a time, and every call blocks on the disk. */

#define MESH_DATABASE_BUSY_TIMEOUT_MS 5000 /* for another process that writes */

/**
 * MeshDatabaseSchema:
 * @unusable: how the message of an error begins: "The list of apps can't be used"
 * @newer: the message when a newer version of Shoal wrote the file
 * @pragmas: (nullable): beside those that all have; "PRAGMA …; PRAGMA …"
 * @migrations: (array length=n_migrations): each brings the schema from version i to
 *   i + 1, begins and commits nothing, and never changes once it was released
 */
typedef struct
{
  const char *unusable;          /* (unowned) */
  const char *newer;             /* (unowned) */
  const char *pragmas;           /* (unowned) (nullable) */
  const char *const *migrations; /* (unowned) */
  guint n_migrations;
} MeshDatabaseSchema;

/**
 * mesh_database_open:
 * @path: (type filename): made with mode 0600 if missing; no symbolic link
 *
 * Brings the schema up to date, each step in a transaction: after a crash the next start
 * finds the file before a step or after it. Another process may do the same at once.
 *
 * Returns: (transfer full): to be closed with sqlite3_close(); %NULL with
 *   %MESH_ERROR_UNSUPPORTED (a newer schema), %MESH_ERROR_CORRUPT (no database),
 *   %MESH_ERROR_BUSY (another process writes), %MESH_ERROR_NO_SPACE or %MESH_ERROR_IO
 */
sqlite3 *mesh_database_open (const char *path,
                             const MeshDatabaseSchema *schema,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_database_open_reader:
 *
 * A second connection, which can't write, beside one of mesh_database_open().
 */
sqlite3 *mesh_database_open_reader (const char *path,
                                    const MeshDatabaseSchema *schema,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_database_check:
 *
 * Reads all of the file: one that was cut or overwritten in the middle answers well until
 * it is read there.
 *
 * Returns: %FALSE with %MESH_ERROR_CORRUPT, or when it can't be read
 */
gboolean mesh_database_check (sqlite3 *db,
                              const MeshDatabaseSchema *schema,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_database_set_aside:
 *
 * Renames a damaged database, which nobody has open, to "PATH.damaged", in place of an
 * earlier one.
 */
gboolean
mesh_database_set_aside (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_database_exec:
 * @sql: statements whose rows are of no interest
 * @unusable: how the message of an error begins
 */
gboolean mesh_database_exec (sqlite3 *db,
                             const char *sql,
                             const char *unusable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_database_set_error:
 * @db: whose last call failed
 *
 * Sets @error to "UNUSABLE: what SQLite says", with the code of mesh_database_get_code().
 *
 * Returns: %FALSE
 */
gboolean mesh_database_set_error (GError **error, sqlite3 *db, const char *unusable);

/**
 * mesh_database_get_code:
 * @code: a result of SQLite, extended or not
 * @system_errno: of the system call behind it; 0: none
 *
 * Returns: what the caller can do: %MESH_ERROR_NO_SPACE, %MESH_ERROR_CORRUPT (begin
 * anew), %MESH_ERROR_BUSY (later) or %MESH_ERROR_IO
 */
MeshError mesh_database_get_code (int code, int system_errno);
