/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the node. Each question and answer is an object of its own that keeps the
 * service; the service's cancellable ends them all.
 *
 * A stream carries one message from whoever opened it: the side that has something to say
 * opens a stream, sends its capabilities and closes its half; the other answers with its
 * own and closes. So one exchange tells both. */
#include "config.h"

#include "discovery/mesh-caps-service.h"

#include "base/mesh-error.h"
#include "base/mesh-token-bucket.h"
#include "net/host/mesh-deadline.h"
#include "net/host/mesh-host-private.h"
#include "net/iface/mesh-frame.h"

/* A message costs so many tokens, of which one comes a second. */
#define TOKENS_EACH 5

static const char *const protocols[] = { MESH_CAPS_PROTOCOL, NULL };

struct _MeshCapsService
{
  GObject parent_instance;

  MeshHost *host;            /* (owned) */
  GCancellable *cancellable; /* (owned) */
  MeshCaps *own;             /* (owned) */
  GHashTable *peers;         /* (owned): MeshPeerId (owned) → Peer (owned) */
  guint tell_id;             /* a change is told then */
  gint64 interval_us;
  gint64 told_us;
};

G_DEFINE_FINAL_TYPE (MeshCapsService, mesh_caps_service, G_TYPE_OBJECT)

enum
{
  SIGNAL_CAPS_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* A connected peer that speaks the protocol. */
typedef struct
{
  MeshCaps *caps;         /* (owned) (nullable): what it said last */
  MeshTokenBucket bucket; /* messages it may send */
  guint64 told_counter;   /* of ours that it was told */
  gboolean is_told;
} Peer;

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_clear_pointer (&peer->caps, mesh_caps_free);
  g_free (peer);
}

/* One exchange on one stream. */
typedef struct
{
  MeshCapsService *self;      /* (owned) */
  MeshConnection *connection; /* (owned) */
  MeshStream *stream;         /* (owned) (nullable) */
  MeshDeadline *deadline;     /* (owned) */
  GBytes *sent;               /* (owned) (nullable) */
  guint64 counter;            /* of @sent */
  gboolean is_ours;           /* we opened it */
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  g_clear_object (&exchange->self);
  g_clear_object (&exchange->connection);
  g_clear_object (&exchange->stream);
  g_clear_pointer (&exchange->deadline, mesh_deadline_free);
  g_clear_pointer (&exchange->sent, g_bytes_unref);
  g_free (exchange);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Exchange, exchange_free)

static Exchange *
exchange_new (MeshCapsService *self, MeshConnection *connection)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->self = g_object_ref (self);
  exchange->connection = g_object_ref (connection);
  exchange->deadline
      = mesh_deadline_new (self->cancellable, MESH_CAPS_SERVICE_TIMEOUT_US);
  return exchange;
}

static GCancellable *
get_cancellable (Exchange *exchange)
{
  return mesh_deadline_get_cancellable (exchange->deadline);
}

static Peer *
find_peer (MeshCapsService *self, const MeshPeerId *peer_id)
{
  return g_hash_table_lookup (self->peers, peer_id);
}

static Peer *
ensure_peer (MeshCapsService *self, MeshPeerId *peer_id)
{
  Peer *peer = find_peer (self, peer_id);

  if (peer == NULL)
    {
      peer = g_new0 (Peer, 1);
      mesh_token_bucket_init (&peer->bucket, 1, MESH_CAPS_SERVICE_BURST * TOKENS_EACH,
                              g_get_monotonic_time ());
      g_hash_table_insert (self->peers, mesh_peer_id_ref (peer_id), peer);
    }
  return peer;
}

/* The connection may have gone while the bytes were on their way. */
static gboolean
is_over (Exchange *exchange)
{
  return g_cancellable_is_cancelled (exchange->self->cancellable)
         || mesh_connection_is_closed (exchange->connection);
}

/* ---- hearing ---- */

static void
take_caps (Exchange *exchange, GBytes *bytes)
{
  MeshCapsService *self = exchange->self;
  MeshPeerId *peer_id = mesh_connection_get_peer_id (exchange->connection);
  Peer *peer = ensure_peer (self, peer_id);
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  MeshCaps *caps = mesh_caps_decode (data, len, &error);

  if (caps == NULL)
    {
      g_debug ("%s: %s", mesh_peer_id_to_string (peer_id), error->message);
      return;
    }
  if (peer->caps != NULL && peer->caps->counter >= caps->counter)
    {
      mesh_caps_free (caps);
      return;
    }
  g_clear_pointer (&peer->caps, mesh_caps_free);
  peer->caps = caps;
  g_signal_emit (self, signals[SIGNAL_CAPS_CHANGED], 0, peer_id);
}

static void send_own (Exchange *exchange);

static void
received_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Exchange) exchange = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mesh_frame_read_finish (result, &error);

  if (bytes == NULL || is_over (exchange))
    return;
  take_caps (exchange, bytes);
  if (!exchange->is_ours)
    send_own (g_steal_pointer (&exchange));
  else
    g_io_stream_close_async (G_IO_STREAM (exchange->stream), G_PRIORITY_DEFAULT, NULL,
                             NULL, NULL);
}

static void
receive (Exchange *exchange)
{
  mesh_frame_read_async (g_io_stream_get_input_stream (G_IO_STREAM (exchange->stream)),
                         MESH_CAPS_MAX_BYTES, get_cancellable (exchange), received_cb,
                         exchange);
}

/* ---- saying ---- */

static void
half_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Exchange) exchange = user_data;

  if (g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, NULL)
      && !is_over (exchange))
    receive (g_steal_pointer (&exchange));
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  exchange_free (user_data);
}

static void
note_told (Exchange *exchange)
{
  Peer *peer
      = ensure_peer (exchange->self, mesh_connection_get_peer_id (exchange->connection));

  peer->is_told = TRUE;
  peer->told_counter = MAX (peer->told_counter, exchange->counter);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Exchange) exchange = user_data;
  GIOStream *stream = G_IO_STREAM (exchange->stream);

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL)
      || is_over (exchange))
    return;
  note_told (exchange);
  g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, closed_cb,
                           g_steal_pointer (&exchange));
}

static void
take_own (Exchange *exchange)
{
  g_autoptr (GBytes) message = mesh_caps_encode (exchange->self->own);

  exchange->sent = mesh_frame_wrap (message);
  exchange->counter = exchange->self->own->counter;
}

static void
send_own (Exchange *exchange)
{
  take_own (exchange);
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (exchange->stream)),
      g_bytes_get_data (exchange->sent, NULL), g_bytes_get_size (exchange->sent),
      G_PRIORITY_DEFAULT, get_cancellable (exchange), sent_cb, exchange);
}

static void
caps_handler (MeshStream *stream, gpointer user_data)
{
  g_autoptr (MeshStream) owned = stream;
  MeshCapsService *self = user_data;
  MeshConnection *connection = mesh_stream_get_connection (stream);
  Exchange *exchange;
  Peer *peer;

  if (connection == NULL)
    return;
  peer = ensure_peer (self, mesh_connection_get_peer_id (connection));
  if (!mesh_token_bucket_take (&peer->bucket, TOKENS_EACH, g_get_monotonic_time ()))
    {
      mesh_stream_reset (stream);
      return;
    }
  exchange = exchange_new (self, connection);
  exchange->stream = g_steal_pointer (&owned);
  receive (exchange);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Exchange) exchange = user_data;
  GCancellable *cancellable = get_cancellable (exchange);
  GOutputStream *out;

  exchange->stream = mesh_host_open_stream_finish (MESH_HOST (source), result, NULL);
  if (exchange->stream == NULL || is_over (exchange))
    return;
  note_told (exchange);
  out = g_io_stream_get_output_stream (G_IO_STREAM (exchange->stream));
  g_output_stream_close_async (out, G_PRIORITY_DEFAULT, cancellable, half_closed_cb,
                               g_steal_pointer (&exchange));
}

static void
begin (MeshCapsService *self, MeshConnection *connection)
{
  Exchange *exchange = exchange_new (self, connection);

  exchange->is_ours = TRUE;
  take_own (exchange);
  mesh_host_open_stream_on_async (self->host, connection, protocols, exchange->sent,
                                  get_cancellable (exchange), opened_cb, exchange);
}

/* ---- when ---- */

static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshCapsService *self = user_data;
  Peer *peer = find_peer (self, mesh_connection_get_peer_id (connection));

  /* Both sides are identified at about the same time: the one that dialed asks. */
  if (g_cancellable_is_cancelled (self->cancellable)
      || !mesh_connection_supports (connection, MESH_CAPS_PROTOCOL)
      || mesh_connection_get_direction (connection) != MESH_DIRECTION_OUTBOUND
      || (peer != NULL && peer->is_told))
    return;
  begin (self, connection);
}

static void
disconnected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshCapsService *self = user_data;
  MeshPeerId *peer_id = mesh_connection_get_peer_id (connection);
  MeshConnection *other = mesh_host_find_connection (host, peer_id);
  Peer *peer = find_peer (self, peer_id);
  gboolean had_caps;

  if (peer == NULL || (other != NULL && other != connection))
    return;
  had_caps = peer->caps != NULL;
  g_hash_table_remove (self->peers, peer_id);
  if (had_caps)
    g_signal_emit (self, signals[SIGNAL_CAPS_CHANGED], 0, peer_id);
}

static gboolean
tell_cb (gpointer user_data)
{
  MeshCapsService *self = user_data;
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);

  self->tell_id = 0;
  self->told_us = g_get_monotonic_time ();
  for (guint i = 0; i < connections->len; i++)
    {
      MeshConnection *connection = g_ptr_array_index (connections, i);
      Peer *peer = find_peer (self, mesh_connection_get_peer_id (connection));

      if (mesh_connection_supports (connection, MESH_CAPS_PROTOCOL)
          && (peer == NULL || peer->told_counter < self->own->counter))
        begin (self, connection);
    }
  return G_SOURCE_REMOVE;
}

static void
note_change (MeshCapsService *self)
{
  gint64 wait_us = self->told_us + self->interval_us - g_get_monotonic_time ();

  self->own->counter++;
  if (self->tell_id == 0 && !g_cancellable_is_cancelled (self->cancellable))
    self->tell_id
        = g_timeout_add (wait_us > 0 ? (guint) (wait_us / 1000) + 1 : 0, tell_cb, self);
}

/* ---- what this node says ---- */

void
mesh_caps_service_set_roles (MeshCapsService *self, guint roles)
{
  if (self->own->roles == roles)
    return;
  self->own->roles = roles;
  note_change (self);
}

void
mesh_caps_service_set_limits (MeshCapsService *self, guint64 up_bps, guint64 down_bps)
{
  if (self->own->up_bps == up_bps && self->own->down_bps == down_bps)
    return;
  self->own->up_bps = up_bps;
  self->own->down_bps = down_bps;
  note_change (self);
}

static MeshBloom *
make_filter (GPtrArray *multihashes, guint64 salt)
{
  MeshBloom *bloom = mesh_bloom_new (multihashes->len, MESH_CAPS_FALSE_POSITIVES,
                                     MESH_CAPS_MAX_BLOOM_BYTES, salt);

  for (guint i = 0; i < multihashes->len; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (multihashes, i), &len);

      mesh_bloom_add (bloom, data, len);
    }
  return bloom;
}

void
mesh_caps_service_set_roots (MeshCapsService *self, GPtrArray *multihashes)
{
  MeshCaps *own = self->own;
  guint64 salt = own->roots != NULL ? mesh_bloom_get_salt (own->roots)
                                    : (guint64) g_random_int () << 32 | g_random_int ();
  MeshBloom *bloom = multihashes->len > 0 ? make_filter (multihashes, salt) : NULL;

  if (own->n_roots == MIN (multihashes->len, MESH_CAPS_MAX_ROOTS)
      && (bloom == NULL) == (own->roots == NULL)
      && (bloom == NULL || mesh_bloom_equal (bloom, own->roots)))
    {
      g_clear_pointer (&bloom, mesh_bloom_free);
      return;
    }
  g_clear_pointer (&own->roots, mesh_bloom_free);
  own->roots = bloom;
  own->n_roots = MIN (multihashes->len, MESH_CAPS_MAX_ROOTS);
  note_change (self);
}

const MeshCaps *
mesh_caps_service_get_own (MeshCapsService *self)
{
  return self->own;
}

const MeshCaps *
mesh_caps_service_get_caps (MeshCapsService *self, const MeshPeerId *peer_id)
{
  Peer *peer = find_peer (self, peer_id);

  return peer != NULL ? peer->caps : NULL;
}

GPtrArray *
mesh_caps_service_dup_holders (MeshCapsService *self, const guint8 *multihash, gsize len)
{
  GPtrArray *holders
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_id_unref);
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);

  for (guint i = 0; i < connections->len; i++)
    {
      MeshPeerId *peer_id
          = mesh_connection_get_peer_id (g_ptr_array_index (connections, i));
      const MeshCaps *caps = mesh_caps_service_get_caps (self, peer_id);

      if (caps != NULL && mesh_caps_may_hold (caps, multihash, len))
        g_ptr_array_add (holders, mesh_peer_id_ref (peer_id));
    }
  return holders;
}

/* ---- life ---- */

static void
mesh_caps_service_dispose (GObject *object)
{
  MeshCapsService *self = MESH_CAPS_SERVICE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->tell_id, g_source_remove);
  if (self->host != NULL)
    mesh_host_set_service_handler (self->host, MESH_CAPS_PROTOCOL, NULL, NULL);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (mesh_caps_service_parent_class)->dispose (object);
}

static void
mesh_caps_service_finalize (GObject *object)
{
  MeshCapsService *self = MESH_CAPS_SERVICE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->own, mesh_caps_free);
  g_clear_pointer (&self->peers, g_hash_table_unref);
  G_OBJECT_CLASS (mesh_caps_service_parent_class)->finalize (object);
}

static void
mesh_caps_service_class_init (MeshCapsServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mesh_caps_service_dispose;
  object_class->finalize = mesh_caps_service_finalize;
  signals[SIGNAL_CAPS_CHANGED]
      = g_signal_new ("caps-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
mesh_caps_service_init (MeshCapsService *self)
{
  self->cancellable = g_cancellable_new ();
  self->own = mesh_caps_new ();
  /* The clock, so that it grows over restarts without being kept. */
  self->own->counter = (guint64) g_get_real_time ();
  self->peers = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                       (GDestroyNotify) mesh_peer_id_unref, peer_free);
}

MeshCapsService *
mesh_caps_service_new (MeshHost *host, gint64 interval_us)
{
  MeshCapsService *self = g_object_new (MESH_TYPE_CAPS_SERVICE, NULL);

  self->host = g_object_ref (host);
  self->interval_us = interval_us;
  mesh_host_set_service_handler (host, MESH_CAPS_PROTOCOL, caps_handler, self);
  g_signal_connect_object (host, "peer-identified", G_CALLBACK (identified_cb), self, 0);
  g_signal_connect_object (host, "peer-disconnected", G_CALLBACK (disconnected_cb), self,
                           0);
  return self;
}
