/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A request owns itself while it is under way: each of its callbacks holds a reference,
 * and the table of the links another until it is over. The links outlive none of them
 * being called back: a request that is over, or whose links are gone, ends quietly. */
#include "config.h"

#include "dht/mesh-dht-links.h"

#include "base/mesh-error.h"
#include "net/iface/mesh-frame.h"

struct MeshDhtLinks
{
  MeshHost *host; /* (owned) */
  char *protocol; /* (owned) */
  MeshDhtLinksFunc func;
  gpointer user_data;
  GHashTable *requests; /* (owned) (element-type guint64 Request) */
  GHashTable *peers;    /* (owned) (element-type MeshPeerId Peer): being asked */
  GQueue idle;          /* (element-type Idle) (owned): oldest first */
  guint idle_id;        /* timer; 0: none */
};

/* A peer that is being asked. */
typedef struct
{
  guint n_active;
  GQueue waiting; /* (element-type Request): not owned, they are in links->requests */
} Peer;

/* A stream that waits for the next request to its peer. */
typedef struct
{
  MeshPeerId *peer_id; /* (owned) */
  MeshStream *stream;  /* (owned) */
  gint64 since_us;
} Idle;

typedef enum
{
  STEP_WAIT, /* for another to the same peer to end */
  STEP_CONNECT,
  STEP_OPEN,  /* a stream, and the message with it */
  STEP_WRITE, /* the message, on a stream of before */
  STEP_READ,
  STEP_DONE,
} Step;

typedef struct
{
  grefcount ref_count;
  guint64 id;
  MeshDhtLinks *links; /* (unowned) (nullable): %NULL once it is over */
  Step step;
  MeshPeerId *peer_id;       /* (owned) */
  GPtrArray *addrs;          /* (owned) (element-type MeshMultiaddr) */
  GBytes *frame;             /* (owned): the message with its length */
  GBytes *reply;             /* (owned) (nullable) */
  MeshStream *stream;        /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  gboolean expects_reply;
  gboolean is_reused; /* the stream served another before: it may have ended since */
} Request;

static void advance (Request *request);

static void
request_unref (Request *request)
{
  if (!g_ref_count_dec (&request->ref_count))
    return;
  mesh_peer_id_unref (request->peer_id);
  g_ptr_array_unref (request->addrs);
  g_bytes_unref (request->frame);
  g_clear_pointer (&request->reply, g_bytes_unref);
  g_clear_object (&request->stream);
  g_clear_object (&request->cancellable);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_unref)

static Request *
request_ref (Request *request)
{
  g_ref_count_inc (&request->ref_count);
  return request;
}

/* Idle streams. */

static void
idle_free (gpointer data)
{
  Idle *idle = data;

  g_io_stream_close_async (G_IO_STREAM (idle->stream), G_PRIORITY_DEFAULT, NULL, NULL,
                           NULL);
  g_object_unref (idle->stream);
  mesh_peer_id_unref (idle->peer_id);
  g_free (idle);
}

static gboolean
idle_cb (gpointer user_data)
{
  MeshDhtLinks *links = user_data;
  gint64 before_us = g_get_monotonic_time () - MESH_DHT_LINKS_IDLE_US;

  while (links->idle.length > 0
         && ((const Idle *) links->idle.head->data)->since_us <= before_us)
    idle_free (g_queue_pop_head (&links->idle));
  if (links->idle.length > 0)
    return G_SOURCE_CONTINUE;
  links->idle_id = 0;
  return G_SOURCE_REMOVE;
}

static void
keep_stream (MeshDhtLinks *links, Request *request)
{
  Idle *idle = g_new0 (Idle, 1);

  idle->peer_id = mesh_peer_id_ref (request->peer_id);
  idle->stream = g_steal_pointer (&request->stream);
  idle->since_us = g_get_monotonic_time ();
  g_queue_push_tail (&links->idle, idle);
  if (links->idle_id == 0)
    links->idle_id
        = g_timeout_add ((guint) (MESH_DHT_LINKS_IDLE_US / 1000) / 2, idle_cb, links);
}

/* The newest, which is the least likely to have been closed by the peer. */
static MeshStream *
take_stream (MeshDhtLinks *links, MeshPeerId *peer_id)
{
  for (GList *l = links->idle.tail; l != NULL; l = l->prev)
    {
      Idle *idle = l->data;
      MeshStream *stream = NULL;

      if (!mesh_peer_id_equal (idle->peer_id, peer_id))
        continue;
      g_queue_delete_link (&links->idle, l);
      if (mesh_stream_get_connection (idle->stream) == NULL)
        {
          idle_free (idle);
          return NULL;
        }
      stream = g_object_ref (idle->stream);
      g_object_unref (idle->stream);
      mesh_peer_id_unref (idle->peer_id);
      g_free (idle);
      return stream;
    }
  return NULL;
}

/* One request. */

/* It no longer counts against its peer: the next one may begin. */
static void
leave_peer (MeshDhtLinks *links, Request *request)
{
  Peer *peer = g_hash_table_lookup (links->peers, request->peer_id);
  Request *next;

  if (request->step == STEP_WAIT)
    g_queue_remove (&peer->waiting, request);
  else
    peer->n_active--;
  if (peer->n_active < MESH_DHT_LINKS_MAX_PEER_REQUESTS && peer->waiting.length > 0)
    {
      next = g_queue_pop_head (&peer->waiting);
      next->step = STEP_CONNECT;
      peer->n_active++;
      advance (next);
    }
  else if (peer->n_active == 0 && peer->waiting.length == 0)
    g_hash_table_remove (links->peers, request->peer_id);
}

/* Takes it out; the caller still holds a reference. */
static MeshDhtLinks *
detach (Request *request)
{
  MeshDhtLinks *links = g_steal_pointer (&request->links);

  if (links != NULL)
    {
      leave_peer (links, request);
      g_hash_table_remove (links->requests, &request->id);
    }
  request->step = STEP_DONE;
  return links;
}

static void
fail (Request *request, const GError *error)
{
  MeshDhtLinks *links = detach (request);

  if (request->stream != NULL)
    mesh_stream_reset (request->stream);
  if (links != NULL)
    links->func (request->id, NULL, error, links->user_data);
}

/* A stream from before may have ended while it was idle: once more, on a new one. */
static gboolean
try_again (Request *request)
{
  if (!request->is_reused || request->links == NULL)
    return FALSE;
  mesh_stream_reset (request->stream);
  g_clear_object (&request->stream);
  request->is_reused = FALSE;
  request->step = STEP_CONNECT;
  advance (request);
  return TRUE;
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);

  if (connection == NULL)
    {
      fail (request, error);
      return;
    }
  request->step = STEP_OPEN;
  advance (request);
}

/* The message is on its way. */
static void
next_step (Request *request)
{
  request->step = request->expects_reply ? STEP_READ : STEP_DONE;
  advance (request);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;

  request->stream = mesh_host_open_stream_finish (MESH_HOST (source), result, &error);
  if (request->stream == NULL)
    {
      fail (request, error);
      return;
    }
  next_step (request);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      if (!try_again (request))
        fail (request, error);
      return;
    }
  next_step (request);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Request) request = user_data;
  g_autoptr (GError) error = NULL;

  request->reply = mesh_frame_read_finish (result, &error);
  if (request->reply == NULL)
    {
      if (!g_error_matches (error, MESH_ERROR, MESH_ERROR_CLOSED) || !try_again (request))
        fail (request, error);
      return;
    }
  request->step = STEP_DONE;
  advance (request);
}

static void
finish (Request *request)
{
  MeshDhtLinks *links = request->links;

  /* The next one to this peer takes the stream over. */
  if (request->expects_reply)
    keep_stream (links, request);
  else
    g_io_stream_close_async (G_IO_STREAM (request->stream), G_PRIORITY_DEFAULT, NULL,
                             NULL, NULL);
  detach (request);
  links->func (request->id, request->reply, NULL, links->user_data);
}

static void
connect_peer (Request *request)
{
  MeshHost *host = request->links->host;

  /* Nothing tells whether what is written to a stream of before arrives, unless there is
   * an answer. */
  if (request->expects_reply)
    request->stream = take_stream (request->links, request->peer_id);
  request->is_reused = request->stream != NULL;
  if (request->is_reused || mesh_host_find_connection (host, request->peer_id) != NULL)
    {
      request->step = request->is_reused ? STEP_WRITE : STEP_OPEN;
      advance (request);
      return;
    }
  mesh_host_connect_async (host, request->peer_id, request->addrs, request->cancellable,
                           connected_cb, request_ref (request));
}

static void
open_stream (Request *request)
{
  const char *const protocols[] = { request->links->protocol, NULL };

  mesh_host_ask_async (request->links->host, request->peer_id, protocols, request->frame,
                       request->cancellable, opened_cb, request_ref (request));
}

/* The only place that knows the order. */
static void
advance (Request *request)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (request->frame, &len);

  if (request->links == NULL)
    {
      if (request->stream != NULL)
        mesh_stream_reset (request->stream);
      return;
    }
  switch (request->step)
    {
    case STEP_WAIT:
      return;
    case STEP_CONNECT:
      connect_peer (request);
      return;
    case STEP_OPEN:
      open_stream (request);
      return;
    case STEP_WRITE:
      g_output_stream_write_all_async (
          g_io_stream_get_output_stream (G_IO_STREAM (request->stream)), data, len,
          G_PRIORITY_DEFAULT, request->cancellable, written_cb, request_ref (request));
      return;
    case STEP_READ:
      mesh_frame_read_async (g_io_stream_get_input_stream (G_IO_STREAM (request->stream)),
                             MESH_DHT_LINKS_MAX_RESPONSE_BYTES, request->cancellable,
                             read_cb, request_ref (request));
      return;
    case STEP_DONE:
      finish (request);
      return;
    default:
      g_assert_not_reached ();
    }
}

static void
peer_free (gpointer data)
{
  g_queue_clear (&((Peer *) data)->waiting);
  g_free (data);
}

static Peer *
ensure_peer (MeshDhtLinks *links, MeshPeerId *peer_id)
{
  Peer *peer = g_hash_table_lookup (links->peers, peer_id);

  if (peer == NULL)
    {
      peer = g_new0 (Peer, 1);
      g_hash_table_insert (links->peers, mesh_peer_id_ref (peer_id), peer);
    }
  return peer;
}

MeshDhtLinks *
mesh_dht_links_new (MeshHost *host,
                    const char *protocol,
                    MeshDhtLinksFunc func,
                    gpointer user_data)
{
  MeshDhtLinks *links = g_new0 (MeshDhtLinks, 1);

  links->host = g_object_ref (host);
  links->protocol = g_strdup (protocol);
  links->func = func;
  links->user_data = user_data;
  links->requests = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                           (GDestroyNotify) request_unref);
  links->peers = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                        (GDestroyNotify) mesh_peer_id_unref, peer_free);
  return links;
}

static void
abandon (Request *request)
{
  request->links = NULL;
  g_cancellable_cancel (request->cancellable);
  if (request->stream != NULL)
    mesh_stream_reset (request->stream);
}

void
mesh_dht_links_free (MeshDhtLinks *links)
{
  GHashTableIter iter;
  gpointer request;

  g_hash_table_iter_init (&iter, links->requests);
  while (g_hash_table_iter_next (&iter, NULL, &request))
    abandon (request);
  g_hash_table_unref (links->requests);
  g_hash_table_unref (links->peers);
  g_queue_clear_full (&links->idle, idle_free);
  g_clear_handle_id (&links->idle_id, g_source_remove);
  g_object_unref (links->host);
  g_free (links->protocol);
  g_free (links);
}

void
mesh_dht_links_send (MeshDhtLinks *links,
                     guint64 request_id,
                     MeshPeerId *peer_id,
                     GPtrArray *addrs,
                     GBytes *msg,
                     gboolean expects_reply)
{
  g_autoptr (Request) request = g_new0 (Request, 1);
  Peer *peer = ensure_peer (links, peer_id);

  g_ref_count_init (&request->ref_count);
  request->id = request_id;
  request->links = links;
  request->peer_id = mesh_peer_id_ref (peer_id);
  request->addrs = g_ptr_array_ref (addrs);
  request->frame = mesh_frame_wrap (msg);
  request->expects_reply = expects_reply;
  request->cancellable = g_cancellable_new ();
  g_hash_table_insert (links->requests, &request->id, request_ref (request));
  if (peer->n_active >= MESH_DHT_LINKS_MAX_PEER_REQUESTS)
    {
      g_queue_push_tail (&peer->waiting, request);
      return;
    }
  peer->n_active++;
  request->step = STEP_CONNECT;
  advance (request);
}

void
mesh_dht_links_cancel (MeshDhtLinks *links, guint64 request_id)
{
  Request *request = g_hash_table_lookup (links->requests, &request_id);

  if (request == NULL)
    return;
  leave_peer (links, request);
  abandon (request);
  g_hash_table_remove (links->requests, &request_id);
}
