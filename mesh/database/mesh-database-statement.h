/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "database/mesh-database.h"

/* Statements: what is bound must live until the statement is over; @unusable is how the
 * message of an error begins. */

/**
 * mesh_database_statement_new:
 *
 * Returns: (transfer full): to be ended with sqlite3_finalize(); %NULL with an error
 */
sqlite3_stmt *mesh_database_statement_new (sqlite3 *db,
                                           const char *sql,
                                           const char *unusable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_database_statement_run:
 * @stmt: (transfer full): gives no rows
 */
gboolean mesh_database_statement_run (sqlite3_stmt *stmt,
                                      const char *unusable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_database_statement_step:
 * @stmt: (inout): ended and set to %NULL after the last row, and on an error
 *
 * Returns: whether there is a row
 */
gboolean mesh_database_statement_step (sqlite3_stmt **stmt,
                                       const char *unusable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @text: (nullable): %NULL is NULL */
void mesh_database_statement_bind_text (sqlite3_stmt *stmt, int i, const char *text);

/* @bytes: (nullable): %NULL is NULL; none are an empty blob */
void mesh_database_statement_bind_bytes (sqlite3_stmt *stmt, int i, GBytes *bytes);

/* Returns: (transfer full): a column; none if it is NULL */
GBytes *
mesh_database_statement_dup_bytes (sqlite3_stmt *stmt, int i) G_GNUC_WARN_UNUSED_RESULT;
