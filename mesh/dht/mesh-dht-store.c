/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The connection belongs to the one thread of the pool; jobs carry it with the changes
 * they write. The pool runs what is queued before it ends, and the last job closes the
 * connection, so freeing the store waits for nothing. */
#include "config.h"

#include "dht/mesh-dht-store.h"

#include "base/mesh-cursor.h"
#include "base/mesh-varint.h"
#include "database/mesh-database-statement.h"
#include "work/mesh-work-pool.h"

#define UNREADABLE "The DHT's records: can't be read"
#define UNWRITABLE "The DHT's records: can't be written"

struct MeshDhtStore
{
  sqlite3 *db;        /* (owned): touched by the thread of @pool only */
  MeshWorkPool *pool; /* (owned): one thread */
  GArray *pending;    /* (owned) (element-type Change) */
  guint flush_id;     /* timer; 0: none */
  guint n_lost;       /* changes there was no room for */
};

typedef enum
{
  PUT,
  DROP,
  CLEAR_PEERS,
} Verb;

typedef struct
{
  Verb verb;
  MeshDhtStoreRow row;
} Change;

/* Each entry brings the schema from version i to i + 1 and never changes again. */
static const char *const migrations[] = {
  "CREATE TABLE providers ("
  "  tbl INTEGER NOT NULL, key BLOB NOT NULL, peer BLOB NOT NULL, addrs BLOB NOT NULL,"
  "  due_us INTEGER NOT NULL, PRIMARY KEY (tbl, key, peer)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE recs ("
  "  tbl INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,"
  "  due_us INTEGER NOT NULL, PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE provided ("
  "  tbl INTEGER NOT NULL, key BLOB NOT NULL, due_us INTEGER NOT NULL,"
  "  PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE peers ("
  "  tbl INTEGER NOT NULL, peer BLOB NOT NULL, addrs BLOB NOT NULL,"
  "  PRIMARY KEY (tbl, peer)) STRICT, WITHOUT ROWID;",
};

static const MeshDatabaseSchema schema = {
  "The DHT's records can't be used",
  "The DHT's records were written by a newer version of Shoal; update Shoal",
  /* NORMAL: a power cut may cost the last seconds, never the file. */
  "PRAGMA synchronous = NORMAL",
  migrations,
  G_N_ELEMENTS (migrations),
};

/* What is bound, in this order, as far as the statement has it: 1 table, 2 key, 3 peer,
 * 4 addrs, 5 value, 6 due_us. */
static const struct
{
  const char *put;
  const char *drop;
  const char *read; /* columns in the same order */
} statements[] = {
  [MESH_DHT_STORE_PROVIDER]
  = { "INSERT OR REPLACE INTO providers VALUES (?1, ?2, ?3, ?4, ?6)",
      "DELETE FROM providers WHERE tbl = ?1 AND key = ?2 AND peer = ?3",
      "SELECT tbl, key, peer, addrs, NULL, due_us FROM providers WHERE due_us > ?6 "
      "ORDER BY due_us LIMIT ?7" },
  [MESH_DHT_STORE_VALUE]
  = { "INSERT OR REPLACE INTO recs VALUES (?1, ?2, ?5, ?6)",
      "DELETE FROM recs WHERE tbl = ?1 AND key = ?2",
      "SELECT tbl, key, NULL, NULL, value, due_us FROM recs WHERE due_us > ?6 "
      "ORDER BY due_us LIMIT ?7" },
  [MESH_DHT_STORE_PROVIDED] = { "INSERT OR REPLACE INTO provided VALUES (?1, ?2, ?6)",
                                "DELETE FROM provided WHERE tbl = ?1 AND key = ?2",
                                "SELECT tbl, key, NULL, NULL, NULL, due_us FROM provided "
                                "ORDER BY due_us LIMIT ?7" },
  [MESH_DHT_STORE_PEER]
  = { "INSERT OR REPLACE INTO peers VALUES (?1, ?3, ?4)",
      "DELETE FROM peers WHERE tbl = ?1 AND peer = ?3",
      "SELECT tbl, NULL, peer, addrs, NULL, 0 FROM peers LIMIT ?7" },
};

void
mesh_dht_store_clear_row (gpointer data)
{
  MeshDhtStoreRow *row = data;

  g_clear_pointer (&row->key, g_bytes_unref);
  g_clear_pointer (&row->peer, g_bytes_unref);
  g_clear_pointer (&row->addrs, g_bytes_unref);
  g_clear_pointer (&row->value, g_bytes_unref);
}

static void
clear_change (gpointer data)
{
  mesh_dht_store_clear_row (&((Change *) data)->row);
}

static GArray *
new_changes (void)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (Change));

  g_array_set_clear_func (changes, clear_change);
  return changes;
}

/* In the thread. */

static GBytes *
column_bytes (sqlite3_stmt *stmt, int i)
{
  if (sqlite3_column_type (stmt, i) == SQLITE_NULL)
    return NULL;
  return mesh_database_statement_dup_bytes (stmt, i);
}

static gboolean
read_rows (sqlite3 *db,
           MeshDhtStoreKind kind,
           gint64 wall_us,
           GArray *rows,
           GError **error)
{
  g_autoptr (GError) own_error = NULL;
  sqlite3_stmt *stmt
      = mesh_database_statement_new (db, statements[kind].read, UNREADABLE, error);

  if (stmt == NULL)
    return FALSE;
  if (sqlite3_bind_parameter_count (stmt) > 6)
    sqlite3_bind_int (stmt, 7, MESH_DHT_STORE_MAX_ROWS);
  sqlite3_bind_int64 (stmt, 6, wall_us);
  while (mesh_database_statement_step (&stmt, UNREADABLE, &own_error))
    {
      MeshDhtStoreRow row = { .kind = kind };

      row.table = (guint) sqlite3_column_int (stmt, 0);
      row.key = column_bytes (stmt, 1);
      row.peer = column_bytes (stmt, 2);
      row.addrs = column_bytes (stmt, 3);
      row.value = column_bytes (stmt, 4);
      row.due_us = sqlite3_column_int64 (stmt, 5);
      g_array_append_val (rows, row);
    }
  if (own_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own_error));
  return FALSE;
}

typedef struct
{
  char *path; /* (owned) */
  gint64 wall_us;
  sqlite3 *db;  /* (owned) (nullable) */
  GArray *rows; /* (owned) (nullable) */
} OpenJob;

static void
open_job_free (gpointer data)
{
  OpenJob *job = data;

  g_clear_pointer (&job->db, sqlite3_close);
  g_clear_pointer (&job->rows, g_array_unref);
  g_free (job->path);
  g_free (job);
}

static gboolean
read_all (OpenJob *job, GError **error)
{
  g_autofree char *sql
      = g_strdup_printf ("DELETE FROM providers WHERE due_us <= %" G_GINT64_FORMAT
                         "; DELETE FROM recs WHERE due_us <= %" G_GINT64_FORMAT,
                         job->wall_us, job->wall_us);

  job->db = mesh_database_open (job->path, &schema, error);
  if (job->db == NULL || !mesh_database_exec (job->db, sql, UNWRITABLE, error))
    return FALSE;
  g_array_set_size (job->rows, 0);
  for (guint kind = 0; kind < G_N_ELEMENTS (statements); kind++)
    if (!read_rows (job->db, (MeshDhtStoreKind) kind, job->wall_us, job->rows, error))
      return FALSE;
  return TRUE;
}

static gpointer
open_job (gpointer input, GCancellable *cancellable, GError **error)
{
  OpenJob *job = input;
  OpenJob *result;
  g_autoptr (GError) first = NULL;

  job->rows = g_array_new (FALSE, FALSE, sizeof (MeshDhtStoreRow));
  g_array_set_clear_func (job->rows, mesh_dht_store_clear_row);
  if (!read_all (job, &first))
    {
      if (!g_error_matches (first, MESH_ERROR, MESH_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&first));
          return NULL;
        }
      g_message ("%s: beginning anew", first->message);
      g_clear_pointer (&job->db, sqlite3_close);
      if (!mesh_database_set_aside (job->path, error) || !read_all (job, error))
        return NULL;
    }
  result = g_new0 (OpenJob, 1);
  result->db = g_steal_pointer (&job->db);
  result->rows = g_steal_pointer (&job->rows);
  return result;
}

static void
bind_bytes (sqlite3_stmt *stmt, int i, GBytes *bytes)
{
  if (i <= sqlite3_bind_parameter_count (stmt))
    mesh_database_statement_bind_bytes (stmt, i, bytes);
}

static gboolean
write_row (sqlite3 *db, const char *sql, const MeshDhtStoreRow *row, GError **error)
{
  sqlite3_stmt *stmt = mesh_database_statement_new (db, sql, UNWRITABLE, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int (stmt, 1, (int) row->table);
  bind_bytes (stmt, 2, row->key);
  bind_bytes (stmt, 3, row->peer);
  bind_bytes (stmt, 4, row->addrs);
  bind_bytes (stmt, 5, row->value);
  if (sqlite3_bind_parameter_count (stmt) >= 6)
    sqlite3_bind_int64 (stmt, 6, row->due_us);
  return mesh_database_statement_run (stmt, UNWRITABLE, error);
}

static gboolean
write_change (sqlite3 *db, const Change *change, GError **error)
{
  switch (change->verb)
    {
    case PUT:
      return write_row (db, statements[change->row.kind].put, &change->row, error);
    case DROP:
      return write_row (db, statements[change->row.kind].drop, &change->row, error);
    case CLEAR_PEERS:
    default:
      return mesh_database_exec (db, "DELETE FROM peers", UNWRITABLE, error);
    }
}

typedef struct
{
  sqlite3 *db;     /* (unowned): closed by a job behind this one */
  GArray *changes; /* (owned) */
} WriteJob;

static void
write_job_free (gpointer data)
{
  WriteJob *job = data;

  g_array_unref (job->changes);
  g_free (job);
}

static gpointer
write_job (gpointer input, GCancellable *cancellable, GError **error)
{
  WriteJob *job = input;

  if (job->changes->len == 0)
    return GINT_TO_POINTER (TRUE);
  if (!mesh_database_exec (job->db, "BEGIN IMMEDIATE", UNWRITABLE, error))
    return NULL;
  for (guint i = 0; i < job->changes->len; i++)
    if (!write_change (job->db, &g_array_index (job->changes, Change, i), error))
      {
        sqlite3_exec (job->db, "ROLLBACK", NULL, NULL, NULL);
        return NULL;
      }
  if (mesh_database_exec (job->db, "COMMIT", UNWRITABLE, error))
    return GINT_TO_POINTER (TRUE);
  sqlite3_exec (job->db, "ROLLBACK", NULL, NULL, NULL);
  return NULL;
}

/* The last job of a store. */
static gpointer
close_job (gpointer input, GCancellable *cancellable, GError **error)
{
  WriteJob *job = input;
  gpointer is_written = write_job (job, cancellable, error);

  sqlite3_close (job->db);
  return is_written;
}

/* In the main context. */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  OpenJob *job = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (job == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, job, open_job_free);
}

void
mesh_dht_store_open_async (const char *path,
                           gint64 wall_us,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (MeshWorkPool) pool = mesh_work_pool_new (1);
  OpenJob *job = g_new0 (OpenJob, 1);

  g_task_set_source_tag (task, mesh_dht_store_open_async);
  g_task_set_task_data (task, g_object_ref (pool), g_object_unref);
  job->path = g_strdup (path);
  job->wall_us = wall_us;
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, open_job, job,
                            open_job_free, open_job_free, cancellable, opened_cb, task);
}

MeshDhtStore *
mesh_dht_store_open_finish (GAsyncResult *result, GArray **rows, GError **error)
{
  MeshDhtStore *store;
  OpenJob *job;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  job = g_task_propagate_pointer (G_TASK (result), error);
  if (job == NULL)
    return NULL;
  store = g_new0 (MeshDhtStore, 1);
  store->db = g_steal_pointer (&job->db);
  store->pool = g_object_ref (g_task_get_task_data (G_TASK (result)));
  store->pending = new_changes ();
  *rows = g_steal_pointer (&job->rows);
  open_job_free (job);
  return store;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error) == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* The thread takes jobs in their order. */
static void
run_job (MeshDhtStore *store,
         MeshWorkFunc func,
         gpointer tag,
         GAsyncReadyCallback callback,
         gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  WriteJob *job = g_new0 (WriteJob, 1);

  g_task_set_source_tag (task, tag);
  g_clear_handle_id (&store->flush_id, g_source_remove);
  job->db = store->db;
  job->changes = g_steal_pointer (&store->pending);
  store->pending = new_changes ();
  mesh_work_pool_run_async (store->pool, MESH_WORK_PRIORITY_DEFAULT, func, job,
                            write_job_free, NULL, NULL, written_cb, task);
}

void
mesh_dht_store_flush_async (MeshDhtStore *store,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  run_job (store, write_job, mesh_dht_store_flush_async, callback, user_data);
}

void
mesh_dht_store_close_async (MeshDhtStore *store,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  run_job (store, close_job, mesh_dht_store_close_async, callback, user_data);
  g_object_unref (store->pool);
  g_array_unref (store->pending);
  g_free (store);
}

gboolean
mesh_dht_store_flush_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
mesh_dht_store_close_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mesh_dht_store_flush_finish (result, &error))
    g_warning ("%s", error->message);
}

static gboolean
flush_cb (gpointer user_data)
{
  MeshDhtStore *store = user_data;

  store->flush_id = 0;
  mesh_dht_store_flush_async (store, flushed_cb, NULL);
  return G_SOURCE_REMOVE;
}

static void
add_change (MeshDhtStore *store, Verb verb, MeshDhtStoreRow row)
{
  Change change = { verb, row };

  if (store->pending->len >= MESH_DHT_STORE_MAX_PENDING)
    {
      if (store->n_lost++ == 0)
        g_warning ("The disk is too slow for the DHT's records; some are not kept");
      mesh_dht_store_clear_row (&row);
      return;
    }
  g_array_append_val (store->pending, change);
  if (store->flush_id == 0)
    store->flush_id = g_timeout_add (MESH_DHT_STORE_FLUSH_MS, flush_cb, store);
}

void
mesh_dht_store_put (MeshDhtStore *store, MeshDhtStoreRow row)
{
  add_change (store, PUT, row);
}

void
mesh_dht_store_drop (MeshDhtStore *store, MeshDhtStoreRow row)
{
  add_change (store, DROP, row);
}

void
mesh_dht_store_set_peers (MeshDhtStore *store, GArray *rows)
{
  add_change (store, CLEAR_PEERS, (MeshDhtStoreRow){ .kind = MESH_DHT_STORE_PEER });
  for (guint i = 0; i < rows->len; i++)
    {
      MeshDhtStoreRow row = g_array_index (rows, MeshDhtStoreRow, i);

      g_bytes_ref (row.peer);
      g_bytes_ref (row.addrs);
      add_change (store, PUT, row);
    }
}

GBytes *
mesh_dht_store_pack_addrs (GPtrArray *addrs)
{
  GByteArray *packed = g_byte_array_new ();

  for (guint i = 0; i < addrs->len; i++)
    {
      gsize len;
      const guint8 *data
          = g_bytes_get_data (mesh_multiaddr_get_bytes (addrs->pdata[i]), &len);

      mesh_varint_append (packed, len);
      g_byte_array_append (packed, data, (guint) len);
    }
  return g_byte_array_free_to_bytes (packed);
}

GPtrArray *
mesh_dht_store_unpack_addrs (GBytes *packed)
{
  GPtrArray *addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  MeshCursor cursor
      = mesh_cursor_init (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  const guint8 *data;
  gsize len;

  while (cursor.len > 0 && mesh_cursor_read_prefixed (&cursor, &data, &len))
    {
      MeshMultiaddr *addr = mesh_multiaddr_from_bytes (data, len, NULL);

      if (addr != NULL)
        g_ptr_array_add (addrs, addr);
    }
  return addrs;
}
