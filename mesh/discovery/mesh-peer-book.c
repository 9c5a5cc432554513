/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the node. The table is touched in the main context only, the database in jobs
 * of the pool only, of which one at a time is under way and keeps the book. */
#include "config.h"

#include "discovery/mesh-peer-book.h"

#include "base/mesh-error.h"
#include "peer/mesh-addr-scope.h"
#include "peer/mesh-peer-record.h"
#include "discovery/mesh-peer-book-db.h"

struct _MeshPeerBook
{
  GObject parent_instance;

  MeshHost *host;        /* (owned) */
  MeshWorkPool *pool;    /* (owned) (nullable) */
  MeshPeerBookDb *db;    /* (owned) (nullable): a job's while is_writing */
  MeshPeerTable *table;  /* (owned) */
  GHashTable *untold;    /* (owned): set of MeshPeerId (owned) for "peer-changed" */
  GTask *closing;        /* (owned) (nullable): waits for the job under way */
  gint64 clock_shift_us; /* from the monotonic clock to Unix time, fixed at start */
  guint tick_id;
  guint tell_id;
  guint n_ticks;
  gboolean is_writing;
  gboolean is_closed;
};

G_DEFINE_FINAL_TYPE (MeshPeerBook, mesh_peer_book, G_TYPE_OBJECT)

enum
{
  SIGNAL_PEER_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static gint64
get_now_us (MeshPeerBook *self)
{
  return g_get_monotonic_time () + self->clock_shift_us;
}

/* ---- telling ---- */

static gboolean
tell_cb (gpointer user_data)
{
  g_autoptr (MeshPeerBook) self = g_object_ref (user_data);
  g_autoptr (GHashTable) untold = g_steal_pointer (&self->untold);
  GHashTableIter iter;
  gpointer peer;

  self->tell_id = 0;
  self->untold = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                        (GDestroyNotify) mesh_peer_id_unref, NULL);
  g_hash_table_iter_init (&iter, untold);
  while (g_hash_table_iter_next (&iter, &peer, NULL))
    g_signal_emit (self, signals[SIGNAL_PEER_CHANGED], 0, peer);
  return G_SOURCE_REMOVE;
}

static void
tell (MeshPeerBook *self, const MeshPeerEntry *entry)
{
  if (self->is_closed)
    return;
  g_hash_table_add (self->untold, mesh_peer_id_ref (entry->peer_id));
  if (self->tell_id == 0)
    self->tell_id = g_timeout_add (MESH_PEER_BOOK_TELL_MS, tell_cb, self);
}

/* ---- the disk ---- */

/* A batch on its way to the disk. The job looks at @db and @rows only. */
typedef struct
{
  MeshPeerBook *self; /* (owned) */
  MeshPeerBookDb *db; /* (unowned) */
  GPtrArray *rows;    /* (owned) (element-type MeshPeerRow) */
  gboolean is_last;   /* the job also closes the database */
} Batch;

static gpointer
write_job (gpointer input, GCancellable *cancellable, GError **error)
{
  const Batch *batch = input;
  gboolean is_good = mesh_peer_book_db_write (batch->db, batch->rows, error);

  if (batch->is_last)
    mesh_peer_book_db_free (batch->db);
  return GINT_TO_POINTER (is_good);
}

static void write_batch (MeshPeerBook *self, gboolean is_last);

static void
finish_close (MeshPeerBook *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->closing);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Batch *batch = user_data;
  g_autoptr (MeshPeerBook) self = batch->self;
  g_autoptr (GPtrArray) rows = batch->rows;
  g_autoptr (GError) error = NULL;
  gboolean is_last = batch->is_last;

  if (mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error) == NULL)
    g_message ("%s", error->message);
  g_free (batch);
  self->is_writing = FALSE;
  /* What could not be written is tried again with the next batch. */
  for (guint i = 0; error != NULL && i < rows->len; i++)
    {
      const MeshPeerRow *row = g_ptr_array_index (rows, i);
      gsize len;
      const guint8 *data = g_bytes_get_data (row->id, &len);
      g_autoptr (MeshPeerId) peer = mesh_peer_id_from_bytes (data, len, NULL);
      MeshPeerEntry *entry = mesh_peer_table_find (self->table, peer);

      if (entry != NULL)
        entry->is_dirty = TRUE;
    }
  if (is_last)
    finish_close (self, g_steal_pointer (&error));
  else if (self->closing != NULL)
    write_batch (self, TRUE);
}

static void
write_batch (MeshPeerBook *self, gboolean is_last)
{
  g_autoptr (GPtrArray) rows = mesh_peer_table_take_rows (self->table);
  Batch *batch;

  if (rows->len == 0 && !is_last)
    return;
  batch = g_new0 (Batch, 1);
  batch->self = g_object_ref (self);
  batch->db = self->db;
  batch->rows = g_steal_pointer (&rows);
  batch->is_last = is_last;
  if (is_last)
    self->db = NULL;
  self->is_writing = TRUE;
  mesh_work_pool_run_async (self->pool, MESH_WORK_PRIORITY_LOW, write_job, batch, NULL,
                            NULL, NULL, written_cb, batch);
}

/* ---- what connections tell ---- */

/* Counts the time the peer was there since it was counted last. */
static void
note_presence (MeshPeerBook *self, MeshPeerEntry *entry, gint64 now_us)
{
  mesh_peer_score_note_presence (&entry->score, TRUE, now_us - entry->present_us, now_us);
  entry->present_us = now_us;
  entry->last_seen_s = now_us / G_USEC_PER_SEC;
  entry->is_dirty = TRUE;
}

static void
meet (MeshPeerBook *self, MeshConnection *connection)
{
  gint64 now_us = get_now_us (self);
  MeshPeerEntry *entry = mesh_peer_table_ensure (
      self->table, mesh_connection_get_peer_id (connection), now_us);
  MeshMultiaddr *remote = mesh_connection_get_remote_addr (connection);

  if (entry == NULL)
    return;
  if (entry->remote == NULL)
    entry->present_us = now_us;
  g_clear_pointer (&entry->remote, mesh_multiaddr_unref);
  entry->remote = mesh_multiaddr_ref (remote);
  /* The port that an inbound connection came from is nobody's to dial. */
  if (mesh_connection_get_direction (connection) == MESH_DIRECTION_OUTBOUND)
    {
      mesh_peer_table_add_addr (entry, remote, MESH_PEER_ADDR_PROVEN);
      mesh_peer_score_note_success (&entry->score, now_us);
    }
  mesh_peer_table_note_dial (self->table, entry, TRUE, now_us);
  note_presence (self, entry, now_us);
  tell (self, entry);
}

/* Whether a peer seen at @remote may name @addr: from outside nobody names addresses
 * inside, and only this machine names its loopback. */
static gboolean
is_plausible (const MeshMultiaddr *addr, const MeshMultiaddr *remote)
{
  MeshAddrScope scope = mesh_addr_scope_of (addr), from = mesh_addr_scope_of (remote);

  if (mesh_addr_scope_is_relayed (remote))
    from = MESH_ADDR_SCOPE_PUBLIC;
  if (scope == MESH_ADDR_SCOPE_LOOPBACK)
    return from == MESH_ADDR_SCOPE_LOOPBACK;
  return !mesh_addr_scope_is_lan (scope) || mesh_addr_scope_is_lan (from);
}

static void
learn (MeshPeerBook *self, MeshConnection *connection)
{
  const MeshPeerInfo *info = mesh_connection_get_peer_info (connection);
  MeshPeerEntry *entry
      = mesh_peer_table_find (self->table, mesh_connection_get_peer_id (connection));
  MeshMultiaddr *remote = mesh_connection_get_remote_addr (connection);

  if (entry == NULL || info == NULL)
    return;
  mesh_peer_table_clear_signed (entry);
  for (guint i = 0; i < info->listen_addrs->len; i++)
    if (is_plausible (g_ptr_array_index (info->listen_addrs, i), remote))
      mesh_peer_table_add_addr (entry, g_ptr_array_index (info->listen_addrs, i),
                                MESH_PEER_ADDR_SIGNED);
  if (info->signed_record != NULL
      && g_bytes_get_size (info->signed_record) <= MESH_PEER_TABLE_MAX_RECORD_BYTES)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (info->signed_record, &len);
      g_autoptr (MeshPeerRecord) record = mesh_peer_record_open (data, len, NULL);

      if (record != NULL)
        mesh_peer_table_take_record (entry, info->signed_record,
                                     mesh_peer_record_get_seq (record));
    }
  tell (self, entry);
}

static void
connected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  meet (user_data, connection);
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  learn (user_data, connection);
}

static void
disconnected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshPeerBook *self = user_data;
  MeshPeerId *peer = mesh_connection_get_peer_id (connection);
  MeshPeerEntry *entry = mesh_peer_table_find (self->table, peer);
  MeshConnection *other = mesh_host_find_connection (host, peer);

  if (entry == NULL || entry->remote == NULL || (other != NULL && other != connection))
    return;
  note_presence (self, entry, get_now_us (self));
  g_clear_pointer (&entry->remote, mesh_multiaddr_unref);
  tell (self, entry);
}

static void
measure (MeshPeerBook *self)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);
  gint64 now_us = get_now_us (self);

  for (guint i = 0; i < connections->len; i++)
    {
      MeshConnection *connection = g_ptr_array_index (connections, i);
      gint64 latency_us = mesh_connection_get_latency_us (connection);
      MeshPeerEntry *entry
          = mesh_peer_table_find (self->table, mesh_connection_get_peer_id (connection));

      if (entry == NULL || entry->remote == NULL)
        continue;
      note_presence (self, entry, now_us);
      if (latency_us >= 0)
        mesh_peer_score_note_latency (&entry->score, latency_us, now_us);
      tell (self, entry);
    }
}

static gboolean
tick_cb (gpointer user_data)
{
  MeshPeerBook *self = user_data;

  measure (self);
  if (++self->n_ticks % (MESH_PEER_BOOK_FLUSH_S / MESH_PEER_BOOK_TICK_S) == 0)
    {
      mesh_peer_table_expire (self->table, get_now_us (self));
      if (self->db != NULL && !self->is_writing)
        write_batch (self, FALSE);
    }
  return G_SOURCE_CONTINUE;
}

/* ---- life ---- */

static void
stop (MeshPeerBook *self)
{
  self->is_closed = TRUE;
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->tell_id, g_source_remove);
  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
}

static void
mesh_peer_book_dispose (GObject *object)
{
  MeshPeerBook *self = MESH_PEER_BOOK (object);

  stop (self);
  g_clear_object (&self->host);
  g_clear_object (&self->pool);
  G_OBJECT_CLASS (mesh_peer_book_parent_class)->dispose (object);
}

static void
mesh_peer_book_finalize (GObject *object)
{
  MeshPeerBook *self = MESH_PEER_BOOK (object);

  g_clear_pointer (&self->db, mesh_peer_book_db_free);
  g_clear_pointer (&self->table, mesh_peer_table_free);
  g_clear_pointer (&self->untold, g_hash_table_unref);
  G_OBJECT_CLASS (mesh_peer_book_parent_class)->finalize (object);
}

static void
mesh_peer_book_class_init (MeshPeerBookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mesh_peer_book_dispose;
  object_class->finalize = mesh_peer_book_finalize;
  signals[SIGNAL_PEER_CHANGED]
      = g_signal_new ("peer-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
mesh_peer_book_init (MeshPeerBook *self)
{
  self->clock_shift_us = g_get_real_time () - g_get_monotonic_time ();
  self->untold = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                        (GDestroyNotify) mesh_peer_id_unref, NULL);
}

static void
start (MeshPeerBook *self)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);

  for (guint i = 0; i < connections->len; i++)
    {
      meet (self, g_ptr_array_index (connections, i));
      learn (self, g_ptr_array_index (connections, i));
    }
  g_signal_connect_object (self->host, "peer-connected", G_CALLBACK (connected_cb), self,
                           0);
  g_signal_connect_object (self->host, "peer-identified", G_CALLBACK (identified_cb),
                           self, 0);
  g_signal_connect_object (self->host, "peer-disconnected", G_CALLBACK (disconnected_cb),
                           self, 0);
  self->tick_id = g_timeout_add_seconds (MESH_PEER_BOOK_TICK_S, tick_cb, self);
}

/* What the job that opens the database is given, and gives. */
typedef struct
{
  char *path;           /* (owned) (nullable) */
  MeshPeerId *peer;     /* (owned) (nullable): this node */
  MeshPeerBookDb *db;   /* (owned) (nullable) */
  MeshPeerTable *table; /* (owned) (nullable) */
  guint64 seed;
  gint64 now_us;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->path);
  g_clear_pointer (&opening->peer, mesh_peer_id_unref);
  g_clear_pointer (&opening->db, mesh_peer_book_db_free);
  g_clear_pointer (&opening->table, mesh_peer_table_free);
  g_free (opening);
}

static gpointer
open_job (gpointer input, GCancellable *cancellable, GError **error)
{
  const Opening *opening = input;
  Opening *opened = g_new0 (Opening, 1);

  opened->db = mesh_peer_book_db_open (opening->path, error);
  opened->table = mesh_peer_table_new (opening->peer, opening->seed);
  if (opened->db == NULL
      || !mesh_peer_book_db_load (opened->db, opened->table, opening->now_us, error))
    g_clear_pointer (&opened, opening_free);
  return opened;
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeshPeerBook *self = g_task_get_task_data (task);
  GError *error = NULL;
  Opening *opened = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (opened == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->db = g_steal_pointer (&opened->db);
  self->table = g_steal_pointer (&opened->table);
  opening_free (opened);
  start (self);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

void
mesh_peer_book_open_async (MeshHost *host,
                           const char *path,
                           MeshWorkPool *pool,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (MeshPeerBook) self = g_object_new (MESH_TYPE_PEER_BOOK, NULL);
  guint64 seed = (guint64) g_random_int () << 32 | g_random_int ();
  Opening *opening;

  g_return_if_fail (path == NULL || pool != NULL);

  g_task_set_source_tag (task, mesh_peer_book_open_async);
  g_task_set_task_data (task, g_object_ref (self), g_object_unref);
  self->host = g_object_ref (host);
  if (path == NULL)
    {
      self->table = mesh_peer_table_new (mesh_host_get_peer_id (host), seed);
      start (self);
      g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
      return;
    }
  self->pool = g_object_ref (pool);
  opening = g_new0 (Opening, 1);
  opening->path = g_strdup (path);
  opening->peer = mesh_peer_id_ref (mesh_host_get_peer_id (host));
  opening->seed = seed;
  opening->now_us = get_now_us (self);
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, open_job, opening,
                            opening_free, opening_free, cancellable, opened_cb,
                            g_steal_pointer (&task));
}

MeshPeerBook *
mesh_peer_book_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mesh_peer_book_close_async (MeshPeerBook *self,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (MESH_IS_PEER_BOOK (self));

  g_task_set_source_tag (task, mesh_peer_book_close_async);
  if (self->is_closed)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  measure (self);
  stop (self);
  if (self->db == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  self->closing = g_steal_pointer (&task);
  if (!self->is_writing)
    write_batch (self, TRUE);
}

gboolean
mesh_peer_book_close_finish (MeshPeerBook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- entries ---- */

void
mesh_peer_book_add_hearsay (MeshPeerBook *self, MeshPeerId *peer, GPtrArray *addrs)
{
  MeshPeerEntry *entry = mesh_peer_table_ensure (self->table, peer, get_now_us (self));

  for (guint i = 0; entry != NULL && i < addrs->len; i++)
    mesh_peer_table_add_addr (entry, g_ptr_array_index (addrs, i),
                              MESH_PEER_ADDR_HEARSAY);
}

MeshPeerId *
mesh_peer_book_add_record (MeshPeerBook *self,
                           GBytes *envelope,
                           const MeshMultiaddr *giver,
                           GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (envelope, &len);
  g_autoptr (MeshPeerRecord) record = NULL;
  const GPtrArray *addrs;
  MeshPeerEntry *entry;

  if (len > MESH_PEER_TABLE_MAX_RECORD_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "A peer's record has more than %d bytes",
                   MESH_PEER_TABLE_MAX_RECORD_BYTES);
      return NULL;
    }
  record = mesh_peer_record_open (data, len, error);
  if (record == NULL)
    return NULL;
  entry = mesh_peer_table_ensure (self->table, mesh_peer_record_get_peer_id (record),
                                  get_now_us (self));
  if (entry == NULL
      || !mesh_peer_table_take_record (entry, envelope,
                                       mesh_peer_record_get_seq (record)))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_ROLLBACK,
                   "A newer record of %s is known",
                   mesh_peer_id_to_string (mesh_peer_record_get_peer_id (record)));
      return NULL;
    }
  addrs = mesh_peer_record_get_addrs (record);
  mesh_peer_table_clear_signed (entry);
  for (guint i = 0; i < addrs->len; i++)
    {
      MeshMultiaddr *addr = g_ptr_array_index (addrs, i);

      if (giver == NULL || is_plausible (addr, giver))
        mesh_peer_table_add_addr (entry, addr, MESH_PEER_ADDR_SIGNED);
    }
  return mesh_peer_id_ref (entry->peer_id);
}

/* The entry of a peer that did something just now. */
static MeshPeerEntry *
touch (MeshPeerBook *self, MeshPeerId *peer)
{
  MeshPeerEntry *entry = mesh_peer_table_ensure (self->table, peer, get_now_us (self));

  if (entry != NULL)
    {
      entry->is_dirty = TRUE;
      if (entry->remote != NULL)
        tell (self, entry);
    }
  return entry;
}

void
mesh_peer_book_note_transfer (MeshPeerBook *self,
                              MeshPeerId *peer,
                              guint64 n_bytes,
                              gint64 elapsed_us)
{
  MeshPeerEntry *entry = touch (self, peer);

  if (entry != NULL)
    mesh_peer_score_note_transfer (&entry->score, n_bytes, elapsed_us, get_now_us (self));
}

void
mesh_peer_book_note_success (MeshPeerBook *self, MeshPeerId *peer)
{
  MeshPeerEntry *entry = touch (self, peer);

  if (entry != NULL)
    mesh_peer_score_note_success (&entry->score, get_now_us (self));
}

void
mesh_peer_book_note_failure (MeshPeerBook *self, MeshPeerId *peer)
{
  MeshPeerEntry *entry = touch (self, peer);

  if (entry != NULL)
    mesh_peer_score_note_failure (&entry->score, get_now_us (self));
}

void
mesh_peer_book_note_bad (MeshPeerBook *self, MeshPeerId *peer)
{
  MeshPeerEntry *entry = touch (self, peer);

  if (entry != NULL)
    mesh_peer_score_note_bad (&entry->score, get_now_us (self));
}

void
mesh_peer_book_set_roles (MeshPeerBook *self, MeshPeerId *peer, guint roles)
{
  MeshPeerEntry *entry = mesh_peer_table_find (self->table, peer);

  if (entry == NULL || entry->roles == roles)
    return;
  entry->roles = roles;
  entry->is_dirty = TRUE;
  tell (self, entry);
}

guint
mesh_peer_book_get_n_peers (MeshPeerBook *self)
{
  return mesh_peer_table_get_n_peers (self->table);
}

gboolean
mesh_peer_book_lookup (MeshPeerBook *self, const MeshPeerId *peer, MeshPeerBookEntry *out)
{
  MeshPeerEntry *entry = mesh_peer_table_find (self->table, peer);

  if (entry == NULL)
    return FALSE;
  out->peer_id = entry->peer_id;
  out->addrs = entry->addrs;
  out->signed_record = mesh_peer_table_get_record (entry);
  out->peer_class = mesh_peer_table_get_class (entry);
  out->roles = entry->roles;
  out->last_seen_s = entry->last_seen_s;
  out->is_connected = entry->remote != NULL;
  mesh_peer_score_explain (&entry->score, get_now_us (self), &out->score);
  return TRUE;
}

double
mesh_peer_book_get_score (MeshPeerBook *self, const MeshPeerId *peer)
{
  MeshPeerEntry *entry = mesh_peer_table_find (self->table, peer);

  return entry != NULL ? mesh_peer_score_get (&entry->score, get_now_us (self))
                       : MESH_PEER_SCORE_NEUTRAL;
}

GPtrArray *
mesh_peer_book_dup_candidates (MeshPeerBook *self, guint classes, guint max)
{
  return mesh_peer_table_pick (self->table, classes, max, get_now_us (self));
}

GPtrArray *
mesh_peer_book_dup_best (MeshPeerBook *self)
{
  return mesh_peer_table_best (self->table, get_now_us (self));
}

/* ---- dialing ---- */

gboolean
mesh_peer_book_may_dial (MeshPeerBook *self, const MeshPeerId *peer)
{
  MeshPeerEntry *entry = mesh_peer_table_find (self->table, peer);

  return entry != NULL && mesh_peer_table_is_dialable (entry, get_now_us (self));
}

static void
dialed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeshPeerBook *self = g_task_get_source_object (task);
  MeshPeerEntry *entry = mesh_peer_table_find (self->table, g_task_get_task_data (task));
  GError *error = NULL;
  MeshConnection *connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);

  if (entry != NULL)
    entry->is_dialing = FALSE;
  if (connection != NULL)
    {
      g_task_return_pointer (task, connection, g_object_unref);
      return;
    }
  /* Our own bounds and a change of mind are not the peer's fault. */
  if (entry != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      && !g_error_matches (error, MESH_ERROR, MESH_ERROR_LIMIT)
      && !g_error_matches (error, MESH_ERROR, MESH_ERROR_CLOSED))
    mesh_peer_table_note_dial (self->table, entry, FALSE, get_now_us (self));
  g_task_return_error (task, error);
}

void
mesh_peer_book_dial_async (MeshPeerBook *self,
                           MeshPeerId *peer,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) addrs = NULL;
  MeshPeerEntry *entry = mesh_peer_table_find (self->table, peer);

  g_task_set_source_tag (task, mesh_peer_book_dial_async);
  if (entry == NULL || entry->addrs->len == 0)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                               "No address of the peer %s is known",
                               mesh_peer_id_to_string (peer));
      return;
    }
  g_task_set_task_data (task, mesh_peer_id_ref (peer),
                        (GDestroyNotify) mesh_peer_id_unref);
  addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  for (guint i = 0; i < entry->addrs->len; i++)
    g_ptr_array_add (addrs, mesh_multiaddr_ref (g_ptr_array_index (entry->addrs, i)));
  entry->is_dialing = TRUE;
  mesh_host_connect_async (self->host, entry->peer_id, addrs, cancellable, dialed_cb,
                           g_steal_pointer (&task));
}

MeshConnection *
mesh_peer_book_dial_finish (MeshPeerBook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
