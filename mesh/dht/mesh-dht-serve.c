/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A stream being served owns itself: its one pending call holds it. It is in the list of
 * its MeshDhtServe until it ends or that goes. */
#include "config.h"

#include "dht/mesh-dht-serve.h"

#include "base/mesh-error.h"
#include "base/mesh-token-bucket.h"
#include "net/host/mesh-deadline.h"
#include "net/iface/mesh-frame.h"

struct MeshDhtServe
{
  MeshHost *host; /* (owned) */
  char *protocol; /* (owned) */
  MeshDhtServeFunc func;
  gpointer user_data;
  GHashTable *peers; /* (owned) (element-type MeshPeerId Peer) */
  GQueue streams;    /* (element-type Served): not owned */
  gulong disconnected_id;
};

/* Kept as long as the peer is connected: opening another stream gives no new tokens. */
typedef struct
{
  MeshTokenBucket bucket;
  guint n_streams;
} Peer;

typedef struct
{
  MeshDhtServe *serve;    /* (unowned) (nullable): %NULL once it is gone */
  GList link;             /* in serve->streams */
  MeshPeerId *peer_id;    /* (owned) */
  MeshStream *stream;     /* (owned) */
  MeshDeadline *deadline; /* (owned) (nullable) */
  GBytes *reply;          /* (owned) (nullable): being written */
} Served;

static void read_request (Served *served);

static void
leave (Served *served)
{
  MeshDhtServe *serve = g_steal_pointer (&served->serve);
  Peer *peer;

  if (serve == NULL)
    return;
  g_queue_unlink (&serve->streams, &served->link);
  peer = g_hash_table_lookup (serve->peers, served->peer_id);
  if (peer != NULL && peer->n_streams > 0)
    peer->n_streams--;
}

static void
served_free (Served *served)
{
  leave (served);
  g_clear_pointer (&served->deadline, mesh_deadline_free);
  g_clear_pointer (&served->reply, g_bytes_unref);
  g_object_unref (served->stream);
  mesh_peer_id_unref (served->peer_id);
  g_free (served);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Served, served_free)

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Served) served = user_data;

  g_clear_pointer (&served->reply, g_bytes_unref);
  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL)
      && served->serve != NULL)
    read_request (g_steal_pointer (&served));
}

static void
write_reply (Served *served, GBytes *reply)
{
  gsize len;
  gconstpointer data;

  served->reply = mesh_frame_wrap (reply);
  data = g_bytes_get_data (served->reply, &len);
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (served->stream)), data, len,
      G_PRIORITY_DEFAULT, mesh_deadline_get_cancellable (served->deadline), written_cb,
      served);
}

/* Letting go of a stream resets it. */
static void
request_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Served) served = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) request = mesh_frame_read_finish (result, &error);
  g_autoptr (GBytes) reply = NULL;
  MeshDhtServe *serve = served->serve;
  Peer *peer;

  if (serve == NULL)
    return;
  if (request == NULL)
    {
      if (g_error_matches (error, MESH_ERROR, MESH_ERROR_CLOSED))
        g_io_stream_close_async (G_IO_STREAM (served->stream), G_PRIORITY_DEFAULT, NULL,
                                 closed_cb, NULL);
      return;
    }
  peer = g_hash_table_lookup (serve->peers, served->peer_id);
  if (peer == NULL || !mesh_token_bucket_take (&peer->bucket, 1, g_get_monotonic_time ())
      || !serve->func (served->peer_id, request, &reply, serve->user_data)
      || served->serve == NULL)
    return;
  if (reply != NULL)
    write_reply (g_steal_pointer (&served), reply);
  else
    read_request (g_steal_pointer (&served));
}

static void
read_request (Served *served)
{
  g_clear_pointer (&served->deadline, mesh_deadline_free);
  served->deadline = mesh_deadline_new (NULL, MESH_DHT_SERVE_IDLE_US);
  mesh_frame_read_async (g_io_stream_get_input_stream (G_IO_STREAM (served->stream)),
                         MESH_DHT_SERVE_MAX_REQUEST_BYTES,
                         mesh_deadline_get_cancellable (served->deadline), request_cb,
                         served);
}

static Peer *
ensure_peer (MeshDhtServe *serve, MeshPeerId *peer_id)
{
  Peer *peer = g_hash_table_lookup (serve->peers, peer_id);

  if (peer == NULL)
    {
      peer = g_new0 (Peer, 1);
      mesh_token_bucket_init (&peer->bucket, MESH_DHT_SERVE_RATE, MESH_DHT_SERVE_BURST,
                              g_get_monotonic_time ());
      g_hash_table_insert (serve->peers, mesh_peer_id_ref (peer_id), peer);
    }
  return peer;
}

static void
stream_handler (MeshStream *stream, gpointer user_data)
{
  MeshDhtServe *serve = user_data;
  g_autoptr (MeshStream) owned = stream;
  MeshConnection *connection = mesh_stream_get_connection (stream);
  Served *served;
  Peer *peer;

  if (connection == NULL || serve->streams.length >= MESH_DHT_SERVE_MAX_STREAMS)
    return;
  peer = ensure_peer (serve, mesh_connection_get_peer_id (connection));
  if (peer->n_streams >= MESH_DHT_SERVE_MAX_PEER_STREAMS)
    return;
  peer->n_streams++;
  served = g_new0 (Served, 1);
  served->serve = serve;
  served->peer_id = mesh_peer_id_ref (mesh_connection_get_peer_id (connection));
  served->stream = g_steal_pointer (&owned);
  served->link.data = served;
  g_queue_push_tail_link (&serve->streams, &served->link);
  read_request (served);
}

static void
disconnected_cb (MeshHost *host, MeshConnection *connection, MeshDhtServe *serve)
{
  MeshPeerId *peer_id = mesh_connection_get_peer_id (connection);

  if (mesh_host_find_connection (host, peer_id) == NULL)
    g_hash_table_remove (serve->peers, peer_id);
}

MeshDhtServe *
mesh_dht_serve_new (MeshHost *host,
                    const char *protocol,
                    MeshDhtServeFunc func,
                    gpointer user_data)
{
  MeshDhtServe *serve = g_new0 (MeshDhtServe, 1);

  serve->host = g_object_ref (host);
  serve->protocol = g_strdup (protocol);
  serve->func = func;
  serve->user_data = user_data;
  serve->peers = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                        (GDestroyNotify) mesh_peer_id_unref, g_free);
  serve->disconnected_id
      = g_signal_connect (host, "peer-disconnected", G_CALLBACK (disconnected_cb), serve);
  mesh_host_set_handler (host, protocol, stream_handler, serve, NULL);
  return serve;
}

void
mesh_dht_serve_free (MeshDhtServe *serve)
{
  mesh_host_set_handler (serve->host, serve->protocol, NULL, NULL, NULL);
  g_clear_signal_handler (&serve->disconnected_id, serve->host);
  while (serve->streams.length > 0)
    {
      Served *served = serve->streams.head->data;

      leave (served);
      mesh_stream_reset (served->stream);
    }
  g_hash_table_unref (serve->peers);
  g_object_unref (serve->host);
  g_free (serve->protocol);
  g_free (serve);
}

guint
mesh_dht_serve_get_n_streams (const MeshDhtServe *serve)
{
  return serve->streams.length;
}
