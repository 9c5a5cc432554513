/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "database/mesh-database-statement.h"

/* registry.db: SQLite in WAL mode with two connections, each touched by one thread of its
 * own, so that a search does not wait for what is being taken in. What the tables hold is
 * for mesh-registry-index.c and mesh-registry-ledger.c; all of it can be learned again,
 * but for the evidence of split views. */

typedef struct MeshRegistryDb MeshRegistryDb;

/**
 * MeshRegistryDbFunc:
 *
 * A job in the thread of @db: touches @db and @input only.
 */
typedef gpointer (*MeshRegistryDbFunc) (sqlite3 *db, gpointer input, GError **error);

/**
 * mesh_registry_db_open_async:
 * @path: made with mode 0600 if missing
 *
 * A damaged file is renamed to @path.damaged and a new one made. Fails with
 * %MESH_ERROR_UNSUPPORTED (written by a newer version), %MESH_ERROR_NO_SPACE or
 * %MESH_ERROR_IO.
 */
void mesh_registry_db_open_async (const char *path,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
MeshRegistryDb *mesh_registry_db_open_finish (GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
MeshRegistryDb *mesh_registry_db_ref (MeshRegistryDb *db);
void mesh_registry_db_unref (MeshRegistryDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryDb, mesh_registry_db_unref)

/**
 * mesh_registry_db_write_async:
 * @func: run in one transaction, which is undone when it fails
 * @input: (transfer full)
 * @free_result: frees what @func returned when nobody takes it
 *
 * Jobs run in the order of the calls. Not cancellable: done or not done.
 */
void mesh_registry_db_write_async (MeshRegistryDb *db,
                                   MeshRegistryDbFunc func,
                                   gpointer input,
                                   GDestroyNotify free_input,
                                   GDestroyNotify free_result,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

/* The same on the connection that only reads. */
void mesh_registry_db_read_async (MeshRegistryDb *db,
                                  MeshRegistryDbFunc func,
                                  gpointer input,
                                  GDestroyNotify free_input,
                                  GDestroyNotify free_result,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * mesh_registry_db_finish:
 * @error: also set when %NULL is no result of the job
 */
gpointer mesh_registry_db_finish (GAsyncResult *result, GError **error);

/* For jobs: as mesh_database_statement_…(), with what the list of apps has to say. */

sqlite3_stmt *mesh_registry_db_prepare (sqlite3 *db,
                                        const char *sql,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives no rows, and frees it. */
gboolean
mesh_registry_db_run (sqlite3_stmt *stmt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_registry_db_exec (sqlite3 *db,
                                const char *sql,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_db_step:
 *
 * Returns: whether there is a row; after the last one, or on an error, frees @stmt and
 *   sets it to %NULL
 */
gboolean mesh_registry_db_step (sqlite3_stmt **stmt, GError **error);
char *mesh_registry_db_dup_text (sqlite3_stmt *stmt, int i) G_GNUC_WARN_UNUSED_RESULT;
