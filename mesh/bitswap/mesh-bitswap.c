/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap.h"

#include "base/mesh-error.h"
#include "bitswap/mesh-bitswap-link.h"
#include "bitswap/mesh-bitswap-private.h"
#include "bitswap/mesh-bitswap-serve.h"
#include "bitswap/mesh-bitswap-writer.h"

#define SAVE_INTERVAL_S 300
#define LIMIT_BURST_BYTES (4u << 20)

/* The node's block exchange: the cores in the middle, links to peers on one side, the
 * store on the other. Owned by MeshNode; lives in the main context of the host. */

G_DEFINE_FINAL_TYPE (MeshBitswap, mesh_bitswap, G_TYPE_OBJECT)

enum
{
  PEER_DROPPED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

void
mesh_bitswap_peer_stats_free (MeshBitswapPeerStats *stats)
{
  mesh_peer_id_unref (stats->peer_id);
  g_free (stats);
}

static void
peer_free (gpointer data)
{
  MeshBitswapPeer *peer = data;

  g_assert (peer->link == NULL);
  mesh_peer_id_unref (peer->peer_id);
  g_free (peer->text);
  g_free (peer);
}

/* Peers. */

static void
forget_oldest_peer (MeshBitswap *self)
{
  for (guint i = 0; i < self->peer_order->len; i++)
    {
      MeshBitswapPeer *peer = g_ptr_array_index (self->peer_order, i);

      if (peer->link != NULL)
        continue;
      g_hash_table_remove (self->peers, &peer->number);
      g_hash_table_remove (self->peers_by_id, peer->peer_id);
      g_ptr_array_remove_index (self->peer_order, i);
      return;
    }
}

MeshBitswapPeer *
mesh_bitswap_meet (MeshBitswap *self, MeshPeerId *peer_id)
{
  MeshBitswapPeer *peer = g_hash_table_lookup (self->peers_by_id, peer_id);

  if (peer != NULL)
    return peer;
  if (self->peer_order->len >= MESH_BITSWAP_MAX_PEERS_MET)
    forget_oldest_peer (self);
  peer = g_new0 (MeshBitswapPeer, 1);
  peer->number = self->next_number++;
  peer->peer_id = mesh_peer_id_ref (peer_id);
  peer->text = g_strdup (mesh_peer_id_to_string (peer_id));
  g_hash_table_insert (self->peers, &peer->number, peer);
  g_hash_table_insert (self->peers_by_id, peer->peer_id, peer);
  g_ptr_array_add (self->peer_order, peer);
  return peer;
}

MeshBitswapLink *
mesh_bitswap_find_link (MeshBitswap *self, guint64 number)
{
  MeshBitswapPeer *peer = g_hash_table_lookup (self->peers, &number);

  return peer != NULL ? peer->link : NULL;
}

static void
link_peer (MeshBitswap *self, MeshBitswapPeer *peer)
{
  gint64 now_us = g_get_monotonic_time ();

  if (peer->link != NULL || peer->is_banned || self->is_stopped)
    return;
  if (!mesh_bitswap_server_add_peer (self->server, peer->number, peer->text))
    return;
  peer->link = mesh_bitswap_link_new (self, peer);
  if (!mesh_bitswap_client_add_peer (self->client, peer->number, MESH_BITSWAP_1_2_0,
                                     now_us))
    g_debug ("bitswap: too many peers to ask %s for anything", peer->text);
}

static void
keep_stats (MeshBitswap *self, MeshBitswapPeer *peer)
{
  MeshBitswapClientStats now, *sum = &peer->received;

  if (!mesh_bitswap_client_get_stats (self->client, peer->number, &now))
    return;
  sum->bytes += now.bytes;
  sum->blocks += now.blocks;
  sum->unwanted_bytes += now.unwanted_bytes;
  sum->unwanted_blocks += now.unwanted_blocks;
  sum->bad_blocks += now.bad_blocks;
  sum->timeouts += now.timeouts;
  sum->rate_bps = now.rate_bps;
  sum->latency_us = now.latency_us;
}

static void
unlink_peer (MeshBitswap *self, MeshBitswapPeer *peer)
{
  MeshBitswapLink *link = g_steal_pointer (&peer->link);

  if (link == NULL)
    return;
  keep_stats (self, peer);
  mesh_bitswap_link_close (link);
  mesh_bitswap_link_unref (link);
  mesh_bitswap_server_remove_peer (self->server, peer->number);
  mesh_bitswap_client_remove_peer (self->client, peer->number, g_get_monotonic_time ());
}

void
mesh_bitswap_drop (MeshBitswap *self, guint64 number, const GError *error)
{
  MeshBitswapPeer *peer = g_hash_table_lookup (self->peers, &number);
  g_autoptr (MeshPeerId) peer_id = NULL;

  if (peer == NULL || peer->link == NULL)
    return;
  unlink_peer (self, peer);
  if (error != NULL)
    {
      g_debug ("bitswap: dropped %s: %s", peer->text, error->message);
      peer->is_banned = TRUE;
      peer_id = mesh_peer_id_ref (peer->peer_id);
      g_signal_emit (self, signals[PEER_DROPPED], 0, peer_id, error);
    }
  mesh_bitswap_settle (self);
}

/* What the host tells. */

static gboolean
lacks_bitswap (MeshConnection *connection)
{
  if (mesh_connection_get_peer_info (connection) == NULL)
    return FALSE;
  for (guint i = 0; mesh_bitswap_writer_protocols[i] != NULL; i++)
    if (mesh_connection_supports (connection, mesh_bitswap_writer_protocols[i]))
      return FALSE;
  return TRUE;
}

static void
take_connection (MeshBitswap *self, MeshConnection *connection)
{
  MeshBitswapPeer *peer
      = mesh_bitswap_meet (self, mesh_connection_get_peer_id (connection));

  if (lacks_bitswap (connection))
    mesh_bitswap_drop (self, peer->number, NULL);
  else
    link_peer (self, peer);
  mesh_bitswap_settle (self);
}

static void
connected_cb (MeshHost *host, MeshConnection *connection, MeshBitswap *self)
{
  take_connection (self, connection);
}

static void
disconnected_cb (MeshHost *host, MeshConnection *connection, MeshBitswap *self)
{
  MeshPeerId *peer_id = mesh_connection_get_peer_id (connection);
  MeshBitswapPeer *peer = g_hash_table_lookup (self->peers_by_id, peer_id);
  MeshConnection *other = mesh_host_find_connection (host, peer_id);

  if (peer == NULL)
    return;
  unlink_peer (self, peer);
  if (other != NULL && other != connection && !mesh_connection_is_closed (other))
    link_peer (self, peer);
  mesh_bitswap_settle (self);
}

static void
stream_cb (MeshStream *stream, gpointer user_data)
{
  MeshBitswap *self = user_data;
  g_autoptr (MeshStream) owned = stream;
  MeshConnection *connection = mesh_stream_get_connection (stream);
  MeshBitswapPeer *peer;

  if (connection == NULL)
    return;
  peer = mesh_bitswap_meet (self, mesh_connection_get_peer_id (connection));
  link_peer (self, peer);
  if (peer->link != NULL)
    mesh_bitswap_link_take_stream (peer->link, stream);
}

/* Requests. */

guint64
mesh_bitswap_request (MeshBitswap *self,
                      guint64 session,
                      MeshCid *cid,
                      int priority,
                      GTask *task)
{
  g_autoptr (GTask) owned = task;
  guint64 request = 0;

  if (!self->is_stopped)
    request = mesh_bitswap_client_request (self->client, session, cid, priority,
                                           g_get_monotonic_time ());
  if (request == 0)
    {
      if (self->is_stopped)
        g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                                 "Block exchange has ended");
      else
        g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BUSY,
                                 "Too many blocks are wanted at once");
      return 0;
    }
  g_hash_table_insert (self->requests, g_memdup2 (&request, sizeof request),
                       g_steal_pointer (&owned));
  mesh_bitswap_settle (self);
  return request;
}

gboolean
mesh_bitswap_cancel_request (MeshBitswap *self, guint64 request)
{
  if (!g_hash_table_remove (self->requests, &request))
    return FALSE;
  mesh_bitswap_client_cancel (self->client, request, g_get_monotonic_time ());
  mesh_bitswap_settle (self);
  return TRUE;
}

static GTask *
steal_request (MeshBitswap *self, guint64 request)
{
  g_autofree gpointer key = NULL;
  gpointer task = NULL;

  g_hash_table_steal_extended (self->requests, &request, &key, &task);
  return task;
}

static void
fail_request (MeshBitswap *self, guint64 request, MeshError code, const char *message)
{
  g_autoptr (GTask) task = steal_request (self, request);

  if (task != NULL)
    g_task_return_new_error (task, MESH_ERROR, code, "%s", message);
}

/* The main loop's side of the cores. */

static void
handle_event (MeshBitswap *self, const MeshBitswapClientEvent *event)
{
  g_autoptr (GError) error = NULL;
  MeshBitswapLink *link;
  GTask *task;

  switch (event->type)
    {
    case MESH_BITSWAP_CLIENT_WANTS:
      link = mesh_bitswap_find_link (self, event->peer);
      if (link != NULL)
        mesh_bitswap_link_pump (link);
      break;
    case MESH_BITSWAP_CLIENT_GOT:
      task = steal_request (self, event->request);
      if (task != NULL)
        g_ptr_array_add (self->got, task);
      break;
    case MESH_BITSWAP_CLIENT_NOT_FOUND:
      fail_request (self, event->request, MESH_ERROR_NOT_FOUND,
                    "None of the connected peers has the block");
      break;
    case MESH_BITSWAP_CLIENT_TIMED_OUT:
      fail_request (self, event->request, MESH_ERROR_TIMED_OUT,
                    "No peer sent the block in time");
      break;
    case MESH_BITSWAP_CLIENT_LIAR:
      error = g_error_new (MESH_ERROR, MESH_ERROR_MISMATCH,
                           "The peer sent a block that was not asked for");
      mesh_bitswap_drop (self, event->peer, error);
      break;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
timer_cb (gpointer user_data)
{
  MeshBitswap *self = user_data;

  self->timer_id = 0;
  self->timer_us = G_MAXINT64;
  mesh_bitswap_client_handle_timeout (self->client, g_get_monotonic_time ());
  mesh_bitswap_settle (self);
  return G_SOURCE_REMOVE;
}

void
mesh_bitswap_wake_at (MeshBitswap *self, gint64 at_us)
{
  gint64 wait_us = MAX (at_us - g_get_monotonic_time (), 0);

  if (at_us >= self->timer_us || at_us == G_MAXINT64 || self->is_stopped)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_us = at_us;
  self->timer_id
      = g_timeout_add ((guint) MIN (wait_us / 1000 + 1, 3600 * 1000), timer_cb, self);
}

static gboolean
idle_cb (gpointer user_data)
{
  MeshBitswap *self = user_data;

  self->idle_id = 0;
  mesh_bitswap_settle (self);
  return G_SOURCE_REMOVE;
}

static void
resume_links (MeshBitswap *self)
{
  for (guint i = 0; i < self->peer_order->len; i++)
    {
      MeshBitswapPeer *peer = g_ptr_array_index (self->peer_order, i);

      if (peer->link != NULL)
        mesh_bitswap_link_resume (peer->link);
    }
}

void
mesh_bitswap_settle (MeshBitswap *self)
{
  g_autoptr (MeshBitswap) guard = g_object_ref (self);
  MeshBitswapClientEvent event;

  self->must_settle = TRUE;
  if (self->is_settling || self->is_stopped)
    return;
  self->is_settling = TRUE;
  while (self->must_settle && !self->is_stopped)
    {
      self->must_settle = FALSE;
      while (mesh_bitswap_client_poll_event (self->client, &event))
        handle_event (self, &event);
      if (!mesh_bitswap_serve_pump (self) && self->idle_id == 0)
        self->idle_id = g_idle_add (idle_cb, self);
      resume_links (self);
    }
  self->is_settling = FALSE;
  mesh_bitswap_wake_at (self, mesh_bitswap_client_next_deadline_us (self->client));
}

/* The ledger's file. */

static void
save_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_IO,
                           "Cannot write the Bitswap ledger: %s", error->message);
}

static void
save_async (MeshBitswap *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) text = NULL;

  g_task_set_source_tag (task, save_async);
  if (self->ledger_path == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  file = g_file_new_for_path (self->ledger_path);
  text = mesh_bitswap_ledger_to_text (self->ledger);
  g_file_replace_contents_bytes_async (file, text, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                                       NULL, save_cb, g_steal_pointer (&task));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("%s", error->message);
}

static gboolean
save_timer_cb (gpointer user_data)
{
  save_async (user_data, saved_cb, NULL);
  return G_SOURCE_CONTINUE;
}

/* Start and stop. */

static void
set_handlers (MeshBitswap *self, MeshHandler handler)
{
  for (guint i = 0; mesh_bitswap_writer_protocols[i] != NULL; i++)
    mesh_host_set_handler (self->host, mesh_bitswap_writer_protocols[i], handler,
                           handler != NULL ? self : NULL, NULL);
}

static void
begin (MeshBitswap *self)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);

  self->is_started = TRUE;
  set_handlers (self, stream_cb);
  g_signal_connect_object (self->host, "peer-connected", G_CALLBACK (connected_cb), self,
                           0);
  g_signal_connect_object (self->host, "peer-identified", G_CALLBACK (connected_cb), self,
                           0);
  g_signal_connect_object (self->host, "peer-disconnected", G_CALLBACK (disconnected_cb),
                           self, 0);
  for (guint i = 0; i < connections->len; i++)
    take_connection (self, g_ptr_array_index (connections, i));
  if (self->ledger_path != NULL)
    self->save_id = g_timeout_add_seconds (SAVE_INTERVAL_S, save_timer_cb, self);
}

static void
load_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeshBitswap *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  MeshBitswapLedger *ledger = NULL;
  g_autofree char *text = NULL;
  gsize len;

  if (g_file_load_contents_finish (G_FILE (source), result, &text, &len, NULL, &error))
    ledger = mesh_bitswap_ledger_from_text ((const guint8 *) text, len, &error);
  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_pointer (&ledger, mesh_bitswap_ledger_free);
      return;
    }
  if (ledger != NULL)
    {
      /* nothing is in the empty one: nobody was linked before begin() */
      mesh_bitswap_server_free (self->server);
      mesh_bitswap_ledger_free (self->ledger);
      self->ledger = ledger;
      self->server = mesh_bitswap_server_new (ledger, MESH_BITSWAP_MAX_SEND_BYTES);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_warning ("%s: %s", self->ledger_path, error->message);
    }
  begin (self);
  g_task_return_boolean (task, TRUE);
}

void
mesh_bitswap_start_async (MeshBitswap *self,
                          const char *ledger_path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GFile) file = NULL;

  g_return_if_fail (!self->is_started && !self->is_stopped);

  g_task_set_source_tag (task, mesh_bitswap_start_async);
  self->ledger_path = g_strdup (ledger_path);
  if (ledger_path == NULL)
    {
      begin (self);
      g_task_return_boolean (task, TRUE);
      return;
    }
  file = g_file_new_for_path (ledger_path);
  g_file_load_contents_async (file, cancellable, load_cb, g_steal_pointer (&task));
}

gboolean
mesh_bitswap_start_finish (MeshBitswap *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Ends everything but the object itself. */
static void
shut_down (MeshBitswap *self)
{
  g_autoptr (GHashTable) requests = NULL;
  GHashTableIter iter;
  gpointer task;

  if (self->is_stopped)
    return;
  self->is_stopped = TRUE;
  if (self->is_started)
    set_handlers (self, NULL);
  g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_clear_handle_id (&self->save_id, g_source_remove);
  for (guint i = 0; i < self->peer_order->len; i++)
    unlink_peer (self, g_ptr_array_index (self->peer_order, i));
  requests = g_steal_pointer (&self->requests);
  self->requests
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  g_hash_table_iter_init (&iter, requests);
  while (g_hash_table_iter_next (&iter, NULL, &task))
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                             "Block exchange has ended");
}

void
mesh_bitswap_stop_async (MeshBitswap *self,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  shut_down (self);
  save_async (self, callback, user_data);
}

gboolean
mesh_bitswap_stop_finish (MeshBitswap *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Settings and figures. */

void
mesh_bitswap_set_serving (MeshBitswap *self, gboolean is_serving)
{
  is_serving = !!is_serving;
  if (self->is_serving == is_serving)
    return;
  self->is_serving = is_serving;
  if (!is_serving)
    mesh_bitswap_server_withdraw (self->server);
  mesh_bitswap_settle (self);
}

gboolean
mesh_bitswap_get_serving (MeshBitswap *self)
{
  return self->is_serving;
}

void
mesh_bitswap_set_rate_limits (MeshBitswap *self, guint64 upload_bps, guint64 download_bps)
{
  gint64 now_us = g_get_monotonic_time ();

  mesh_token_bucket_init (&self->upload, upload_bps, LIMIT_BURST_BYTES, now_us);
  mesh_token_bucket_init (&self->download, download_bps, LIMIT_BURST_BYTES, now_us);
  mesh_bitswap_settle (self);
}

void
mesh_bitswap_notify_shared (MeshBitswap *self, MeshCid *cid)
{
  mesh_bitswap_server_notify (self->server, cid);
  mesh_bitswap_settle (self);
}

GPtrArray *
mesh_bitswap_get_peer_stats (MeshBitswap *self)
{
  GPtrArray *all
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_bitswap_peer_stats_free);

  for (guint i = 0; i < self->peer_order->len; i++)
    {
      const MeshBitswapPeer *peer = g_ptr_array_index (self->peer_order, i);
      const MeshBitswapClientStats *old = &peer->received;
      MeshBitswapClientStats now = { 0 };
      MeshBitswapPeerStats *stats = g_new0 (MeshBitswapPeerStats, 1);

      mesh_bitswap_client_get_stats (self->client, peer->number, &now);
      *stats = (MeshBitswapPeerStats){
        .peer_id = mesh_peer_id_ref (peer->peer_id),
        .bytes_received = old->bytes + now.bytes,
        .bytes_sent = peer->bytes_sent,
        .blocks_received = old->blocks + now.blocks,
        .blocks_sent = peer->blocks_sent,
        .unwanted_blocks = old->unwanted_blocks + now.unwanted_blocks,
        .unwanted_bytes = old->unwanted_bytes + now.unwanted_bytes,
        .bad_blocks = peer->is_banned ? 1 : 0,
        .timeouts = old->timeouts + now.timeouts,
        .rate_bps = now.rate_bps > 0 ? now.rate_bps : old->rate_bps,
        .latency_us = now.latency_us > 0 ? now.latency_us : old->latency_us,
      };
      g_ptr_array_add (all, stats);
    }
  return all;
}

static void
mesh_bitswap_dispose (GObject *object)
{
  shut_down (MESH_BITSWAP (object));
  G_OBJECT_CLASS (mesh_bitswap_parent_class)->dispose (object);
}

static void
mesh_bitswap_finalize (GObject *object)
{
  MeshBitswap *self = MESH_BITSWAP (object);

  mesh_bitswap_client_free (self->client);
  mesh_bitswap_server_free (self->server);
  mesh_bitswap_ledger_free (self->ledger);
  mesh_bitswap_hasher_unref (self->hasher);
  g_hash_table_unref (self->peers);
  g_hash_table_unref (self->peers_by_id);
  g_ptr_array_unref (self->peer_order);
  g_hash_table_unref (self->requests);
  g_ptr_array_unref (self->got);
  g_object_unref (self->host);
  g_object_unref (self->store);
  g_free (self->ledger_path);
  G_OBJECT_CLASS (mesh_bitswap_parent_class)->finalize (object);
}

static void
mesh_bitswap_class_init (MeshBitswapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mesh_bitswap_dispose;
  object_class->finalize = mesh_bitswap_finalize;
  signals[PEER_DROPPED]
      = g_signal_new ("peer-dropped", MESH_TYPE_BITSWAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_ERROR);
}

static void
mesh_bitswap_init (MeshBitswap *self)
{
  gint64 now_us = g_get_monotonic_time ();

  self->ledger = mesh_bitswap_ledger_new ();
  self->server = mesh_bitswap_server_new (self->ledger, MESH_BITSWAP_MAX_SEND_BYTES);
  self->peers = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->peers_by_id = g_hash_table_new (mesh_peer_id_hash, mesh_peer_id_equal);
  self->peer_order = g_ptr_array_new_with_free_func (peer_free);
  self->requests
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->got = g_ptr_array_new_with_free_func (g_object_unref);
  self->next_number = 1;
  self->timer_us = G_MAXINT64;
  mesh_token_bucket_init (&self->upload, 0, LIMIT_BURST_BYTES, now_us);
  mesh_token_bucket_init (&self->download, 0, LIMIT_BURST_BYTES, now_us);
}

MeshBitswap *
mesh_bitswap_new (MeshHost *host, MeshStore *store, MeshWorkPool *pool, guint64 seed)
{
  MeshBitswap *self = g_object_new (MESH_TYPE_BITSWAP, NULL);
  MeshRng rng;

  mesh_rng_init (&rng, seed);
  self->host = g_object_ref (host);
  self->store = g_object_ref (store);
  self->hasher = mesh_bitswap_hasher_new (pool);
  self->client = mesh_bitswap_client_new (&rng);
  return self;
}
