/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-db.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "master/shoald-master-archive.h"
#include "master/shoald-master-http.h"
#include "master/shoald-master-schema.h"

#define CANNOT(what) "The database cannot " what

typedef sqlite3_stmt Statement;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, sqlite3_finalize)

struct ShoaldMasterDb
{
  gatomicrefcount refs;
  GMutex write_lock; /* around writer: one publication at a time */
  GMutex read_lock;  /* around reader */
  sqlite3 *writer;   /* (owned) */
  sqlite3 *reader;   /* (owned) */
};

static Statement *
prepare (sqlite3 *sql, const char *text, GError **error)
{
  return mesh_database_statement_new (sql, text, CANNOT ("prepare a statement"), error);
}

static void
bind_text (Statement *statement, int index, const char *text)
{
  if (text == NULL)
    sqlite3_bind_null (statement, index);
  else
    sqlite3_bind_text (statement, index, text, -1, SQLITE_TRANSIENT);
}

static const char *
column_text (Statement *statement, int index)
{
  const char *text = (const char *) sqlite3_column_text (statement, index);

  return text != NULL ? text : "";
}

/* Runs a statement that returns no row. */
static gboolean
finish (Statement *statement, const char *unusable, GError **error)
{
  return sqlite3_step (statement) == SQLITE_DONE
         || mesh_database_set_error (error, sqlite3_db_handle (statement), unusable);
}

/* Opening. */

static const MeshDatabaseSchema schema = {
  CANNOT ("be used"),
  "The database was written by a newer version of shoald; use a newer shoald",
  /* FULL: what was published is there after a power cut. */
  "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
  shoald_master_schema_steps,
  SHOALD_MASTER_SCHEMA_VERSION,
};

ShoaldMasterDb *
shoald_master_db_open (const char *path, GError **error)
{
  g_autoptr (ShoaldMasterDb) db = g_new0 (ShoaldMasterDb, 1);

  g_atomic_ref_count_init (&db->refs);
  g_mutex_init (&db->write_lock);
  g_mutex_init (&db->read_lock);
  db->writer = mesh_database_open (path, &schema, error);
  if (db->writer != NULL)
    db->reader = mesh_database_open_reader (path, &schema, error);
  if (db->reader == NULL)
    return NULL;
  return g_steal_pointer (&db);
}

ShoaldMasterDb *
shoald_master_db_ref (ShoaldMasterDb *db)
{
  g_atomic_ref_count_inc (&db->refs);
  return db;
}

void
shoald_master_db_unref (ShoaldMasterDb *db)
{
  if (!g_atomic_ref_count_dec (&db->refs))
    return;
  sqlite3_close (db->reader);
  sqlite3_close (db->writer);
  g_mutex_clear (&db->read_lock);
  g_mutex_clear (&db->write_lock);
  g_free (db);
}

/* Publishing. */

void
shoald_master_db_published_free (ShoaldMasterDbPublished *published)
{
  g_free (published->app_id);
  g_free (published->channel);
  g_free (published->version);
  g_free (published->etag);
  g_free (published);
}

static MeshKeyFile *
read_key_file (Statement *statement, int column, GError **error)
{
  g_autoptr (MeshJson) json
      = mesh_json_parse (sqlite3_column_blob (statement, column),
                         sqlite3_column_bytes (statement, column), error);

  return json != NULL ? mesh_key_file_from_json (json, error) : NULL;
}

/* What is believed so far; *app is 0 for an app nobody has published here. */
static MeshTrustState *
load_state (sqlite3 *sql,
            const char *app_id,
            const char *channel,
            gint64 *app,
            GError **error)
{
  g_autoptr (MeshTrustState) state = mesh_trust_state_new (app_id, channel);
  g_autoptr (Statement) statement
      = prepare (sql,
                 "SELECT app.id, app.key_file, r.counter, r.digest, r.version FROM app "
                 "LEFT JOIN release AS r ON r.app = app.id AND r.channel = ?2 "
                 "WHERE app.app_id = ?1",
                 error);
  int step;

  *app = 0;
  if (statement == NULL)
    return NULL;
  bind_text (statement, 1, app_id);
  bind_text (statement, 2, channel);
  step = sqlite3_step (statement);
  if (step == SQLITE_DONE)
    return g_steal_pointer (&state);
  if (step != SQLITE_ROW)
    {
      mesh_database_set_error (error, sql, CANNOT ("read an app"));
      return NULL;
    }
  *app = sqlite3_column_int64 (statement, 0);
  state->keys = read_key_file (statement, 1, error);
  if (state->keys == NULL)
    {
      g_prefix_error (error, "The stored keys of %s: ", app_id);
      return NULL;
    }
  if (sqlite3_column_type (statement, 2) != SQLITE_NULL)
    {
      state->counter = sqlite3_column_int64 (statement, 2);
      state->digest = g_strdup (column_text (statement, 3));
      state->version = g_strdup (column_text (statement, 4));
    }
  return g_steal_pointer (&state);
}

static gboolean
check_limit (sqlite3 *sql,
             const char *query,
             gint64 argument,
             gint64 max,
             const char *what,
             GError **error)
{
  g_autoptr (Statement) statement = prepare (sql, query, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, argument);
  if (sqlite3_step (statement) != SQLITE_ROW)
    return mesh_database_set_error (error, sql, CANNOT ("count"));
  if (sqlite3_column_int64 (statement, 0) < max)
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
               "This server takes no more %s; publish on another one", what);
  return FALSE;
}

static gboolean
store_app (sqlite3 *sql, const MeshTrustState *state, gint64 *app, GError **error)
{
  g_autoptr (MeshJson) json = mesh_key_file_to_json (state->keys);
  g_autoptr (GBytes) bytes = mesh_json_to_bytes (json);
  g_autoptr (Statement) statement = NULL;
  gsize len;
  const void *data = g_bytes_get_data (bytes, &len);

  if (*app == 0
      && !check_limit (sql, "SELECT count(*) FROM app WHERE ?1 = 0", 0,
                       SHOALD_MASTER_DB_MAX_APPS, "apps", error))
    return FALSE;
  statement = prepare (sql,
                       "INSERT INTO app (app_id, key_file, key_version) "
                       "VALUES (?1, ?2, ?3) ON CONFLICT (app_id) DO UPDATE SET "
                       "key_file = excluded.key_file, key_version = excluded.key_version "
                       "RETURNING id",
                       error);
  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, state->app_id);
  sqlite3_bind_blob64 (statement, 2, data, len, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (statement, 3, mesh_key_file_get_version (state->keys));
  if (sqlite3_step (statement) != SQLITE_ROW)
    return mesh_database_set_error (error, sql, CANNOT ("store an app"));
  *app = sqlite3_column_int64 (statement, 0);
  return finish (statement, CANNOT ("store an app"), error);
}

static char *
list_to_json (char **list)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) node = NULL;

  for (; list != NULL && *list != NULL; list++)
    json_array_add_string_element (array, *list);
  node = json_node_init_array (json_node_alloc (), array);
  return json_to_string (node, FALSE);
}

static gboolean
store_labels (sqlite3 *sql,
              gint64 release,
              const char *kind,
              char **labels,
              GError **error)
{
  for (; labels != NULL && *labels != NULL; labels++)
    {
      g_autofree char *folded = shoald_master_query_fold (*labels);
      g_autoptr (Statement) statement = prepare (
          sql, "INSERT OR IGNORE INTO label (kind, value, release) VALUES (?1, ?2, ?3)",
          error);

      if (statement == NULL)
        return FALSE;
      bind_text (statement, 1, kind);
      bind_text (statement, 2, folded);
      sqlite3_bind_int64 (statement, 3, release);
      if (!finish (statement, CANNOT ("store a label"), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
store_search (sqlite3 *sql, gint64 release, const MeshManifest *manifest, GError **error)
{
  g_autofree char *categories = g_strjoinv (" ", manifest->categories);
  g_autofree char *tags = g_strjoinv (" ", manifest->tags);
  g_autoptr (Statement) statement
      = prepare (sql,
                 "INSERT INTO search (rowid, app_id, name, summary, categories, tags) "
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                 error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, release);
  bind_text (statement, 2, manifest->app_id);
  bind_text (statement, 3, manifest->name);
  bind_text (statement, 4, manifest->summary);
  bind_text (statement, 5, categories);
  bind_text (statement, 6, tags);
  return finish (statement, CANNOT ("store search words"), error)
         && store_labels (sql, release, "category", manifest->categories, error)
         && store_labels (sql, release, "tag", manifest->tags, error);
}

static gboolean
delete_old (sqlite3 *sql, gint64 app, const char *channel, GError **error)
{
  static const char *const deletes[] = {
    "DELETE FROM search WHERE rowid IN "
    "(SELECT id FROM release WHERE app = ?1 AND channel = ?2)",
    "DELETE FROM release WHERE app = ?1 AND channel = ?2",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (deletes); i++)
    {
      g_autoptr (Statement) statement = prepare (sql, deletes[i], error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, app);
      bind_text (statement, 2, channel);
      if (!finish (statement, CANNOT ("remove the old release"), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_release (sqlite3 *sql,
                gint64 app,
                const MeshManifest *manifest,
                const MeshTrustState *state,
                GBytes *envelope,
                const char *etag,
                gint64 now_s,
                GError **error)
{
  g_autofree char *categories = list_to_json (manifest->categories);
  g_autofree char *tags = list_to_json (manifest->tags);
  g_autoptr (Statement) s
      = prepare (sql,
                 "INSERT INTO release (app, channel, version, counter, digest, etag, "
                 "envelope, name, "
                 "summary, size, fingerprint, categories, tags, updated_s) VALUES "
                 "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                 error);
  gsize len;
  const void *data = g_bytes_get_data (envelope, &len);

  if (s == NULL)
    return FALSE;
  sqlite3_bind_int64 (s, 1, app);
  bind_text (s, 2, manifest->channel);
  bind_text (s, 3, manifest->version);
  sqlite3_bind_int64 (s, 4, manifest->counter);
  bind_text (s, 5, state->digest);
  bind_text (s, 6, etag);
  sqlite3_bind_blob64 (s, 7, data, len, SQLITE_STATIC);
  bind_text (s, 8, manifest->name);
  bind_text (s, 9, manifest->summary);
  sqlite3_bind_int64 (s, 10, MIN (manifest->size, G_MAXINT64));
  bind_text (s, 11, mesh_key_file_get_fingerprint (state->keys));
  bind_text (s, 12, categories);
  bind_text (s, 13, tags);
  sqlite3_bind_int64 (s, 14, now_s);
  return finish (s, CANNOT ("store a release"), error)
         && store_search (sql, sqlite3_last_insert_rowid (sql), manifest, error);
}

static gboolean
store_release (sqlite3 *sql,
               gint64 app,
               const MeshManifest *manifest,
               MeshTrustState *state,
               GBytes *envelope,
               const char *etag,
               gint64 now_s,
               GError **error)
{
  return store_app (sql, state, &app, error)
         && delete_old (sql, app, manifest->channel, error)
         && check_limit (sql, "SELECT count(*) FROM release WHERE app = ?1", app,
                         SHOALD_MASTER_DB_MAX_CHANNELS, "channels of this app", error)
         && insert_release (sql, app, manifest, state, envelope, etag, now_s, error)
         && shoald_master_archive_add (sql, manifest, envelope, error);
}

/* Inside a transaction of the writer. */
static ShoaldMasterDbPublished *
publish (sqlite3 *sql, GBytes *envelope, gint64 now_s, GError **error)
{
  g_autoptr (MeshSignedManifest) claimed = mesh_signed_manifest_parse (
      g_bytes_get_data (envelope, NULL), g_bytes_get_size (envelope), error);
  g_autoptr (MeshSignedManifest) release = NULL;
  g_autoptr (MeshTrustState) state = NULL;
  g_autoptr (ShoaldMasterDbPublished) published = g_new0 (ShoaldMasterDbPublished, 1);
  g_autofree char *hash = NULL;
  const MeshManifest *manifest;
  gint64 app;

  if (claimed == NULL)
    return NULL;
  manifest = mesh_signed_manifest_get_manifest (claimed);
  state = load_state (sql, manifest->app_id, manifest->channel, &app, error);
  if (state == NULL)
    return NULL;
  release = mesh_trust_verify_release (state, envelope, now_s, error);
  if (release == NULL)
    return NULL;
  manifest = mesh_signed_manifest_get_manifest (release);
  published->is_new
      = state->digest == NULL
        || strcmp (state->digest, mesh_signed_manifest_get_digest (release)) != 0;
  hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, envelope);
  published->etag = g_strdup_printf ("\"%s\"", hash);
  published->app_id = g_strdup (manifest->app_id);
  published->channel = g_strdup (manifest->channel);
  published->version = g_strdup (manifest->version);
  published->counter = manifest->counter;
  mesh_trust_state_advance (state, release);
  if (published->is_new
      && !store_release (sql, app, manifest, state, envelope, published->etag, now_s,
                         error))
    return NULL;
  return g_steal_pointer (&published);
}

ShoaldMasterDbPublished *
shoald_master_db_publish (ShoaldMasterDb *db,
                          GBytes *envelope,
                          gint64 now_s,
                          GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&db->write_lock);
  g_autoptr (ShoaldMasterDbPublished) published = NULL;

  if (!mesh_database_exec (db->writer, "BEGIN IMMEDIATE", CANNOT ("begin"), error))
    return NULL;
  published = publish (db->writer, envelope, now_s, error);
  if (published != NULL
      && mesh_database_exec (db->writer, "COMMIT", CANNOT ("commit"), error))
    return g_steal_pointer (&published);
  sqlite3_exec (db->writer, "ROLLBACK", NULL, NULL, NULL);
  return NULL;
}

/* Reading. */

static GBytes *
read_envelope (sqlite3 *sql, gint64 release, GError **error)
{
  g_autoptr (Statement) statement
      = prepare (sql, "SELECT envelope FROM release WHERE id = ?1", error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, release);
  if (sqlite3_step (statement) != SQLITE_ROW)
    {
      mesh_database_set_error (error, sql, CANNOT ("read a release"));
      return NULL;
    }
  return g_bytes_new (sqlite3_column_blob (statement, 0),
                      sqlite3_column_bytes (statement, 0));
}

/* The pair of statements sees one state of the database. */
static GBytes *
read_latest (sqlite3 *sql,
             const char *app_id,
             const char *channel,
             const char *if_none_match,
             char **etag,
             GError **error)
{
  g_autoptr (Statement) statement
      = prepare (sql,
                 "SELECT r.id, r.etag FROM release AS r JOIN app ON app.id = r.app "
                 "WHERE app.app_id = ?1 AND r.channel = ?2",
                 error);
  int step;

  if (statement == NULL)
    return NULL;
  bind_text (statement, 1, app_id);
  bind_text (statement, 2, channel);
  step = sqlite3_step (statement);
  if (step == SQLITE_DONE)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                   "This server has no release of %s on channel %s", app_id, channel);
      return NULL;
    }
  if (step != SQLITE_ROW)
    {
      mesh_database_set_error (error, sql, CANNOT ("look up a release"));
      return NULL;
    }
  *etag = g_strdup (column_text (statement, 1));
  if (shoald_master_http_etag_matches (if_none_match, *etag))
    return g_bytes_new_static ("", 0);
  return read_envelope (sql, sqlite3_column_int64 (statement, 0), error);
}

GBytes *
shoald_master_db_latest (ShoaldMasterDb *db,
                         const char *app_id,
                         const char *channel,
                         const char *if_none_match,
                         char **etag,
                         GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&db->read_lock);
  g_autofree char *found = NULL;
  GBytes *envelope;

  if (!mesh_database_exec (db->reader, "BEGIN", CANNOT ("begin to read"), error))
    return NULL;
  envelope = read_latest (db->reader, app_id, channel, if_none_match, &found, error);
  sqlite3_exec (db->reader, "COMMIT", NULL, NULL, NULL);
  if (envelope != NULL)
    *etag = g_steal_pointer (&found);
  return envelope;
}

GBytes *
shoald_master_db_in_range (ShoaldMasterDb *db,
                           const char *app_id,
                           const char *channel,
                           const MeshSemverRange *range,
                           gint64 now_s,
                           GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&db->read_lock);

  return shoald_master_archive_find (db->reader, app_id, channel, range, now_s, error);
}

char *
shoald_master_db_versions (ShoaldMasterDb *db,
                           const char *app_id,
                           const char *channel,
                           gint64 now_s,
                           GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&db->read_lock);

  return shoald_master_archive_list (db->reader, app_id, channel, now_s, error);
}

/* Everything that narrows a search: ?1 words, ?2 category, ?3 tag. */
static Statement *
prepare_search (sqlite3 *sql,
                const ShoaldMasterQuery *query,
                const char *columns,
                const char *order,
                GError **error)
{
  const char *from
      = query->match != NULL
            ? " FROM search JOIN release AS r ON r.id = search.rowid "
              "JOIN app ON app.id = r.app WHERE search MATCH ?1 "
            : " FROM release AS r JOIN app ON app.id = r.app WHERE ?1 IS NULL ";
  g_autofree char *text
      = g_strconcat ("SELECT ", columns, from,
                     "AND (?2 IS NULL OR EXISTS (SELECT 1 FROM label WHERE "
                     "kind = 'category' AND value = ?2 AND release = r.id)) "
                     "AND (?3 IS NULL OR EXISTS (SELECT 1 FROM label WHERE "
                     "kind = 'tag' AND value = ?3 AND release = r.id)) ",
                     order, NULL);
  Statement *statement = prepare (sql, text, error);

  if (statement == NULL)
    return NULL;
  bind_text (statement, 1, query->match);
  bind_text (statement, 2, query->category);
  bind_text (statement, 3, query->tag);
  return statement;
}

static JsonNode *
list_node (const char *json)
{
  JsonNode *node = json_from_string (json, NULL);

  return node != NULL ? node : json_node_new (JSON_NODE_NULL);
}

static void
add_row (JsonArray *packages, Statement *row)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "app_id", column_text (row, 0));
  json_object_set_string_member (object, "name", column_text (row, 1));
  json_object_set_string_member (object, "summary", column_text (row, 2));
  json_object_set_string_member (object, "version", column_text (row, 3));
  json_object_set_string_member (object, "channel", column_text (row, 4));
  json_object_set_int_member (object, "size", sqlite3_column_int64 (row, 5));
  json_object_set_string_member (object, "fingerprint", column_text (row, 6));
  json_object_set_member (object, "categories", list_node (column_text (row, 7)));
  json_object_set_member (object, "tags", list_node (column_text (row, 8)));
  json_object_set_int_member (object, "updated", sqlite3_column_int64 (row, 9));
  json_array_add_object_element (packages, object);
}

static JsonArray *
read_rows (sqlite3 *sql, const ShoaldMasterQuery *query, GError **error)
{
  g_autoptr (JsonArray) packages = json_array_new ();
  g_autoptr (Statement) row = prepare_search (
      sql, query,
      "app.app_id, r.name, r.summary, r.version, r.channel, r.size, r.fingerprint, "
      "r.categories, r.tags, r.updated_s",
      query->match != NULL ? "ORDER BY bm25 (search, 5, 10, 2, 1, 1), app.app_id, "
                             "r.channel LIMIT ?4 OFFSET ?5"
                           : "ORDER BY app.app_id, r.channel LIMIT ?4 OFFSET ?5",
      error);
  int step;

  if (row == NULL)
    return NULL;
  sqlite3_bind_int64 (row, 4, query->limit);
  sqlite3_bind_int64 (row, 5, query->offset);
  while ((step = sqlite3_step (row)) == SQLITE_ROW)
    add_row (packages, row);
  if (step != SQLITE_DONE)
    {
      mesh_database_set_error (error, sql, CANNOT ("search"));
      return NULL;
    }
  return g_steal_pointer (&packages);
}

static gboolean
read_total (sqlite3 *sql, const ShoaldMasterQuery *query, gint64 *total, GError **error)
{
  g_autoptr (Statement) row = prepare_search (sql, query, "count(*)", "", error);

  if (row == NULL)
    return FALSE;
  if (sqlite3_step (row) != SQLITE_ROW)
    return mesh_database_set_error (error, sql, CANNOT ("count what a search finds"));
  *total = sqlite3_column_int64 (row, 0);
  return TRUE;
}

char *
shoald_master_db_search (ShoaldMasterDb *db,
                         const ShoaldMasterQuery *query,
                         GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&db->read_lock);
  g_autoptr (JsonArray) packages = read_rows (db->reader, query, error);
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (JsonNode) node = NULL;
  gint64 total = 0;

  if (packages == NULL || !read_total (db->reader, query, &total, error))
    return NULL;
  json_object_set_array_member (answer, "packages", g_steal_pointer (&packages));
  json_object_set_int_member (answer, "total", total);
  json_object_set_int_member (answer, "offset", query->offset);
  json_object_set_int_member (answer, "limit", query->limit);
  node = json_node_init_object (json_node_alloc (), answer);
  return json_to_string (node, FALSE);
}

gboolean
shoald_master_db_count (ShoaldMasterDb *db,
                        guint64 *n_apps,
                        guint64 *n_releases,
                        GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&db->read_lock);
  g_autoptr (Statement) row = prepare (
      db->reader, "SELECT (SELECT count(*) FROM app), (SELECT count(*) FROM release)",
      error);

  if (row == NULL)
    return FALSE;
  if (sqlite3_step (row) != SQLITE_ROW)
    return mesh_database_set_error (error, db->reader, CANNOT ("count"));
  *n_apps = sqlite3_column_int64 (row, 0);
  *n_releases = sqlite3_column_int64 (row, 1);
  return TRUE;
}
