/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-ledger.h"

#include "base/mesh-error.h"

/* One job's input, whatever it is for. */
typedef struct
{
  char *app_id;        /* (owned) (nullable) */
  char *channel;       /* (owned) (nullable) */
  char *text;          /* (owned) (nullable): digest, range, keys or peer id */
  char *version;       /* (owned) (nullable) */
  char *other_version; /* (owned) (nullable) */
  GBytes *data;        /* (owned) (nullable) */
  MeshSplitView *view; /* (owned) (nullable) */
  guint64 counter;
  gint64 number;
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  g_free (job->app_id);
  g_free (job->channel);
  g_free (job->text);
  g_free (job->version);
  g_free (job->other_version);
  g_clear_pointer (&job->data, g_bytes_unref);
  g_clear_pointer (&job->view, mesh_split_view_unref);
  g_free (job);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  mesh_registry_db_finish (result, &error);
  if (error != NULL)
    g_warning ("%s", error->message);
}

static void
write_job (MeshRegistryDb *db, MeshRegistryDbFunc func, Job *job)
{
  mesh_registry_db_write_async (db, func, job, free_job, NULL, written_cb, NULL);
}

/* Runs @sql with what it names: ?1 app, ?2 channel, ?3 text, ?4 number, ?5 data. */
static gboolean
run_sql (sqlite3 *db, const char *sql, const Job *job, GError **error)
{
  sqlite3_stmt *stmt = mesh_registry_db_prepare (db, sql, error);

  if (stmt == NULL)
    return FALSE;
  mesh_database_statement_bind_text (stmt, 1, job->app_id);
  mesh_database_statement_bind_text (stmt, 2, job->channel);
  mesh_database_statement_bind_text (stmt, 3, job->text);
  sqlite3_bind_int64 (stmt, 4, job->number);
  if (job->data != NULL)
    mesh_database_statement_bind_bytes (stmt, 5, job->data);
  return mesh_registry_db_run (stmt, error);
}

/* Deletes rows by @sql, which deletes one at a time, while the sum of @bytes in @table is
 * above @max. */
static gboolean
shrink (sqlite3 *db,
        const char *bytes,
        const char *table,
        guint64 max,
        const char *sql,
        GError **error)
{
  g_autofree char *sum
      = g_strdup_printf ("SELECT ifnull (sum (%s), 0) FROM %s", bytes, table);

  for (;;)
    {
      sqlite3_stmt *stmt = mesh_registry_db_prepare (db, sum, error);
      guint64 n;

      if (stmt == NULL || !mesh_registry_db_step (&stmt, error))
        return FALSE;
      n = (guint64) sqlite3_column_int64 (stmt, 0);
      sqlite3_finalize (stmt);
      if (n <= max)
        return TRUE;
      if (!mesh_registry_db_exec (db, sql, error))
        return FALSE;
      if (sqlite3_changes (db) == 0)
        return TRUE;
    }
}

/* Releases. */

static gpointer
keep_release_job (sqlite3 *db, gpointer input, GError **error)
{
  Job *job = input;
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db, "INSERT OR REPLACE INTO releases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      error);

  if (stmt == NULL)
    return NULL;
  mesh_database_statement_bind_text (stmt, 1, job->text);
  mesh_database_statement_bind_text (stmt, 2, job->app_id);
  mesh_database_statement_bind_text (stmt, 3, job->channel);
  mesh_database_statement_bind_text (stmt, 4, job->version);
  sqlite3_bind_int64 (stmt, 5, (gint64) job->counter);
  sqlite3_bind_int64 (stmt, 6, job->number);
  sqlite3_bind_int64 (stmt, 7, (gint64) g_bytes_get_size (job->data));
  mesh_database_statement_bind_bytes (stmt, 8, job->data);
  if (!mesh_registry_db_run (stmt, error))
    return NULL;
  /* The same version signed again takes the place of what was signed before. */
  stmt = mesh_registry_db_prepare (
      db,
      "DELETE FROM releases WHERE app = ?1 AND channel = ?2 AND (digest NOT IN ("
      " SELECT digest FROM releases WHERE app = ?1 AND channel = ?2"
      " ORDER BY counter DESC LIMIT ?3) OR counter < (SELECT max (counter) FROM releases "
      "r"
      " WHERE r.app = ?1 AND r.channel = ?2 AND r.version = releases.version))",
      error);
  if (stmt == NULL)
    return NULL;
  mesh_database_statement_bind_text (stmt, 1, job->app_id);
  mesh_database_statement_bind_text (stmt, 2, job->channel);
  sqlite3_bind_int (stmt, 3, MESH_REGISTRY_LEDGER_MAX_RELEASES);
  if (mesh_registry_db_run (stmt, error)
      && !shrink (db, "bytes", "releases", MESH_REGISTRY_LEDGER_MAX_RELEASE_BYTES,
                  "DELETE FROM releases WHERE rowid = (SELECT min (rowid) FROM releases)",
                  error))
    return NULL;
  return NULL;
}

void
mesh_registry_ledger_keep_release (MeshRegistryDb *db,
                                   const MeshRegistryRelease *release,
                                   GBytes *envelope)
{
  Job *job = g_new0 (Job, 1);

  job->app_id = g_strdup (release->app_id);
  job->channel = g_strdup (release->channel);
  job->text = g_strdup (release->digest);
  job->version = g_strdup (release->version);
  job->counter = release->counter;
  job->number = release->expires_s;
  job->data = g_bytes_ref (envelope);
  write_job (db, keep_release_job, job);
}

static gpointer
forget_releases_job (sqlite3 *db, gpointer input, GError **error)
{
  if (!run_sql (db, "DELETE FROM releases WHERE app = ?1", input, error))
    return NULL;
  return NULL;
}

void
mesh_registry_ledger_forget_releases (MeshRegistryDb *db, const char *app_id)
{
  Job *job = g_new0 (Job, 1);

  job->app_id = g_strdup (app_id);
  write_job (db, forget_releases_job, job);
}

static gpointer
find_release_job (sqlite3 *db, gpointer input, GError **error)
{
  Job *job = input;
  g_autoptr (MeshSemverRange) range
      = mesh_semver_range_parse (job->text != NULL ? job->text : "*", NULL);
  g_autoptr (GError) own_error = NULL;
  GBytes *found = NULL;
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db,
      "SELECT version, envelope FROM releases WHERE app = ?1 AND channel = ?2"
      " AND expires_s > ?3 ORDER BY counter DESC",
      error);

  if (stmt == NULL)
    return NULL;
  mesh_database_statement_bind_text (stmt, 1, job->app_id);
  mesh_database_statement_bind_text (stmt, 2, job->channel);
  sqlite3_bind_int64 (stmt, 3, job->number);
  while (mesh_registry_db_step (&stmt, &own_error))
    if (found == NULL
        && (job->text == NULL
            || (range != NULL
                && mesh_semver_range_matches (
                    range, (const char *) sqlite3_column_text (stmt, 0)))))
      found = mesh_database_statement_dup_bytes (stmt, 1);
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  else if (found == NULL)
    g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                 "No such release of %s is kept here", job->app_id);
  return found;
}

void
mesh_registry_ledger_find_release_async (MeshRegistryDb *db,
                                         const char *app_id,
                                         const char *channel,
                                         const char *range,
                                         gint64 now_s,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->app_id = g_strdup (app_id);
  job->channel = g_strdup (channel);
  job->text = g_strdup (range);
  job->number = now_s;
  mesh_registry_db_read_async (db, find_release_job, job, free_job,
                               (GDestroyNotify) g_bytes_unref, callback, user_data);
}

GBytes *
mesh_registry_ledger_find_release_finish (GAsyncResult *result, GError **error)
{
  return mesh_registry_db_finish (result, error);
}

/* Split views. */

static gboolean
trim_split_views (sqlite3 *db, GError **error)
{
  static const char oldest[]
      = "DELETE FROM split_views WHERE id = (SELECT id FROM split_views"
        " ORDER BY is_dismissed DESC, id LIMIT 1)";

  return shrink (db, "1", "split_views", MESH_REGISTRY_LEDGER_MAX_SPLIT_VIEWS, oldest,
                 error)
         && shrink (db, "length (a_proof) + length (b_proof)", "split_views",
                    MESH_REGISTRY_LEDGER_MAX_PROOF_BYTES, oldest, error);
}

gboolean
mesh_registry_ledger_insert_split_view (sqlite3 *db,
                                        MeshSplitView *view,
                                        const char *a_version,
                                        const char *b_version,
                                        gboolean *is_new,
                                        GError **error)
{
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db,
      "INSERT OR IGNORE INTO split_views (kind, app, channel, a_version, b_version,"
      " a_counter, b_counter, a_source, b_source, a_proof, b_proof, seen_s, is_dismissed)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0)",
      error);

  *is_new = FALSE;
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int (stmt, 1, view->kind);
  mesh_database_statement_bind_text (stmt, 2, view->app_id);
  mesh_database_statement_bind_text (stmt, 3, view->channel);
  mesh_database_statement_bind_text (stmt, 4, a_version);
  mesh_database_statement_bind_text (stmt, 5, b_version);
  sqlite3_bind_int64 (stmt, 6, (gint64) view->a_counter);
  sqlite3_bind_int64 (stmt, 7, (gint64) view->b_counter);
  mesh_database_statement_bind_text (stmt, 8, view->a_source);
  mesh_database_statement_bind_text (stmt, 9, view->b_source);
  mesh_database_statement_bind_bytes (stmt, 10, view->a_proof);
  mesh_database_statement_bind_bytes (stmt, 11, view->b_proof);
  sqlite3_bind_int64 (stmt, 12, view->seen_s);
  if (!mesh_registry_db_run (stmt, error))
    return FALSE;
  *is_new = sqlite3_changes (db) > 0;
  if (!*is_new)
    return TRUE;
  view->id = sqlite3_last_insert_rowid (db);
  return trim_split_views (db, error);
}

static gpointer
note_split_view_job (sqlite3 *db, gpointer input, GError **error)
{
  Job *job = input;
  gboolean is_new;

  if (!mesh_registry_ledger_insert_split_view (db, job->view, job->version,
                                               job->other_version, &is_new, error))
    return NULL;
  return GINT_TO_POINTER (is_new);
}

void
mesh_registry_ledger_note_split_view_async (MeshRegistryDb *db,
                                            MeshSplitView *view,
                                            const char *a_version,
                                            const char *b_version,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->view = mesh_split_view_ref (view);
  job->version = g_strdup (a_version);
  job->other_version = g_strdup (b_version);
  mesh_registry_db_write_async (db, note_split_view_job, job, free_job, NULL, callback,
                                user_data);
}

gboolean
mesh_registry_ledger_note_split_view_finish (GAsyncResult *result, GError **error)
{
  return GPOINTER_TO_INT (mesh_registry_db_finish (result, error)) != 0;
}

static MeshSplitView *
read_split_view (sqlite3_stmt *stmt)
{
  g_autofree char *app_id = mesh_registry_db_dup_text (stmt, 2);
  g_autofree char *channel = mesh_registry_db_dup_text (stmt, 3);
  g_autofree char *a_version = mesh_registry_db_dup_text (stmt, 4);
  g_autofree char *b_version = mesh_registry_db_dup_text (stmt, 5);
  g_autofree char *a_source = mesh_registry_db_dup_text (stmt, 8);
  g_autofree char *b_source = mesh_registry_db_dup_text (stmt, 9);
  g_autoptr (GBytes) a_proof = mesh_database_statement_dup_bytes (stmt, 10);
  g_autoptr (GBytes) b_proof = mesh_database_statement_dup_bytes (stmt, 11);
  MeshSplitViewSide a
      = { a_source, a_version, a_proof, (guint64) sqlite3_column_int64 (stmt, 6) };
  MeshSplitViewSide b
      = { b_source, b_version, b_proof, (guint64) sqlite3_column_int64 (stmt, 7) };
  MeshSplitView *view
      = mesh_split_view_new (sqlite3_column_int (stmt, 1) == MESH_SPLIT_VIEW_STALE_MASTER
                                 ? MESH_SPLIT_VIEW_STALE_MASTER
                                 : MESH_SPLIT_VIEW_SAME_COUNTER,
                             app_id, channel, &a, &b, sqlite3_column_int64 (stmt, 12));

  view->id = sqlite3_column_int64 (stmt, 0);
  return view;
}

static gpointer
load_split_views_job (sqlite3 *db, gpointer input, GError **error)
{
  GPtrArray *views
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_split_view_unref);
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db, "SELECT * FROM split_views WHERE is_dismissed = 0 ORDER BY id DESC", error);

  if (stmt != NULL)
    while (mesh_registry_db_step (&stmt, error))
      g_ptr_array_add (views, read_split_view (stmt));
  return views;
}

void
mesh_registry_ledger_load_split_views_async (MeshRegistryDb *db,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data)
{
  mesh_registry_db_read_async (db, load_split_views_job, NULL, NULL,
                               (GDestroyNotify) g_ptr_array_unref, callback, user_data);
}

GPtrArray *
mesh_registry_ledger_load_split_views_finish (GAsyncResult *result, GError **error)
{
  return mesh_registry_db_finish (result, error);
}

static gpointer
dismiss_job (sqlite3 *db, gpointer input, GError **error)
{
  if (!run_sql (db, "UPDATE split_views SET is_dismissed = 1 WHERE id = ?4", input,
                error))
    return NULL;
  return NULL;
}

void
mesh_registry_ledger_dismiss_split_view (MeshRegistryDb *db, gint64 id)
{
  Job *job = g_new0 (Job, 1);

  job->number = id;
  write_job (db, dismiss_job, job);
}

/* Own announcements. */

void
mesh_registry_ledger_free_publication (MeshRegistryPublication *publication)
{
  g_free (publication->app_id);
  g_free (publication->channel);
  g_free (publication->keys);
  g_bytes_unref (publication->data);
  g_free (publication);
}

static gpointer
keep_publication_job (sqlite3 *db, gpointer input, GError **error)
{
  if (run_sql (db, "INSERT OR REPLACE INTO publications VALUES (?1, ?2, ?3, ?5)", input,
               error)
      && !shrink (db, "1", "publications", MESH_REGISTRY_LEDGER_MAX_PUBLICATIONS,
                  "DELETE FROM publications WHERE rowid = (SELECT min (rowid) FROM"
                  " publications)",
                  error))
    return NULL;
  return NULL;
}

void
mesh_registry_ledger_keep_publication (MeshRegistryDb *db,
                                       const char *app_id,
                                       const char *channel,
                                       const char *keys,
                                       GBytes *data)
{
  Job *job = g_new0 (Job, 1);

  job->app_id = g_strdup (app_id);
  job->channel = g_strdup (channel);
  job->text = g_strdup (keys);
  job->data = g_bytes_ref (data);
  write_job (db, keep_publication_job, job);
}

static void
read_announcement (MeshRegistryPublication *publication)
{
  g_autoptr (MeshAnnouncement) announcement
      = mesh_announcement_parse (g_bytes_get_data (publication->data, NULL),
                                 g_bytes_get_size (publication->data), NULL);

  if (announcement == NULL)
    return;
  publication->topic = mesh_announcement_get_topic (announcement);
  publication->expires_s = mesh_announcement_get_listing (announcement)->expires_s;
}

static gpointer
load_publications_job (sqlite3 *db, gpointer input, GError **error)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mesh_registry_ledger_free_publication);
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db, "SELECT app, channel, keys, announcement FROM publications ORDER BY rowid",
      error);

  if (stmt != NULL)
    while (mesh_registry_db_step (&stmt, error))
      {
        MeshRegistryPublication *publication = g_new0 (MeshRegistryPublication, 1);

        publication->app_id = mesh_registry_db_dup_text (stmt, 0);
        publication->channel = mesh_registry_db_dup_text (stmt, 1);
        publication->keys = mesh_registry_db_dup_text (stmt, 2);
        publication->data = mesh_database_statement_dup_bytes (stmt, 3);
        read_announcement (publication);
        g_ptr_array_add (list, publication);
      }
  return list;
}

void
mesh_registry_ledger_load_publications_async (MeshRegistryDb *db,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data)
{
  mesh_registry_db_read_async (db, load_publications_job, NULL, NULL,
                               (GDestroyNotify) g_ptr_array_unref, callback, user_data);
}

GPtrArray *
mesh_registry_ledger_load_publications_finish (GAsyncResult *result, GError **error)
{
  return mesh_registry_db_finish (result, error);
}

/* Cursors. */

static gpointer
set_cursor_job (sqlite3 *db, gpointer input, GError **error)
{
  if (run_sql (db, "INSERT OR REPLACE INTO cursors VALUES (?3, ?5, ?4)", input, error)
      && !shrink (db, "1", "cursors", MESH_REGISTRY_LEDGER_MAX_CURSORS,
                  "DELETE FROM cursors WHERE peer = (SELECT peer FROM cursors ORDER BY"
                  " used_s LIMIT 1)",
                  error))
    return NULL;
  return NULL;
}

void
mesh_registry_ledger_set_cursor (MeshRegistryDb *db,
                                 const char *peer_id,
                                 GBytes *cursor,
                                 gint64 now_s)
{
  Job *job = g_new0 (Job, 1);

  job->text = g_strdup (peer_id);
  job->data = g_bytes_ref (cursor);
  job->number = now_s;
  write_job (db, set_cursor_job, job);
}

static gpointer
get_cursor_job (sqlite3 *db, gpointer input, GError **error)
{
  Job *job = input;
  GBytes *cursor = NULL;
  sqlite3_stmt *stmt = mesh_registry_db_prepare (
      db, "SELECT cursor FROM cursors WHERE peer = ?1", error);

  if (stmt == NULL)
    return NULL;
  mesh_database_statement_bind_text (stmt, 1, job->text);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    cursor = mesh_database_statement_dup_bytes (stmt, 0);
  sqlite3_finalize (stmt);
  return cursor != NULL ? cursor : g_bytes_new (NULL, 0);
}

void
mesh_registry_ledger_get_cursor_async (MeshRegistryDb *db,
                                       const char *peer_id,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->text = g_strdup (peer_id);
  mesh_registry_db_read_async (db, get_cursor_job, job, free_job,
                               (GDestroyNotify) g_bytes_unref, callback, user_data);
}

GBytes *
mesh_registry_ledger_get_cursor_finish (GAsyncResult *result, GError **error)
{
  return mesh_registry_db_finish (result, error);
}
