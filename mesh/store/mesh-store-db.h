/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* Inner part of MeshStore: one SQLite connection with its prepared statements. Used by
 * one thread at a time. */

typedef struct MeshStoreDb MeshStoreDb;

/**
 * mesh_store_db_open:
 * @path: (type filename): the database file
 * @is_writer: makes the file, WAL mode and the schema; a reader needs them to be there
 *
 * Brings the schema up to date by numbered migrations. %MESH_ERROR_UNSUPPORTED: it is
 * newer than this version. %MESH_ERROR_CORRUPT: not a sound database.
 */
MeshStoreDb *mesh_store_db_open (const char *path,
                                 gboolean is_writer,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_store_db_free (MeshStoreDb *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshStoreDb, mesh_store_db_free)

/**
 * mesh_store_db_query:
 * @sql: a string that lives as long as the connection: statements are kept by its address
 * @format: one character an argument: i a gint64, b a pointer and a gsize, s a string
 *
 * Returns: (transfer none) (nullable): a statement with its arguments bound (borrowed,
 * not copied), to be stepped with mesh_store_db_step(), and sqlite3_reset() unless
 * stepped to its end
 */
sqlite3_stmt *mesh_store_db_query (MeshStoreDb *self,
                                   GError **error,
                                   const char *sql,
                                   const char *format,
                                   ...) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_db_step:
 *
 * Returns: 1 for a row, 0 at the end, -1 with @error set
 */
int mesh_store_db_step (MeshStoreDb *self,
                        sqlite3_stmt *stmt,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_db_run:
 *
 * Queries and steps to the end, ignoring rows.
 */
gboolean mesh_store_db_run (MeshStoreDb *self,
                            GError **error,
                            const char *sql,
                            const char *format,
                            ...) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_store_db_get_number:
 * @value: (out): the first column of the first row; 0 when there is none or it is NULL
 */
gboolean mesh_store_db_get_number (MeshStoreDb *self,
                                   gint64 *value,
                                   GError **error,
                                   const char *sql,
                                   const char *format,
                                   ...) G_GNUC_WARN_UNUSED_RESULT;

/* Of the last statement. */
gint64 mesh_store_db_get_last_id (MeshStoreDb *self);
int mesh_store_db_get_n_changes (MeshStoreDb *self);
