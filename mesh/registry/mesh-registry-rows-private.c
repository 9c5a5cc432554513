/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-rows-private.h"

#include "trust/mesh-json.h"

struct MeshRegistryRows
{
  MeshRegistryIndexLimits limits;
  MeshRegistryJudge *judge; /* (owned) */
  gboolean is_loaded;
  guint64 n_listings;
  guint64 n_bytes;
};

void
mesh_registry_rows_clear_row (MeshRegistryRow *row)
{
  g_clear_pointer (&row->announcement, mesh_announcement_unref);
  g_clear_pointer (&row->data, g_bytes_unref);
  g_clear_pointer (&row->via, g_free);
}

void
mesh_registry_rows_steal_row (MeshRegistryRow *to, MeshRegistryRow *from)
{
  *to = *from;
  *from = (MeshRegistryRow){ 0 };
}

static void
free_row (gpointer data)
{
  mesh_registry_rows_clear_row (data);
  g_free (data);
}

MeshRegistryRows *
mesh_registry_rows_new (const MeshRegistryIndexLimits *limits)
{
  MeshRegistryRows *rows = g_atomic_rc_box_new0 (MeshRegistryRows);

  rows->limits = *limits;
  rows->judge = mesh_registry_judge_new ();
  return rows;
}

MeshRegistryRows *
mesh_registry_rows_ref (MeshRegistryRows *rows)
{
  return g_atomic_rc_box_acquire (rows);
}

static void
clear_rows (gpointer data)
{
  mesh_registry_judge_free (((MeshRegistryRows *) data)->judge);
}

void
mesh_registry_rows_unref (MeshRegistryRows *rows)
{
  g_atomic_rc_box_release_full (rows, clear_rows);
}

gboolean
mesh_registry_rows_load (MeshRegistryRows *rows, sqlite3 *db, GError **error)
{
  sqlite3_stmt *stmt;

  if (rows->is_loaded)
    return TRUE;
  stmt = mesh_registry_db_prepare (
      db, "SELECT count (*), ifnull (sum (bytes), 0) FROM listings", error);
  if (stmt == NULL || !mesh_registry_db_step (&stmt, error))
    return FALSE;
  rows->n_listings = (guint64) sqlite3_column_int64 (stmt, 0);
  rows->n_bytes = (guint64) sqlite3_column_int64 (stmt, 1);
  rows->is_loaded = TRUE;
  sqlite3_finalize (stmt);
  return TRUE;
}

void
mesh_registry_rows_unload (MeshRegistryRows *rows)
{
  rows->is_loaded = FALSE;
}

guint64
mesh_registry_rows_get_n_listings (const MeshRegistryRows *rows)
{
  return rows->n_listings;
}

gboolean
mesh_registry_rows_admit (MeshRegistryRows *rows, const char *author, gint64 now_us)
{
  return mesh_registry_judge_admit_author (rows->judge, author, now_us);
}

static sqlite3_stmt *
select_of_app (sqlite3 *db,
               const char *columns,
               const char *app_id,
               const char *channel,
               GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT %s FROM listings WHERE app = ?1 AND channel = ?2 ORDER BY id", columns);
  sqlite3_stmt *stmt = mesh_registry_db_prepare (db, sql, error);

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_text (stmt, 1, app_id, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (stmt, 2, channel, -1, SQLITE_TRANSIENT);
  return stmt;
}

GPtrArray *
mesh_registry_rows_of_app (sqlite3 *db,
                           const char *app_id,
                           const char *channel,
                           GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  sqlite3_stmt *stmt
      = select_of_app (db, "id, announcement, via", app_id, channel, error);

  if (stmt == NULL)
    return NULL;
  while (mesh_registry_db_step (&stmt, &own_error))
    {
      MeshRegistryRow *row = g_new0 (MeshRegistryRow, 1);

      row->id = sqlite3_column_int64 (stmt, 0);
      row->data = mesh_database_statement_dup_bytes (stmt, 1);
      row->via = mesh_registry_db_dup_text (stmt, 2);
      row->announcement = mesh_announcement_parse (g_bytes_get_data (row->data, NULL),
                                                   g_bytes_get_size (row->data), NULL);
      if (row->announcement != NULL)
        g_ptr_array_add (rows, row);
      else
        free_row (row);
    }
  if (own_error == NULL)
    return g_steal_pointer (&rows);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return NULL;
}

gboolean
mesh_registry_rows_has (sqlite3 *db,
                        const MeshAnnouncement *announcement,
                        GBytes *data,
                        gboolean *is_here,
                        gboolean *is_verified,
                        GError **error)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  sqlite3_stmt *stmt = select_of_app (db, "announcement, is_verified", listing->app_id,
                                      listing->channel, error);
  g_autoptr (GError) own_error = NULL;

  *is_here = FALSE;
  *is_verified = FALSE;
  if (stmt == NULL)
    return FALSE;
  while (mesh_registry_db_step (&stmt, &own_error))
    {
      g_autoptr (GBytes) kept = mesh_database_statement_dup_bytes (stmt, 0);

      if (!g_bytes_equal (kept, data))
        continue;
      *is_here = TRUE;
      *is_verified = sqlite3_column_int (stmt, 1) != 0;
    }
  if (own_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

/* Trust. */

static MeshKeyFile *
read_keys (sqlite3_stmt *stmt, int i)
{
  g_autoptr (MeshJson) json = mesh_json_parse (
      sqlite3_column_blob (stmt, i), (gsize) sqlite3_column_bytes (stmt, i), NULL);

  return json != NULL ? mesh_key_file_from_json (json, NULL) : NULL;
}

gboolean
mesh_registry_rows_check_trust (sqlite3 *db,
                                const MeshAnnouncement *announcement,
                                MeshRegistryTrust *trust,
                                GError **error)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db, "SELECT keys, counter FROM trusted WHERE app = ?1 AND channel = ?2", error);
  g_autoptr (MeshKeyFile) keys = NULL;

  *trust = (MeshRegistryTrust){ FALSE, 0 };
  if (stmt == NULL)
    return FALSE;
  mesh_database_statement_bind_text (stmt, 1, listing->app_id);
  mesh_database_statement_bind_text (stmt, 2, listing->channel);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    {
      keys = read_keys (stmt, 0);
      trust->counter = (guint64) sqlite3_column_int64 (stmt, 1);
    }
  sqlite3_finalize (stmt);
  trust->is_trusted = keys != NULL && mesh_announcement_follows (announcement, keys);
  return TRUE;
}

static gboolean
write_trust (sqlite3 *db, const MeshTrustState *trust, GError **error)
{
  g_autoptr (MeshJson) json = mesh_key_file_to_json (trust->keys);
  g_autoptr (GBytes) keys = mesh_json_to_bytes (json);
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db, "INSERT OR REPLACE INTO trusted VALUES (?1, ?2, ?3, ?4)", error);

  if (stmt == NULL)
    return FALSE;
  mesh_database_statement_bind_text (stmt, 1, trust->app_id);
  mesh_database_statement_bind_text (stmt, 2, trust->channel);
  mesh_database_statement_bind_bytes (stmt, 3, keys);
  sqlite3_bind_int64 (stmt, 4, (gint64) trust->counter);
  return mesh_registry_db_run (stmt, error);
}

static gboolean
mark (sqlite3 *db, gint64 id, gboolean is_verified, GError **error)
{
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db, "UPDATE listings SET is_verified = ?2 WHERE id = ?1", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, is_verified);
  return mesh_registry_db_run (stmt, error);
}

gboolean
mesh_registry_rows_set_trust (sqlite3 *db, const MeshTrustState *trust, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (!write_trust (db, trust, error))
    return FALSE;
  rows = mesh_registry_rows_of_app (db, trust->app_id, trust->channel, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const MeshRegistryRow *row = rows->pdata[i];

      if (!mark (db, row->id, mesh_announcement_follows (row->announcement, trust->keys),
                 error))
        return FALSE;
    }
  return rows != NULL;
}

/* Removing. */

static gboolean
run_for_id (sqlite3 *db, const char *sql, gint64 id, GError **error)
{
  sqlite3_stmt *stmt = mesh_registry_db_prepare (db, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  return mesh_registry_db_run (stmt, error);
}

static gboolean
read_integer (sqlite3 *db, const char *sql, gint64 id, gint64 *value, GError **error)
{
  sqlite3_stmt *stmt = mesh_registry_db_prepare (db, sql, error);

  *value = 0;
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    *value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  return TRUE;
}

static gboolean
remove_row (MeshRegistryRows *rows, sqlite3 *db, gint64 id, GError **error)
{
  gint64 bytes;

  if (!read_integer (db, "SELECT bytes FROM listings WHERE id = ?1", id, &bytes, error)
      || !run_for_id (db, "DELETE FROM words WHERE rowid = ?1", id, error)
      || !run_for_id (db, "DELETE FROM labels WHERE listing = ?1", id, error)
      || !run_for_id (db, "DELETE FROM listings WHERE id = ?1", id, error))
    return FALSE;
  rows->n_listings--;
  rows->n_bytes -= (guint64) bytes;
  return TRUE;
}

gboolean
mesh_registry_rows_expire (MeshRegistryRows *rows,
                           sqlite3 *db,
                           gint64 now_s,
                           GError **error)
{
  for (;;)
    {
      gint64 id;

      if (!read_integer (db, "SELECT id FROM listings WHERE expires_s <= ?1 LIMIT 1",
                         now_s, &id, error))
        return FALSE;
      if (id == 0)
        return TRUE;
      if (!remove_row (rows, db, id, error))
        return FALSE;
    }
}

/* Making room. */

static gboolean
is_full (const MeshRegistryRows *rows, gsize len)
{
  return rows->n_listings >= rows->limits.max_listings
         || rows->n_bytes + len > rows->limits.max_bytes;
}

/* Which one goes. 0: there is none that may. */
static gboolean
choose_victim (sqlite3 *db, gboolean for_verified, gint64 *id, GError **error)
{
  static const char of_busiest[]
      = "SELECT min (id) FROM listings WHERE is_verified = 0 AND via = (SELECT via FROM"
        " listings WHERE is_verified = 0 GROUP BY via ORDER BY count (*) DESC, via LIMIT"
        " 1)";

  if (!read_integer (db, of_busiest, 0, id, error))
    return FALSE;
  if (*id != 0 || !for_verified)
    return TRUE;
  return read_integer (db, "SELECT min (id) FROM listings", 0, id, error);
}

static gboolean
make_room (MeshRegistryRows *rows,
           sqlite3 *db,
           gsize len,
           gboolean is_verified,
           gint64 now_s,
           gboolean *is_room,
           GError **error)
{
  *is_room = TRUE;
  if (is_full (rows, len) && !mesh_registry_rows_expire (rows, db, now_s, error))
    return FALSE;
  while (*is_room && is_full (rows, len))
    {
      gint64 id;

      if (!choose_victim (db, is_verified, &id, error))
        return FALSE;
      *is_room = id != 0;
      if (id != 0 && !remove_row (rows, db, id, error))
        return FALSE;
    }
  return TRUE;
}

/* An author with too many apps loses the oldest of them. */
static gboolean
trim_author (MeshRegistryRows *rows, sqlite3 *db, const char *author, GError **error)
{
  for (;;)
    {
      sqlite3_stmt *stmt = mesh_registry_db_prepare (
          db, "SELECT count (*), min (id) FROM listings WHERE author = ?1", error);
      gint64 n, id;

      if (stmt == NULL)
        return FALSE;
      mesh_database_statement_bind_text (stmt, 1, author);
      if (!mesh_registry_db_step (&stmt, error))
        return FALSE;
      n = sqlite3_column_int64 (stmt, 0);
      id = sqlite3_column_int64 (stmt, 1);
      sqlite3_finalize (stmt);
      if (n < rows->limits.max_of_author)
        return TRUE;
      if (!remove_row (rows, db, id, error))
        return FALSE;
    }
}

/* Of those that claim one app the first ones stay, unless a trusted one needs the place.
 */
static gboolean
trim_app (MeshRegistryRows *rows,
          sqlite3 *db,
          const MeshListing *listing,
          gboolean is_verified,
          gboolean *is_room,
          GError **error)
{
  sqlite3_stmt *stmt
      = select_of_app (db, "count (*), max (CASE is_verified WHEN 0 THEN id END)",
                       listing->app_id, listing->channel, error);
  gint64 n, last;

  if (stmt == NULL || !mesh_registry_db_step (&stmt, error))
    return FALSE;
  n = sqlite3_column_int64 (stmt, 0);
  last = sqlite3_column_int64 (stmt, 1);
  sqlite3_finalize (stmt);
  *is_room = n < MESH_REGISTRY_INDEX_MAX_OF_APP || (is_verified && last != 0);
  if (n < MESH_REGISTRY_INDEX_MAX_OF_APP || !*is_room)
    return TRUE;
  return remove_row (rows, db, last, error);
}

/* Writing. */

static gboolean
insert_words (sqlite3 *db, gint64 id, const MeshListing *listing, GError **error)
{
  g_autofree char *categories = g_strjoinv (" ", listing->categories);
  g_autofree char *tags = g_strjoinv (" ", listing->tags);
  g_autofree char *both = g_strconcat (categories, " ", tags, NULL);
  const char *const texts[]
      = { listing->name, both, listing->app_id, listing->publisher, listing->summary };
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db,
      "INSERT INTO words (rowid, name, labels, id, publisher, summary)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    sqlite3_bind_text (stmt, (int) i + 2, mesh_registry_query_fold (texts[i]), -1,
                       g_free);
  return mesh_registry_db_run (stmt, error);
}

static gboolean
insert_labels (sqlite3 *db, gint64 id, int kind, char **labels, GError **error)
{
  for (gsize i = 0; labels[i] != NULL; i++)
    {
      sqlite3_stmt *stmt = mesh_registry_db_prepare (
          db, "INSERT OR IGNORE INTO labels VALUES (?1, ?2, ?3)", error);

      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int (stmt, 1, kind);
      sqlite3_bind_text (stmt, 2, g_strstrip (mesh_registry_query_fold (labels[i])), -1,
                         g_free);
      sqlite3_bind_int64 (stmt, 3, id);
      if (!mesh_registry_db_run (stmt, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_listing (sqlite3 *db,
                const MeshAnnouncement *announcement,
                GBytes *data,
                const char *via,
                gboolean is_verified,
                gint64 now_s,
                GError **error)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db,
      "INSERT INTO listings (app, channel, fingerprint, counter, expires_s, is_verified,"
      " via, seen_s, bytes, announcement, author)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
      error);
  gint64 id;

  if (stmt == NULL)
    return FALSE;
  mesh_database_statement_bind_text (stmt, 1, listing->app_id);
  mesh_database_statement_bind_text (stmt, 2, listing->channel);
  mesh_database_statement_bind_text (stmt, 3,
                                     mesh_announcement_get_fingerprint (announcement));
  sqlite3_bind_int64 (stmt, 4, (gint64) listing->counter);
  sqlite3_bind_int64 (stmt, 5, listing->expires_s);
  sqlite3_bind_int (stmt, 6, is_verified);
  mesh_database_statement_bind_text (stmt, 7, via);
  sqlite3_bind_int64 (stmt, 8, now_s);
  sqlite3_bind_int64 (stmt, 9, (gint64) g_bytes_get_size (data));
  mesh_database_statement_bind_bytes (stmt, 10, data);
  sqlite3_bind_text (stmt, 11, mesh_announcement_dup_author (announcement), -1, g_free);
  if (!mesh_registry_db_run (stmt, error))
    return FALSE;
  id = sqlite3_last_insert_rowid (db);
  return insert_words (db, id, listing, error)
         && insert_labels (db, id, 0, listing->categories, error)
         && insert_labels (db, id, 1, listing->tags, error);
}

gboolean
mesh_registry_rows_replace (MeshRegistryRows *rows,
                            sqlite3 *db,
                            const MeshRegistryRow *known,
                            const MeshAnnouncement *announcement,
                            GBytes *data,
                            const char *via,
                            gboolean is_verified,
                            gint64 now_s,
                            gboolean *is_kept,
                            GError **error)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  g_autofree char *author = mesh_announcement_dup_author (announcement);
  gsize len = g_bytes_get_size (data);

  *is_kept = FALSE;
  if (known->id != 0 && !remove_row (rows, db, known->id, error))
    return FALSE;
  if (!trim_app (rows, db, listing, is_verified, is_kept, error))
    return FALSE;
  if (!*is_kept)
    return TRUE;
  if (!trim_author (rows, db, author, error)
      || !make_room (rows, db, len, is_verified, now_s, is_kept, error))
    return FALSE;
  if (!*is_kept)
    return TRUE;
  if (!insert_listing (db, announcement, data, via, is_verified, now_s, error))
    return FALSE;
  rows->n_listings++;
  rows->n_bytes += len;
  return TRUE;
}
