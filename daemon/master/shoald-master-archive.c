/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-archive.h"

#include <json-glib/json-glib.h>

typedef sqlite3_stmt Statement;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, sqlite3_finalize)

#define UNUSABLE "The database cannot be used for older releases"

/* A statement that begins with the app and its channel. */
static Statement *
prepare (sqlite3 *sql,
         const char *text,
         const char *app_id,
         const char *channel,
         GError **error)
{
  Statement *statement = mesh_database_statement_new (sql, text, UNUSABLE, error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, app_id, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 2, channel, -1, SQLITE_TRANSIENT);
  return statement;
}

gboolean
shoald_master_archive_add (sqlite3 *sql,
                           const MeshManifest *manifest,
                           GBytes *envelope,
                           GError **error)
{
  g_autoptr (Statement) insert = prepare (
      sql,
      "INSERT OR REPLACE INTO archive (app_id, channel, version, counter, expires_s,"
      " key_version, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      manifest->app_id, manifest->channel, error);
  g_autoptr (Statement) trim = prepare (
      sql,
      "DELETE FROM archive WHERE app_id = ?1 AND (key_version < ?5 OR (channel = ?2 AND"
      " ((version = ?3 AND counter < ?4) OR id NOT IN (SELECT id FROM archive WHERE"
      " app_id = ?1 AND channel = ?2 ORDER BY counter DESC LIMIT ?6))))",
      manifest->app_id, manifest->channel, error);
  gsize len;
  gconstpointer data = g_bytes_get_data (envelope, &len);

  if (insert == NULL || trim == NULL)
    return FALSE;
  sqlite3_bind_text (insert, 3, manifest->version, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (insert, 4, (gint64) manifest->counter);
  sqlite3_bind_int64 (insert, 5, manifest->expires_s);
  sqlite3_bind_int64 (insert, 6, (gint64) manifest->key_version);
  sqlite3_bind_blob64 (insert, 7, data, len, SQLITE_STATIC);
  sqlite3_bind_text (trim, 3, manifest->version, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (trim, 4, (gint64) manifest->counter);
  sqlite3_bind_int64 (trim, 5, (gint64) manifest->key_version);
  sqlite3_bind_int (trim, 6, SHOALD_MASTER_ARCHIVE_MAX_RELEASES);
  if (sqlite3_step (insert) != SQLITE_DONE || sqlite3_step (trim) != SQLITE_DONE)
    return mesh_database_set_error (error, sql, UNUSABLE);
  return TRUE;
}

GBytes *
shoald_master_archive_find (sqlite3 *sql,
                            const char *app_id,
                            const char *channel,
                            const MeshSemverRange *range,
                            gint64 now_s,
                            GError **error)
{
  g_autoptr (Statement) row = prepare (
      sql,
      "SELECT version, envelope FROM archive WHERE app_id = ?1 AND channel = ?2 AND"
      " expires_s > ?3 ORDER BY counter DESC",
      app_id, channel, error);
  int step;

  if (row == NULL)
    return NULL;
  sqlite3_bind_int64 (row, 3, now_s);
  while ((step = sqlite3_step (row)) == SQLITE_ROW)
    if (mesh_semver_range_matches (range, (const char *) sqlite3_column_text (row, 0)))
      return g_bytes_new (sqlite3_column_blob (row, 1),
                          (gsize) sqlite3_column_bytes (row, 1));
  if (step != SQLITE_DONE)
    mesh_database_set_error (error, sql, UNUSABLE);
  else
    g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                 "This server has no release of %s on channel %s in the range %s", app_id,
                 channel, mesh_semver_range_get_text (range));
  return NULL;
}

char *
shoald_master_archive_list (sqlite3 *sql,
                            const char *app_id,
                            const char *channel,
                            gint64 now_s,
                            GError **error)
{
  g_autoptr (Statement) row = prepare (
      sql,
      "SELECT version, counter, expires_s FROM archive WHERE app_id = ?1 AND channel = ?2"
      " AND expires_s > ?3 ORDER BY counter DESC",
      app_id, channel, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;

  if (row == NULL)
    return NULL;
  sqlite3_bind_int64 (row, 3, now_s);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "versions");
  json_builder_begin_array (builder);
  while (sqlite3_step (row) == SQLITE_ROW)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "version");
      json_builder_add_string_value (builder,
                                     (const char *) sqlite3_column_text (row, 0));
      json_builder_set_member_name (builder, "counter");
      json_builder_add_int_value (builder, sqlite3_column_int64 (row, 1));
      json_builder_set_member_name (builder, "expires");
      json_builder_add_int_value (builder, sqlite3_column_int64 (row, 2));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  return json_to_string (node, FALSE);
}
