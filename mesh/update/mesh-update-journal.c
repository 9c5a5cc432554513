/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-journal.h"

#include <string.h>

#include "database/mesh-database-statement.h"
#include "work/mesh-work-pool.h"
#include "update/mesh-update-fault-private.h"

#define UNUSABLE "Journal: can't be used"
#define UNREADABLE "Journal: can't be read"
#define UNWRITABLE "Journal: can't write"

struct MeshUpdateJournal
{
  sqlite3 *db;        /* (owned): touched by the one thread of @pool only */
  MeshWorkPool *pool; /* (owned): one thread */
};

typedef struct
{
  sqlite3 *db;              /* (unowned): kept by the journal the job belongs to */
  MeshUpdateRecord *record; /* (owned) (nullable) */
  GBytes *envelope;         /* (owned) (nullable) */
  char *text;               /* (owned) (nullable) */
} Job;

/* Each entry brings the schema from version i to i + 1 and never changes again. */
static const char *const migrations[] = {
  "CREATE TABLE releases ("
  "  digest TEXT PRIMARY KEY, app TEXT NOT NULL, dir TEXT NOT NULL, version TEXT NOT "
  "NULL,"
  "  root TEXT NOT NULL, name TEXT NOT NULL, summary TEXT NOT NULL, notes TEXT NOT NULL,"
  "  exec TEXT, icon TEXT, desktop TEXT, counter INTEGER NOT NULL, size INTEGER NOT NULL,"
  "  envelope BLOB NOT NULL) STRICT;"
  "CREATE INDEX releases_app ON releases (app);"
  "CREATE TABLE apps ("
  "  app TEXT PRIMARY KEY, channel TEXT NOT NULL, pin TEXT, keys BLOB,"
  "  counter INTEGER NOT NULL, digest TEXT, version TEXT,"
  "  current TEXT, previous TEXT, next TEXT, published TEXT,"
  "  skipped TEXT, source TEXT, error_name TEXT, error_message TEXT, desktop_id TEXT,"
  "  state TEXT NOT NULL, kind INTEGER NOT NULL, is_held INTEGER NOT NULL,"
  "  checked_s INTEGER NOT NULL, installed_s INTEGER NOT NULL,"
  "  saved_bytes INTEGER NOT NULL, fetch_bytes INTEGER NOT NULL,"
  "  n_fetch_chunks INTEGER NOT NULL, n_saved_chunks INTEGER NOT NULL) STRICT;",
};

static const MeshDatabaseSchema schema = {
  "The journal can't be used",
  "The journal was written by a newer version of Shoal; update Shoal",
  "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 200",
  migrations,
  G_N_ELEMENTS (migrations),
};

static gpointer
open_job (gpointer input, GCancellable *cancellable, GError **error)
{
  return mesh_database_open (input, &schema, error);
}

static void
close_db (gpointer db)
{
  sqlite3_close (db);
}

static void
free_job (gpointer data)
{
  Job *job = data;

  mesh_update_record_free (job->record);
  g_clear_pointer (&job->envelope, g_bytes_unref);
  g_free (job->text);
  g_free (job);
}

static Job *
new_job (MeshUpdateJournal *journal)
{
  Job *job = g_new0 (Job, 1);

  job->db = journal->db;
  return job;
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  MeshUpdateJournal *journal;
  sqlite3 *db = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (db == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  journal = g_atomic_rc_box_new0 (MeshUpdateJournal);
  journal->db = db;
  journal->pool = g_object_ref (MESH_WORK_POOL (source));
  g_task_return_pointer (task, journal, (GDestroyNotify) mesh_update_journal_unref);
}

void
mesh_update_journal_open_async (const char *path,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);

  g_task_set_source_tag (task, mesh_update_journal_open_async);
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, open_job, g_strdup (path),
                            g_free, close_db, cancellable, open_cb, task);
}

MeshUpdateJournal *
mesh_update_journal_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

MeshUpdateJournal *
mesh_update_journal_ref (MeshUpdateJournal *journal)
{
  return g_atomic_rc_box_acquire (journal);
}

/* Jobs hold a reference, so none is left here and the thread is idle. */
static void
clear_journal (gpointer data)
{
  MeshUpdateJournal *journal = data;

  g_object_unref (journal->pool);
  sqlite3_close (journal->db);
}

void
mesh_update_journal_unref (MeshUpdateJournal *journal)
{
  g_atomic_rc_box_release_full (journal, clear_journal);
}

static void
bind_text (sqlite3_stmt *stmt, int *i, const char *text)
{
  mesh_database_statement_bind_text (stmt, ++*i, text);
}

static void
bind_integer (sqlite3_stmt *stmt, int *i, gint64 value)
{
  sqlite3_bind_int64 (stmt, ++*i, value);
}

static void
bind_bytes (sqlite3_stmt *stmt, int *i, GBytes *bytes)
{
  mesh_database_statement_bind_bytes (stmt, ++*i, bytes);
}

static gboolean
write_release (sqlite3 *db,
               const char *app_id,
               const MeshUpdateRelease *release,
               GBytes *envelope,
               GError **error)
{
  sqlite3_stmt *stmt = mesh_database_statement_new (
      db, "INSERT OR REPLACE INTO releases VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      UNUSABLE, error);
  int i = 0;

  if (stmt == NULL)
    return FALSE;
  bind_text (stmt, &i, release->digest);
  bind_text (stmt, &i, app_id);
  bind_text (stmt, &i, release->dir);
  bind_text (stmt, &i, release->version);
  bind_text (stmt, &i, release->root);
  bind_text (stmt, &i, release->name);
  bind_text (stmt, &i, release->summary);
  bind_text (stmt, &i, release->notes);
  bind_text (stmt, &i, release->exec_path);
  bind_text (stmt, &i, release->icon_path);
  bind_text (stmt, &i, release->desktop_path);
  bind_integer (stmt, &i, (gint64) release->counter);
  bind_integer (stmt, &i, (gint64) release->size);
  bind_bytes (stmt, &i, envelope);
  return mesh_database_statement_run (stmt, UNWRITABLE, error);
}

static GBytes *
write_keys (MeshKeyFile *keys)
{
  g_autoptr (MeshJson) json = NULL;

  if (keys == NULL)
    return NULL;
  json = mesh_key_file_to_json (keys);
  return mesh_json_to_bytes (json);
}

static const char *
digest_of (const MeshUpdateRelease *release)
{
  return release != NULL ? release->digest : NULL;
}

static gboolean
write_record (sqlite3 *db, const MeshUpdateRecord *record, GError **error)
{
  g_autoptr (GBytes) keys = write_keys (record->trust->keys);
  sqlite3_stmt *stmt = mesh_database_statement_new (
      db,
      "INSERT OR REPLACE INTO apps VALUES "
      "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      UNUSABLE, error);
  int i = 0;

  if (stmt == NULL)
    return FALSE;
  bind_text (stmt, &i, record->trust->app_id);
  bind_text (stmt, &i, record->trust->channel);
  bind_text (stmt, &i, record->trust->pin);
  bind_bytes (stmt, &i, keys);
  bind_integer (stmt, &i, (gint64) record->trust->counter);
  bind_text (stmt, &i, record->trust->digest);
  bind_text (stmt, &i, record->trust->version);
  bind_text (stmt, &i, digest_of (record->current));
  bind_text (stmt, &i, digest_of (record->previous));
  bind_text (stmt, &i, digest_of (record->next));
  bind_text (stmt, &i, digest_of (record->published));
  bind_text (stmt, &i, record->skipped);
  bind_text (stmt, &i, record->source);
  bind_text (stmt, &i, record->error_name);
  bind_text (stmt, &i, record->error_message);
  bind_text (stmt, &i, record->desktop_id);
  bind_text (stmt, &i, mesh_update_state_get_nick (record->state));
  bind_integer (stmt, &i, record->kind);
  bind_integer (stmt, &i, record->is_held);
  bind_integer (stmt, &i, record->checked_s);
  bind_integer (stmt, &i, record->installed_s);
  bind_integer (stmt, &i, (gint64) record->saved_bytes);
  bind_integer (stmt, &i, (gint64) record->fetch_bytes);
  bind_integer (stmt, &i, record->n_fetch_chunks);
  bind_integer (stmt, &i, record->n_saved_chunks);
  return mesh_database_statement_run (stmt, UNWRITABLE, error);
}

static gboolean
forget_releases (sqlite3 *db, const MeshUpdateRecord *record, GError **error)
{
  sqlite3_stmt *stmt = mesh_database_statement_new (
      db,
      "DELETE FROM releases WHERE app = ? AND digest NOT IN "
      "(ifnull(?,''), ifnull(?,''), ifnull(?,''), ifnull(?,''))",
      UNUSABLE, error);
  int i = 0;

  if (stmt == NULL)
    return FALSE;
  bind_text (stmt, &i, record->trust->app_id);
  bind_text (stmt, &i, digest_of (record->current));
  bind_text (stmt, &i, digest_of (record->previous));
  bind_text (stmt, &i, digest_of (record->next));
  bind_text (stmt, &i, digest_of (record->published));
  return mesh_database_statement_run (stmt, UNWRITABLE, error);
}

/* Which of the record's releases an envelope belongs to is told by its digest. */
static const MeshUpdateRelease *
find_new_release (const MeshUpdateRecord *record, const char *digest)
{
  const MeshUpdateRelease *const candidates[]
      = { record->next, record->published, record->current, record->previous };

  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    if (candidates[i] != NULL && g_strcmp0 (candidates[i]->digest, digest) == 0)
      return candidates[i];
  return NULL;
}

static gboolean
write_all (const Job *job, GError **error)
{
  const MeshUpdateRelease *release = NULL;

  if (job->envelope != NULL)
    release = find_new_release (job->record, job->text);
  if (release != NULL
      && !write_release (job->db, job->record->trust->app_id, release, job->envelope,
                         error))
    return FALSE;
  return write_record (job->db, job->record, error)
         && forget_releases (job->db, job->record, error);
}

static gpointer
save_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Job *job = input;

  mesh_update_fault_reach ("journal-before");
  if (!mesh_database_exec (job->db, "BEGIN IMMEDIATE", UNWRITABLE, error))
    return NULL;
  if (!write_all (job, error)
      || !mesh_database_exec (job->db, "COMMIT", UNWRITABLE, error))
    {
      sqlite3_exec (job->db, "ROLLBACK", NULL, NULL, NULL);
      return NULL;
    }
  mesh_update_fault_reach ("journal-after");
  return NULL;
}

static void
job_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GDestroyNotify free_result = g_object_get_data (G_OBJECT (task), "free-result");
  gpointer value = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, value, free_result);
}

/* The task keeps the journal until the job is over. */
static void
run_job (MeshUpdateJournal *journal,
         MeshWorkFunc func,
         Job *job,
         GDestroyNotify free_result,
         gpointer tag,
         GAsyncReadyCallback callback,
         gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, mesh_update_journal_ref (journal),
                        (GDestroyNotify) mesh_update_journal_unref);
  g_object_set_data (G_OBJECT (task), "free-result", free_result);
  mesh_work_pool_run_async (journal->pool, MESH_WORK_PRIORITY_DEFAULT, func, job,
                            free_job, free_result, NULL, job_cb, task);
}

static char *
digest_of_envelope (GBytes *envelope)
{
  g_autoptr (MeshSignedManifest) signed_manifest = mesh_signed_manifest_parse (
      g_bytes_get_data (envelope, NULL), g_bytes_get_size (envelope), NULL);

  if (signed_manifest == NULL)
    return NULL;
  return g_strdup (mesh_signed_manifest_get_digest (signed_manifest));
}

static gpointer
save_with_envelope_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Job *job = input;

  job->text = digest_of_envelope (job->envelope);
  return save_job (job, cancellable, error);
}

void
mesh_update_journal_save_async (MeshUpdateJournal *journal,
                                const MeshUpdateRecord *record,
                                GBytes *envelope,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Job *job = new_job (journal);

  job->record = mesh_update_record_copy (record);
  job->envelope = envelope != NULL ? g_bytes_ref (envelope) : NULL;
  run_job (journal, envelope != NULL ? save_with_envelope_job : save_job, job, NULL,
           mesh_update_journal_save_async, callback, user_data);
}

gboolean
mesh_update_journal_save_finish (MeshUpdateJournal *journal,
                                 GAsyncResult *result,
                                 GError **error)
{
  g_autoptr (GError) own_error = NULL;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_task_propagate_pointer (G_TASK (result), &own_error);
  if (own_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

static char *
column_text (sqlite3_stmt *stmt, int i)
{
  const char *text = (const char *) sqlite3_column_text (stmt, i);

  return text != NULL && g_utf8_validate (text, -1, NULL) ? g_strdup (text) : NULL;
}

static gboolean
is_whole (const MeshUpdateRelease *release)
{
  return release->digest != NULL && release->dir != NULL && release->version != NULL
         && release->root != NULL && release->name != NULL && release->summary != NULL
         && release->notes != NULL && strlen (release->digest) >= 16
         && mesh_tree_path_check (release->dir, NULL)
         && strchr (release->dir, '/') == NULL;
}

static MeshUpdateRelease *
read_release (sqlite3 *db, const char *digest, GError **error)
{
  g_autoptr (MeshUpdateRelease) release = NULL;
  sqlite3_stmt *stmt = mesh_database_statement_new (
      db,
      "SELECT digest, dir, version, root, name, summary, notes,"
      " exec, icon, desktop, counter, size FROM releases"
      " WHERE digest = ?",
      UNUSABLE, error);

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_text (stmt, 1, digest, -1, SQLITE_STATIC);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    {
      release = g_new0 (MeshUpdateRelease, 1);
      release->digest = column_text (stmt, 0);
      release->dir = column_text (stmt, 1);
      release->version = column_text (stmt, 2);
      release->root = column_text (stmt, 3);
      release->name = column_text (stmt, 4);
      release->summary = column_text (stmt, 5);
      release->notes = column_text (stmt, 6);
      release->exec_path = column_text (stmt, 7);
      release->icon_path = column_text (stmt, 8);
      release->desktop_path = column_text (stmt, 9);
      release->counter = (guint64) sqlite3_column_int64 (stmt, 10);
      release->size = (guint64) sqlite3_column_int64 (stmt, 11);
    }
  sqlite3_finalize (stmt);
  if (release == NULL || !is_whole (release))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_CORRUPT,
                   "Journal: a release that an app needs is missing or damaged");
      return NULL;
    }
  return g_steal_pointer (&release);
}

static gboolean
read_named_release (sqlite3 *db,
                    sqlite3_stmt *stmt,
                    int i,
                    MeshUpdateRelease **release,
                    GError **error)
{
  g_autofree char *digest = column_text (stmt, i);

  if (digest == NULL)
    return TRUE;
  *release = read_release (db, digest, error);
  return *release != NULL;
}

static gboolean
read_trust (sqlite3_stmt *stmt, MeshTrustState *trust, GError **error)
{
  g_autoptr (GBytes) bytes = mesh_database_statement_dup_bytes (stmt, 3);
  g_autoptr (MeshJson) json = NULL;

  trust->pin = column_text (stmt, 2);
  trust->counter = (guint64) sqlite3_column_int64 (stmt, 4);
  trust->digest = column_text (stmt, 5);
  trust->version = column_text (stmt, 6);
  if (g_bytes_get_size (bytes) == 0)
    return TRUE;
  json
      = mesh_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  if (json != NULL)
    trust->keys = mesh_key_file_from_json (json, error);
  return trust->keys != NULL;
}

static MeshUpdateRecord *
read_record (sqlite3 *db, sqlite3_stmt *stmt, GError **error)
{
  g_autofree char *app_id = column_text (stmt, 0);
  g_autofree char *channel = column_text (stmt, 1);
  g_autofree char *state = column_text (stmt, 16);
  g_autoptr (MeshUpdateRecord) record = NULL;

  if (app_id == NULL || channel == NULL || !mesh_tree_path_check_app_id (app_id, NULL))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_CORRUPT, "Journal: an app has no name");
      return NULL;
    }
  record = mesh_update_record_new (app_id, channel);
  if (!read_trust (stmt, record->trust, error)
      || !read_named_release (db, stmt, 7, &record->current, error)
      || !read_named_release (db, stmt, 8, &record->previous, error)
      || !read_named_release (db, stmt, 9, &record->next, error)
      || !read_named_release (db, stmt, 10, &record->published, error))
    {
      g_prefix_error (error, "%s: ", app_id);
      return NULL;
    }
  record->skipped = column_text (stmt, 11);
  record->source = column_text (stmt, 12);
  record->error_name = column_text (stmt, 13);
  record->error_message = column_text (stmt, 14);
  record->desktop_id = column_text (stmt, 15);
  if (!mesh_update_state_from_nick (state, &record->state))
    record->state = MESH_UPDATE_STATE_NONE;
  record->kind = (MeshUpdateKind) CLAMP (
      sqlite3_column_int (stmt, 17), MESH_UPDATE_KIND_UPDATE, MESH_UPDATE_KIND_REMOVE);
  record->is_held = sqlite3_column_int (stmt, 18) != 0;
  record->checked_s = sqlite3_column_int64 (stmt, 19);
  record->installed_s = sqlite3_column_int64 (stmt, 20);
  record->saved_bytes = (guint64) sqlite3_column_int64 (stmt, 21);
  record->fetch_bytes = (guint64) sqlite3_column_int64 (stmt, 22);
  record->n_fetch_chunks = (guint) sqlite3_column_int (stmt, 23);
  record->n_saved_chunks = (guint) sqlite3_column_int (stmt, 24);
  return g_steal_pointer (&record);
}

static gpointer
load_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Job *job = input;
  g_autoptr (GPtrArray) records
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_update_record_free);
  sqlite3_stmt *stmt = mesh_database_statement_new (
      job->db, "SELECT * FROM apps ORDER BY app", UNUSABLE, error);
  g_autoptr (GError) own_error = NULL;

  if (stmt == NULL)
    return NULL;
  while (mesh_database_statement_step (&stmt, UNREADABLE, &own_error))
    {
      MeshUpdateRecord *record = read_record (job->db, stmt, error);

      if (record == NULL)
        {
          sqlite3_finalize (stmt);
          return NULL;
        }
      g_ptr_array_add (records, record);
    }
  if (own_error == NULL)
    return g_steal_pointer (&records);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return NULL;
}

void
mesh_update_journal_load_async (MeshUpdateJournal *journal,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  run_job (journal, load_job, new_job (journal), (GDestroyNotify) g_ptr_array_unref,
           mesh_update_journal_load_async, callback, user_data);
}

GPtrArray *
mesh_update_journal_load_finish (MeshUpdateJournal *journal,
                                 GAsyncResult *result,
                                 GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
envelope_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Job *job = input;
  GBytes *envelope = NULL;
  sqlite3_stmt *stmt = mesh_database_statement_new (
      job->db, "SELECT envelope FROM releases WHERE digest = ?", UNUSABLE, error);

  if (stmt == NULL)
    return NULL;
  sqlite3_bind_text (stmt, 1, job->text, -1, SQLITE_STATIC);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    envelope = mesh_database_statement_dup_bytes (stmt, 0);
  sqlite3_finalize (stmt);
  if (envelope == NULL)
    g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "The release is not kept here");
  return envelope;
}

void
mesh_update_journal_get_envelope_async (MeshUpdateJournal *journal,
                                        const char *digest,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  Job *job = new_job (journal);

  job->text = g_strdup (digest);
  run_job (journal, envelope_job, job, (GDestroyNotify) g_bytes_unref,
           mesh_update_journal_get_envelope_async, callback, user_data);
}

GBytes *
mesh_update_journal_get_envelope_finish (MeshUpdateJournal *journal,
                                         GAsyncResult *result,
                                         GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
