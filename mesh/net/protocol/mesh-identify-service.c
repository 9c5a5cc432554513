/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the node's services. Each question and answer is a task of its own that keeps
 * the service; the cancellable ends them all. */
#include "config.h"

#include "net/protocol/mesh-identify-service.h"

#include <string.h>

#include "base/mesh-error.h"
#include "net/host/mesh-deadline.h"
#include "net/host/mesh-host-private.h"
#include "peer/mesh-peer-record.h"
#include "wire/mesh-identify.h"

#define PROTOCOL_VERSION "ipfs/0.1.0"

static const char *const identify_protocols[] = { MESH_IDENTIFY_PROTOCOL, NULL };
static const char *const push_protocols[] = { MESH_IDENTIFY_PUSH_PROTOCOL, NULL };

struct _MeshIdentifyService
{
  GObject parent_instance;

  MeshHost *host;            /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GSource *push_source;      /* (owned) (nullable): a push is due */
  guint64 record_seq;
};

G_DEFINE_FINAL_TYPE (MeshIdentifyService, mesh_identify_service, G_TYPE_OBJECT)

/* One message on one stream: received by us, or sent. */
typedef struct
{
  MeshIdentifyService *service; /* (owned) */
  MeshConnection *connection;   /* (owned) */
  MeshStream *stream;           /* (owned) (nullable) */
  MeshDeadline *deadline;       /* (owned) */
  GByteArray *received;         /* (owned) */
  GBytes *sent;                 /* (owned) (nullable) */
  gboolean is_push;
  guint8 buffer[4096];
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  g_clear_object (&exchange->service);
  g_clear_object (&exchange->connection);
  g_clear_object (&exchange->stream);
  g_clear_pointer (&exchange->deadline, mesh_deadline_free);
  g_clear_pointer (&exchange->received, g_byte_array_unref);
  g_clear_pointer (&exchange->sent, g_bytes_unref);
  g_free (exchange);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Exchange, exchange_free)

static Exchange *
exchange_new (MeshIdentifyService *self, MeshConnection *connection)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->service = g_object_ref (self);
  exchange->connection = g_object_ref (connection);
  exchange->deadline
      = mesh_deadline_new (self->cancellable, MESH_IDENTIFY_SERVICE_TIMEOUT_US);
  exchange->received = g_byte_array_new ();
  return exchange;
}

static GCancellable *
get_cancellable (Exchange *exchange)
{
  return mesh_deadline_get_cancellable (exchange->deadline);
}

/* The service has ended; what was cancelled for that may still come in. */
static gboolean
is_over (Exchange *exchange)
{
  return g_cancellable_is_cancelled (exchange->service->cancellable);
}

/* ---- saying who we are ---- */

static GBytes *
make_message (MeshIdentifyService *self, MeshConnection *connection)
{
  g_autoptr (MeshIdentify) identify = mesh_identify_new ();
  MeshKeypair *identity = mesh_host_get_identity (self->host);
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (self->host);
  g_auto (GStrv) protocols = mesh_host_dup_protocols (self->host);

  identify->public_key = mesh_public_key_ref (mesh_keypair_get_public_key (identity));
  identify->agent_version = g_strdup (mesh_host_get_options (self->host)->agent_version);
  identify->protocol_version = g_strdup (PROTOCOL_VERSION);
  identify->observed_addr
      = mesh_multiaddr_ref (mesh_connection_get_remote_addr (connection));
  for (guint i = 0; i < addrs->len && i < MESH_PEER_RECORD_MAX_ADDRS; i++)
    {
      MeshMultiaddr *bare = mesh_multiaddr_without_peer_id (g_ptr_array_index (addrs, i));

      if (bare != NULL)
        g_ptr_array_add (identify->listen_addrs, bare);
    }
  for (guint i = 0; protocols[i] != NULL; i++)
    g_ptr_array_add (identify->protocols, g_strdup (protocols[i]));
  identify->signed_record
      = mesh_peer_record_seal (identity, self->record_seq, identify->listen_addrs);
  return mesh_identify_encode (identify);
}

static void
close_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  exchange_free (user_data);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Exchange) exchange = user_data;
  MeshStream *stream = exchange->stream;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    g_io_stream_close_async (G_IO_STREAM (stream), G_PRIORITY_DEFAULT, NULL, close_cb,
                             g_steal_pointer (&exchange));
}

static void
send_message (Exchange *exchange)
{
  exchange->sent = make_message (exchange->service, exchange->connection);
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (exchange->stream)),
      g_bytes_get_data (exchange->sent, NULL), g_bytes_get_size (exchange->sent),
      G_PRIORITY_DEFAULT, get_cancellable (exchange), sent_cb, exchange);
}

static void
identify_handler (MeshStream *stream, gpointer user_data)
{
  g_autoptr (MeshStream) owned = stream;
  MeshConnection *connection = mesh_stream_get_connection (stream);
  Exchange *exchange;

  if (connection == NULL)
    return;
  exchange = exchange_new (user_data, connection);
  exchange->stream = g_steal_pointer (&owned);
  send_message (exchange);
}

/* ---- hearing who the peer is ---- */

static char **
steal_protocols (MeshIdentify *identify)
{
  char **protocols = g_new0 (char *, identify->protocols->len + 1);

  for (guint i = 0; i < identify->protocols->len; i++)
    protocols[i] = g_strdup (g_ptr_array_index (identify->protocols, i));
  return protocols;
}

/* The record counts only when the peer itself has signed it. */
static GBytes *
check_record (GBytes *bytes, MeshConnection *connection)
{
  g_autoptr (MeshPeerRecord) record = NULL;

  if (bytes != NULL)
    record = mesh_peer_record_open (g_bytes_get_data (bytes, NULL),
                                    g_bytes_get_size (bytes), NULL);
  if (record == NULL
      || !mesh_peer_id_equal (mesh_peer_record_get_peer_id (record),
                              mesh_connection_get_peer_id (connection)))
    return NULL;
  return g_bytes_ref (bytes);
}

/* What the peer said, on top of what it said before when this is a push. */
static MeshPeerInfo *
make_info (MeshIdentify *identify, MeshConnection *connection, gboolean is_push)
{
  const MeshPeerInfo *old = is_push ? mesh_connection_get_peer_info (connection) : NULL;
  MeshPeerInfo *info = g_new0 (MeshPeerInfo, 1);

  info->agent_version = g_steal_pointer (&identify->agent_version);
  info->protocol_version = g_steal_pointer (&identify->protocol_version);
  info->observed_addr = g_steal_pointer (&identify->observed_addr);
  info->signed_record = check_record (identify->signed_record, connection);
  info->protocols = old != NULL && !identify->has_protocols ? g_strdupv (old->protocols)
                                                            : steal_protocols (identify);
  info->listen_addrs = g_ptr_array_ref (old != NULL && !identify->has_listen_addrs
                                            ? old->listen_addrs
                                            : identify->listen_addrs);
  if (old == NULL)
    return info;
  if (info->agent_version == NULL)
    info->agent_version = g_strdup (old->agent_version);
  if (info->protocol_version == NULL)
    info->protocol_version = g_strdup (old->protocol_version);
  if (info->observed_addr == NULL && old->observed_addr != NULL)
    info->observed_addr = mesh_multiaddr_ref (old->observed_addr);
  if (info->signed_record == NULL && old->signed_record != NULL)
    info->signed_record = g_bytes_ref (old->signed_record);
  return info;
}

static void
take_message (Exchange *exchange)
{
  MeshConnection *connection = exchange->connection;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshIdentify) identify
      = mesh_identify_decode (exchange->received->data, exchange->received->len, &error);

  if (identify == NULL)
    {
      g_debug ("Identify of %s: %s",
               mesh_peer_id_to_string (mesh_connection_get_peer_id (connection)),
               error->message);
      return;
    }
  if (identify->public_key != NULL
      && !mesh_peer_id_matches_public_key (mesh_connection_get_peer_id (connection),
                                           identify->public_key))
    {
      error = g_error_new_literal (MESH_ERROR, MESH_ERROR_PROTOCOL,
                                   "the peer says that it is somebody else");
      mesh_connection_close (connection, error);
      return;
    }
  mesh_connection_take_peer_info (connection,
                                  make_info (identify, connection, exchange->is_push));
  mesh_host_emit_identified (exchange->service->host, connection);
}

static void read_more (Exchange *exchange);

static void
received_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Exchange) exchange = user_data;
  GByteArray *received = exchange->received;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (is_over (exchange))
    return;
  if (n > 0 && received->len + (gsize) n <= MESH_IDENTIFY_MAX_BYTES)
    {
      g_byte_array_append (received, exchange->buffer, (guint) n);
      read_more (g_steal_pointer (&exchange));
      return;
    }
  /* A peer that is slow to close, or resets, may still have said all. */
  if (n == 0 || mesh_identify_is_whole (received->data, received->len))
    take_message (exchange);
  if (n == 0)
    g_io_stream_close (G_IO_STREAM (exchange->stream), NULL, NULL);
}

static void
read_more (Exchange *exchange)
{
  g_input_stream_read_async (
      g_io_stream_get_input_stream (G_IO_STREAM (exchange->stream)), exchange->buffer,
      sizeof exchange->buffer, G_PRIORITY_DEFAULT, get_cancellable (exchange),
      received_cb, exchange);
}

static void
push_handler (MeshStream *stream, gpointer user_data)
{
  g_autoptr (MeshStream) owned = stream;
  MeshConnection *connection = mesh_stream_get_connection (stream);
  Exchange *exchange;

  if (connection == NULL)
    return;
  exchange = exchange_new (user_data, connection);
  exchange->stream = g_steal_pointer (&owned);
  exchange->is_push = TRUE;
  read_more (exchange);
}

/* ---- beginning ---- */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Exchange) exchange = user_data;

  exchange->stream = mesh_host_open_stream_finish (MESH_HOST (source), result, NULL);
  if (exchange->stream == NULL || is_over (exchange))
    return;
  if (exchange->is_push)
    send_message (g_steal_pointer (&exchange));
  else
    read_more (g_steal_pointer (&exchange));
}

static void
begin (MeshIdentifyService *self, MeshConnection *connection, gboolean is_push)
{
  Exchange *exchange = exchange_new (self, connection);

  exchange->is_push = is_push;
  mesh_host_open_stream_on_async (self->host, connection,
                                  is_push ? push_protocols : identify_protocols, NULL,
                                  get_cancellable (exchange), opened_cb, exchange);
}

static void
connected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshIdentifyService *self = user_data;

  if (!g_cancellable_is_cancelled (self->cancellable))
    begin (self, connection, FALSE);
}

static gboolean
push_cb (gpointer user_data)
{
  MeshIdentifyService *self = user_data;
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);

  g_clear_pointer (&self->push_source, g_source_unref);
  self->record_seq++;
  for (guint i = 0; i < connections->len; i++)
    if (mesh_connection_supports (g_ptr_array_index (connections, i),
                                  MESH_IDENTIFY_PUSH_PROTOCOL))
      begin (self, g_ptr_array_index (connections, i), TRUE);
  return G_SOURCE_REMOVE;
}

/* Several changes in a row are told at once. */
static void
changed_cb (MeshHost *host, gpointer user_data)
{
  MeshIdentifyService *self = user_data;

  if (self->push_source != NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  self->push_source = g_idle_source_new ();
  g_source_set_callback (self->push_source, push_cb, self, NULL);
  g_source_attach (self->push_source, g_main_context_get_thread_default ());
}

static void
mesh_identify_service_dispose (GObject *object)
{
  MeshIdentifyService *self = MESH_IDENTIFY_SERVICE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->push_source != NULL)
    g_source_destroy (self->push_source);
  g_clear_pointer (&self->push_source, g_source_unref);
  if (self->host != NULL)
    {
      mesh_host_set_service_handler (self->host, MESH_IDENTIFY_PROTOCOL, NULL, NULL);
      mesh_host_set_service_handler (self->host, MESH_IDENTIFY_PUSH_PROTOCOL, NULL, NULL);
    }
  g_clear_object (&self->host);
  G_OBJECT_CLASS (mesh_identify_service_parent_class)->dispose (object);
}

static void
mesh_identify_service_finalize (GObject *object)
{
  g_object_unref (MESH_IDENTIFY_SERVICE (object)->cancellable);
  G_OBJECT_CLASS (mesh_identify_service_parent_class)->finalize (object);
}

static void
mesh_identify_service_class_init (MeshIdentifyServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_identify_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_identify_service_finalize;
}

static void
mesh_identify_service_init (MeshIdentifyService *self)
{
  self->cancellable = g_cancellable_new ();
  /* RFC 0003: the clock, so that it grows over restarts without being kept. */
  self->record_seq = (guint64) g_get_real_time ();
}

MeshIdentifyService *
mesh_identify_service_new (MeshHost *host)
{
  MeshIdentifyService *self = g_object_new (MESH_TYPE_IDENTIFY_SERVICE, NULL);

  self->host = g_object_ref (host);
  mesh_host_set_service_handler (host, MESH_IDENTIFY_PROTOCOL, identify_handler, self);
  mesh_host_set_service_handler (host, MESH_IDENTIFY_PUSH_PROTOCOL, push_handler, self);
  g_signal_connect_object (host, "peer-connected", G_CALLBACK (connected_cb), self, 0);
  g_signal_connect_object (host, "addresses-changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (host, "protocols-changed", G_CALLBACK (changed_cb), self, 0);
  return self;
}
