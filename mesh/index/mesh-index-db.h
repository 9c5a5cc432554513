/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* one SQLite connection with its prepared statements. Used by
 * one thread at a time. */

typedef struct MeshIndexDb MeshIndexDb;

/**
 * mesh_index_db_open:
 * @path: (type filename): the database file
 * @is_writer: makes the file, WAL mode and the schema; a reader needs them to be there
 *
 * Brings the schema up to date by numbered migrations. %MESH_ERROR_UNSUPPORTED: it is
 * newer than this version. %MESH_ERROR_CORRUPT: not a sound database.
 */
MeshIndexDb *mesh_index_db_open (const char *path,
                                 gboolean is_writer,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_index_db_free (MeshIndexDb *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshIndexDb, mesh_index_db_free)

/**
 * mesh_index_db_query:
 * @sql: a string that lives as long as the connection: statements are kept by its address
 * @format: one character an argument: i a gint64, b a pointer and a gsize, s a string
 *
 * Returns: (transfer none) (nullable): a statement with its arguments bound (borrowed,
 * not copied), to be stepped with mesh_index_db_step(), and sqlite3_reset() unless
 * stepped to its end
 */
sqlite3_stmt *mesh_index_db_query (MeshIndexDb *self,
                                   GError **error,
                                   const char *sql,
                                   const char *format,
                                   ...) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_index_db_step:
 *
 * Returns: 1 for a row, 0 at the end, -1 with @error set
 */
int mesh_index_db_step (MeshIndexDb *self,
                        sqlite3_stmt *stmt,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_index_db_run:
 *
 * Queries and steps to the end, ignoring rows.
 */
gboolean mesh_index_db_run (MeshIndexDb *self,
                            GError **error,
                            const char *sql,
                            const char *format,
                            ...) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_index_db_get_number:
 * @value: (out): the first column of the first row; 0 when there is none or it is NULL
 */
gboolean mesh_index_db_get_number (MeshIndexDb *self,
                                   gint64 *value,
                                   GError **error,
                                   const char *sql,
                                   const char *format,
                                   ...) G_GNUC_WARN_UNUSED_RESULT;

/* Of the last statement. */
gint64 mesh_index_db_get_last_id (MeshIndexDb *self);
int mesh_index_db_get_n_changes (MeshIndexDb *self);
