/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-db-private.h"

#include "work/mesh-work-pool.h"

struct MeshRegistryDb
{
  sqlite3 *writer;          /* (owned): touched by the one thread of @write_pool only */
  sqlite3 *reader;          /* (owned): likewise of @read_pool */
  MeshWorkPool *write_pool; /* (owned): one thread */
  MeshWorkPool *read_pool;  /* (owned): one thread */
};

typedef struct
{
  sqlite3 *handle; /* (unowned): kept by the task's database */
  MeshRegistryDbFunc func;
  gpointer input; /* (owned) */
  GDestroyNotify free_input;
  GDestroyNotify free_result;
  gboolean is_writing;
} Job;

/* Each entry brings the schema from version i to i + 1 and never changes again. */
static const char *const migrations[] = {
  "CREATE TABLE listings ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT, app TEXT NOT NULL,"
  "  channel TEXT NOT NULL, fingerprint TEXT NOT NULL, author TEXT NOT NULL, counter "
  "INTEGER NOT NULL,"
  "  expires_s INTEGER NOT NULL, is_verified INTEGER NOT NULL, via TEXT NOT NULL,"
  "  seen_s INTEGER NOT NULL, bytes INTEGER NOT NULL, announcement BLOB NOT NULL,"
  "  UNIQUE (app, channel, fingerprint)) STRICT;"
  "CREATE INDEX listings_via ON listings (is_verified, via, id);"
  "CREATE INDEX listings_author ON listings (author, id);"
  "CREATE INDEX listings_expires ON listings (expires_s);"
  "CREATE VIRTUAL TABLE words USING fts5 (name, labels, id, publisher, summary,"
  "  tokenize = \"unicode61 remove_diacritics 0\", prefix = '1 2 3');"
  "CREATE TABLE labels (kind INTEGER NOT NULL, label TEXT NOT NULL,"
  "  listing INTEGER NOT NULL, PRIMARY KEY (kind, label, listing))"
  "  STRICT, WITHOUT ROWID;"
  "CREATE INDEX labels_listing ON labels (listing);"
  "CREATE TABLE trusted (app TEXT NOT NULL, channel TEXT NOT NULL, keys BLOB NOT NULL,"
  "  counter INTEGER NOT NULL, PRIMARY KEY (app, channel)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE releases (digest TEXT PRIMARY KEY, app TEXT NOT NULL,"
  "  channel TEXT NOT NULL, version TEXT NOT NULL, counter INTEGER NOT NULL,"
  "  expires_s INTEGER NOT NULL, bytes INTEGER NOT NULL, envelope BLOB NOT NULL) STRICT;"
  "CREATE INDEX releases_app ON releases (app, channel, counter);"
  "CREATE TABLE split_views (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
  "  app TEXT NOT NULL, channel TEXT NOT NULL, a_version TEXT NOT NULL,"
  "  b_version TEXT NOT NULL, a_counter INTEGER NOT NULL, b_counter INTEGER NOT NULL,"
  "  a_source TEXT NOT NULL, b_source TEXT NOT NULL, a_proof BLOB NOT NULL,"
  "  b_proof BLOB NOT NULL, seen_s INTEGER NOT NULL, is_dismissed INTEGER NOT NULL,"
  "  UNIQUE (kind, app, channel, a_counter, b_counter)) STRICT;"
  "CREATE TABLE publications (app TEXT NOT NULL, channel TEXT NOT NULL,"
  "  keys TEXT NOT NULL, announcement BLOB NOT NULL, PRIMARY KEY (app, channel)) STRICT;"
  "CREATE TABLE cursors (peer TEXT PRIMARY KEY, cursor BLOB NOT NULL,"
  "  used_s INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
  "CREATE TABLE self (instance BLOB NOT NULL) STRICT;"
  "INSERT INTO self VALUES (randomblob (8));",
};

#define UNUSABLE "The list of apps can't be used"

static const MeshDatabaseSchema schema = {
  UNUSABLE,
  "The list of apps was written by a newer version of Shoal; update Shoal",
  "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4096",
  migrations,
  G_N_ELEMENTS (migrations),
};

sqlite3_stmt *
mesh_registry_db_prepare (sqlite3 *db, const char *sql, GError **error)
{
  return mesh_database_statement_new (db, sql, UNUSABLE, error);
}

gboolean
mesh_registry_db_run (sqlite3_stmt *stmt, GError **error)
{
  return mesh_database_statement_run (stmt, UNUSABLE, error);
}

gboolean
mesh_registry_db_exec (sqlite3 *db, const char *sql, GError **error)
{
  return mesh_database_exec (db, sql, UNUSABLE, error);
}

gboolean
mesh_registry_db_step (sqlite3_stmt **stmt, GError **error)
{
  return mesh_database_statement_step (stmt, UNUSABLE, error);
}

char *
mesh_registry_db_dup_text (sqlite3_stmt *stmt, int i)
{
  const char *text = (const char *) sqlite3_column_text (stmt, i);

  return g_strdup (text != NULL ? text : "");
}

/* Opening, in the writer's thread. */

static MeshRegistryDb *
open_both (const char *path, GError **error)
{
  sqlite3 *writer = mesh_database_open (path, &schema, error);
  sqlite3 *reader = NULL;
  MeshRegistryDb *db;

  if (writer != NULL && mesh_database_check (writer, &schema, error))
    reader = mesh_database_open_reader (path, &schema, error);
  if (reader == NULL)
    {
      sqlite3_close (writer);
      return NULL;
    }
  db = g_atomic_rc_box_new0 (MeshRegistryDb);
  db->writer = writer;
  db->reader = reader;
  return db;
}

static gpointer
open_job (gpointer input, GCancellable *cancellable, GError **error)
{
  const char *path = input;
  g_autoptr (GError) own_error = NULL;
  MeshRegistryDb *db = open_both (path, &own_error);

  if (db == NULL && g_error_matches (own_error, MESH_ERROR, MESH_ERROR_CORRUPT))
    {
      g_warning ("%s; it is begun anew", own_error->message);
      g_clear_error (&own_error);
      if (mesh_database_set_aside (path, &own_error))
        db = open_both (path, &own_error);
    }
  if (db == NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return db;
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;
  MeshRegistryDb *db
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (db == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  db->write_pool = g_object_ref (MESH_WORK_POOL (source));
  db->read_pool = mesh_work_pool_new (1);
  g_task_return_pointer (task, db, (GDestroyNotify) mesh_registry_db_unref);
}

void
mesh_registry_db_open_async (const char *path,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);

  g_task_set_source_tag (task, mesh_registry_db_open_async);
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, open_job, g_strdup (path),
                            g_free, (GDestroyNotify) mesh_registry_db_unref, cancellable,
                            opened_cb, task);
}

MeshRegistryDb *
mesh_registry_db_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

MeshRegistryDb *
mesh_registry_db_ref (MeshRegistryDb *db)
{
  return g_atomic_rc_box_acquire (db);
}

/* Jobs hold a reference, so none is left here and the threads are idle. */
static void
clear_db (gpointer data)
{
  MeshRegistryDb *db = data;

  g_clear_object (&db->read_pool);
  g_clear_object (&db->write_pool);
  sqlite3_close (db->reader);
  sqlite3_close (db->writer);
}

void
mesh_registry_db_unref (MeshRegistryDb *db)
{
  g_atomic_rc_box_release_full (db, clear_db);
}

/* Jobs. */

static void
free_job (gpointer data)
{
  Job *job = data;

  if (job->free_input != NULL)
    job->free_input (job->input);
  g_free (job);
}

static gpointer
run_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Job *job = input;
  g_autoptr (GError) own_error = NULL;
  gpointer value;

  if (!mesh_registry_db_exec (job->handle, job->is_writing ? "BEGIN IMMEDIATE" : "BEGIN",
                              error))
    return NULL;
  value = job->func (job->handle, job->input, &own_error);
  if (own_error == NULL && mesh_registry_db_exec (job->handle, "COMMIT", &own_error))
    return value;
  sqlite3_exec (job->handle, "ROLLBACK", NULL, NULL, NULL);
  if (value != NULL && job->free_result != NULL)
    job->free_result (value);
  g_propagate_error (error, g_steal_pointer (&own_error));
  return NULL;
}

static void
job_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GDestroyNotify free_result = g_object_get_data (G_OBJECT (task), "free-result");
  g_autoptr (GError) error = NULL;
  gpointer value = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, value, free_result);
}

static void
start_job (MeshRegistryDb *db,
           gboolean is_writing,
           MeshRegistryDbFunc func,
           gpointer input,
           GDestroyNotify free_input,
           GDestroyNotify free_result,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->handle = is_writing ? db->writer : db->reader;
  job->func = func;
  job->input = input;
  job->free_input = free_input;
  job->free_result = free_result;
  job->is_writing = is_writing;
  /* The task keeps the database, in the caller's thread, until the job is over. */
  g_task_set_task_data (task, mesh_registry_db_ref (db),
                        (GDestroyNotify) mesh_registry_db_unref);
  g_object_set_data (G_OBJECT (task), "free-result", free_result);
  mesh_work_pool_run_async (is_writing ? db->write_pool : db->read_pool,
                            MESH_WORK_PRIORITY_DEFAULT, run_job, job, free_job,
                            free_result, NULL, job_cb, task);
}

void
mesh_registry_db_write_async (MeshRegistryDb *db,
                              MeshRegistryDbFunc func,
                              gpointer input,
                              GDestroyNotify free_input,
                              GDestroyNotify free_result,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  start_job (db, TRUE, func, input, free_input, free_result, callback, user_data);
}

void
mesh_registry_db_read_async (MeshRegistryDb *db,
                             MeshRegistryDbFunc func,
                             gpointer input,
                             GDestroyNotify free_input,
                             GDestroyNotify free_result,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  start_job (db, FALSE, func, input, free_input, free_result, callback, user_data);
}

gpointer
mesh_registry_db_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
