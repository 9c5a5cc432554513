/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the node; lives in the main context that was the thread default when it was
 * made. An Entry is one connection in the table; a Dial is one connect in progress, with
 * everyone who waits for it. Ends with mesh_host_close_async(), or abruptly with the last
 * reference. */
#include "config.h"

#include "net/host/mesh-host.h"

#include <string.h>

#include "base/mesh-error.h"
#include "net/transport/mesh-tcp-transport.h"
#include "net/host/mesh-dials.h"
#include "net/host/mesh-greeting.h"
#include "net/host/mesh-host-private.h"
#include "net/host/mesh-limits.h"
#include "net/host/mesh-open.h"
#include "net/host/mesh-protocol-table.h"
#include "net/host/mesh-roster.h"

/* A little more than a muxer takes for its goodbye. */
#define CLOSE_TIMEOUT_MS 1500

struct _MeshHost
{
  GObject parent_instance;

  MeshKeypair *identity; /* (owned) */
  MeshPeerId *peer_id;   /* (owned) */
  MeshHostOptions options;
  char *agent_version; /* (owned): what options points at */

  GPtrArray *transports; /* (owned) (element-type MeshTransport) */
  GPtrArray *listeners;  /* (owned) (element-type MeshListener) */
  MeshRoster *roster;    /* (owned) */
  GPtrArray *draining; /* (owned) (element-type MeshMuxer): closed, goodbye on its way */
  MeshDials *dials;    /* (owned) */
  MeshLimits *limits;  /* (owned) */
  MeshProtocolTable *table;  /* (owned) */
  GCancellable *cancellable; /* (owned): everything in progress */
  GSource *idle_timer;       /* (owned) (nullable) */
  GSource *close_timer;      /* (owned) (nullable) */
  GTask *close_task;         /* (owned) (nullable) */
  gboolean is_closed;
};

G_DEFINE_FINAL_TYPE (MeshHost, mesh_host, G_TYPE_OBJECT)

enum
{
  SIGNAL_PEER_CONNECTED,
  SIGNAL_PEER_IDENTIFIED,
  SIGNAL_PEER_DISCONNECTED,
  SIGNAL_ADDRESSES_CHANGED,
  SIGNAL_PROTOCOLS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GError *
new_closed_error (void)
{
  return g_error_new_literal (MESH_ERROR, MESH_ERROR_CLOSED, "The host is closed");
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* ---- the table of connections ---- */

static void
uncount (MeshHost *self, MeshConnection *connection)
{
  if (mesh_connection_get_direction (connection) == MESH_DIRECTION_INBOUND)
    mesh_limits_drop_inbound (self->limits, mesh_connection_get_remote_addr (connection));
  else
    mesh_limits_drop_outbound (self->limits);
}

static void
finish_close (MeshHost *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->close_task);

  clear_source (&self->close_timer);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
drained_cb (MeshMuxer *muxer, gpointer user_data)
{
  MeshHost *self = user_data;

  g_signal_handlers_disconnect_by_data (muxer, self);
  g_ptr_array_remove (self->draining, muxer);
  if (self->draining->len == 0 && self->close_task != NULL)
    finish_close (self);
}

/* Watches a muxer that is closed until its goodbye has left. */
static void
watch_draining (MeshHost *self, MeshMuxer *muxer)
{
  g_signal_handlers_disconnect_by_data (muxer, self);
  if (mesh_muxer_is_drained (muxer))
    return;
  g_ptr_array_add (self->draining, g_object_ref (muxer));
  g_signal_connect (muxer, "drained", G_CALLBACK (drained_cb), self);
}

static void
muxer_closed_cb (MeshMuxer *muxer, GError *reason, gpointer user_data)
{
  g_autoptr (MeshHost) self = g_object_ref (user_data);
  g_autoptr (MeshConnection) connection = NULL;

  g_set_object (&connection, mesh_roster_find_by_muxer (self->roster, muxer));
  if (connection == NULL)
    return;
  g_debug ("Connection to %s closed: %s",
           mesh_peer_id_to_string (mesh_connection_get_peer_id (connection)),
           reason != NULL ? reason->message : "done");
  mesh_roster_remove (self->roster, connection);
  uncount (self, connection);
  watch_draining (self, muxer);
  g_signal_emit (self, signals[SIGNAL_PEER_DISCONNECTED], 0, connection);
}

/* ---- streams ---- */

static void
incoming_stream_cb (MeshMuxer *muxer, MeshStream *stream, gpointer user_data)
{
  MeshHost *self = user_data;

  mesh_stream_set_connection (stream, mesh_roster_find_by_muxer (self->roster, muxer));
  if (!self->is_closed)
    mesh_protocol_table_serve (self->table, stream, self->options.negotiate_timeout_us);
}

static void
stream_agreed (MeshStream *stream, gboolean is_service, gpointer user_data)
{
  MeshConnection *connection = mesh_stream_get_connection (stream);

  if (connection != NULL && !is_service)
    mesh_roster_count_use (MESH_HOST (user_data)->roster, connection, stream);
}

static void
service_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  MeshStream *stream = mesh_open_run_finish (result, &error);

  if (stream != NULL)
    g_task_return_pointer (task, stream, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeshHost *self = g_task_get_source_object (task);
  GError *error = NULL;
  MeshStream *stream = mesh_open_run_finish (result, &error);

  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  mesh_roster_count_use (self->roster, MESH_CONNECTION (source), stream);
  g_task_return_pointer (task, stream, g_object_unref);
}

void
mesh_host_open_stream_on_async (MeshHost *host,
                                MeshConnection *connection,
                                const char *const *protocols,
                                GBytes *first,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (host, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_host_open_stream_async);
  g_task_set_check_cancellable (task, FALSE);
  mesh_open_run_async (connection, protocols, first, host->options.negotiate_timeout_us,
                       cancellable, service_opened_cb, g_steal_pointer (&task));
}

void
mesh_host_open_stream_async (MeshHost *host,
                             MeshPeerId *peer_id,
                             const char *const *protocols,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  mesh_host_ask_async (host, peer_id, protocols, NULL, cancellable, callback, user_data);
}

void
mesh_host_ask_async (MeshHost *host,
                     MeshPeerId *peer_id,
                     const char *const *protocols,
                     GBytes *first,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MeshConnection *connection;

  g_return_if_fail (MESH_IS_HOST (host));
  g_return_if_fail (protocols != NULL && protocols[0] != NULL);

  task = g_task_new (host, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_host_open_stream_async);
  g_task_set_check_cancellable (task, FALSE);
  connection = mesh_roster_find (host->roster, peer_id);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (host->is_closed)
    g_task_return_error (task, new_closed_error ());
  else if (connection == NULL)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                             "Not connected to %s", mesh_peer_id_to_string (peer_id));
  else
    mesh_open_run_async (connection, protocols, first, host->options.negotiate_timeout_us,
                         cancellable, opened_cb, g_steal_pointer (&task));
}

MeshStream *
mesh_host_open_stream_finish (MeshHost *host, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- a new connection ---- */

static void
refuse (MeshHost *self, MeshConnection *connection, const char *why)
{
  g_autoptr (GError) reason = g_error_new_literal (MESH_ERROR, MESH_ERROR_EXISTS, why);

  uncount (self, connection);
  mesh_connection_close (connection, reason);
  watch_draining (self, mesh_connection_get_muxer (connection));
}

/* Whether @fresh goes and @old stays. Both ends must come to the same answer: of two
 * dials at the same time, the one from the smaller id is kept. When the peer dials again
 * although it has a connection by our count, it has lost that one. */
static gboolean
old_one_wins (MeshHost *self, MeshConnection *old, MeshConnection *fresh)
{
  gboolean we_dialed_old = mesh_connection_get_direction (old) == MESH_DIRECTION_OUTBOUND;
  gboolean we_dialed_fresh
      = mesh_connection_get_direction (fresh) == MESH_DIRECTION_OUTBOUND;
  gint64 age_us = g_get_monotonic_time () - mesh_connection_get_opened_us (old);
  gboolean we_are_smaller
      = mesh_peer_id_compare (self->peer_id, mesh_connection_get_peer_id (fresh)) < 0;

  if (we_dialed_old == we_dialed_fresh)
    return we_dialed_fresh;
  if (age_us > MESH_HOST_SIMULTANEOUS_US)
    return FALSE;
  return we_dialed_old == we_are_smaller;
}

/* Puts a counted connection into the table, and starts it. Returns the connection to the
 * peer that counts from now on, NULL when there is none. */
static MeshConnection *
register_connection (MeshHost *self, MeshConnection *connection, GError **error)
{
  MeshPeerId *peer_id = mesh_connection_get_peer_id (connection);
  MeshMuxer *muxer = mesh_connection_get_muxer (connection);
  MeshConnection *old = mesh_roster_find (self->roster, peer_id);
  g_autoptr (GError) reason = NULL;

  if (self->is_closed || mesh_peer_id_equal (peer_id, self->peer_id))
    {
      refuse (self, connection, "not wanted");
      g_set_error_literal (
          error, MESH_ERROR, self->is_closed ? MESH_ERROR_CLOSED : MESH_ERROR_INVALID,
          self->is_closed ? "The host is closed" : "The address is our own");
      return NULL;
    }
  if (old != NULL && old_one_wins (self, old, connection))
    {
      refuse (self, connection, "there is another connection");
      return old;
    }
  if (old != NULL)
    {
      reason = g_error_new_literal (MESH_ERROR, MESH_ERROR_EXISTS,
                                    "another connection takes its place");
      mesh_connection_close (old, reason);
    }
  mesh_roster_add (self->roster, connection);
  g_signal_connect (muxer, "closed", G_CALLBACK (muxer_closed_cb), self);
  g_signal_connect (muxer, "incoming-stream", G_CALLBACK (incoming_stream_cb), self);
  mesh_muxer_start (muxer);
  g_signal_emit (self, signals[SIGNAL_PEER_CONNECTED], 0, connection);
  return connection;
}

/* ---- inbound ---- */

static void
greeted (MeshHost *self, MeshConnection *connection)
{
  register_connection (self, connection, NULL);
}

static void
incoming_cb (MeshListener *listener, MeshLink *link, gpointer user_data)
{
  MeshHost *self = user_data;

  mesh_greeting_begin (self, link, self->limits, self->cancellable, greeted);
}

gboolean
mesh_host_listen (MeshHost *host, MeshMultiaddr *addr, GError **error)
{
  MeshListener *listener = NULL;
  g_autoptr (GError) first = NULL;

  g_return_val_if_fail (MESH_IS_HOST (host), FALSE);

  if (host->is_closed)
    {
      g_propagate_error (error, new_closed_error ());
      return FALSE;
    }
  for (guint i = 0; i < host->transports->len && listener == NULL; i++)
    {
      g_autoptr (GError) reason = NULL;

      listener = mesh_transport_listen (g_ptr_array_index (host->transports, i), addr,
                                        incoming_cb, host, &reason);
      /* Of several transports, the one that understood the address says more. */
      if (listener == NULL
          && (first == NULL
              || g_error_matches (first, MESH_ERROR, MESH_ERROR_UNSUPPORTED)))
        {
          g_clear_error (&first);
          first = g_steal_pointer (&reason);
        }
    }
  if (listener == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return FALSE;
    }
  g_ptr_array_add (host->listeners, listener);
  g_signal_emit (host, signals[SIGNAL_ADDRESSES_CHANGED], 0);
  return TRUE;
}

void
mesh_host_unlisten (MeshHost *host)
{
  g_return_if_fail (MESH_IS_HOST (host));

  if (host->listeners->len == 0)
    return;
  for (guint i = 0; i < host->listeners->len; i++)
    mesh_listener_close (g_ptr_array_index (host->listeners, i));
  g_ptr_array_set_size (host->listeners, 0);
  g_signal_emit (host, signals[SIGNAL_ADDRESSES_CHANGED], 0);
}

GPtrArray *
mesh_host_dup_addresses (MeshHost *host)
{
  GPtrArray *result
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);

  for (guint i = 0; i < host->listeners->len; i++)
    {
      g_autoptr (GPtrArray) addrs
          = mesh_listener_dup_addresses (g_ptr_array_index (host->listeners, i));

      for (guint k = 0; k < addrs->len; k++)
        g_ptr_array_add (result, mesh_multiaddr_with_peer_id (
                                     g_ptr_array_index (addrs, k), host->peer_id));
    }
  return result;
}

/* ---- outbound ---- */

/* Takes what a dial yields, see MeshDialsFunc. */
static MeshConnection *
take_dialed (MeshConnection *connection,
             MeshPeerId *peer_id,
             GError **error,
             gpointer user_data)
{
  MeshHost *self = user_data;

  if (connection != NULL)
    return register_connection (self, connection, error);
  /* The peer may have come to us meanwhile. */
  return peer_id != NULL ? mesh_roster_find (self->roster, peer_id) : NULL;
}

/* The one peer that all of @addrs lead to; NULL when they name none or several. */
static MeshPeerId *
common_peer (GPtrArray *addrs)
{
  g_autoptr (MeshPeerId) common = NULL;

  for (guint i = 0; i < addrs->len; i++)
    {
      g_autoptr (MeshPeerId) id
          = mesh_multiaddr_dup_peer_id (g_ptr_array_index (addrs, i));

      if (id == NULL || (common != NULL && !mesh_peer_id_equal (id, common)))
        return NULL;
      if (common == NULL)
        common = g_steal_pointer (&id);
    }
  return g_steal_pointer (&common);
}

void
mesh_host_connect_async (MeshHost *host,
                         MeshPeerId *peer_id,
                         GPtrArray *addrs,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (MeshPeerId) wanted = NULL;
  MeshConnection *connection;

  g_return_if_fail (MESH_IS_HOST (host));
  g_return_if_fail (addrs != NULL);

  task = g_task_new (host, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_host_connect_async);
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  wanted = peer_id != NULL ? mesh_peer_id_ref (peer_id) : common_peer (addrs);
  connection = wanted != NULL ? mesh_roster_find (host->roster, wanted) : NULL;
  if (host->is_closed)
    g_task_return_error (task, new_closed_error ());
  else if (connection != NULL)
    g_task_return_pointer (task, g_object_ref (connection), g_object_unref);
  else if (wanted != NULL && mesh_peer_id_equal (wanted, host->peer_id))
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_INVALID,
                             "This is our own peer id: nothing to connect to");
  else
    mesh_dials_add (host->dials, host->transports, wanted, addrs, task);
}

MeshConnection *
mesh_host_connect_finish (MeshHost *host, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- handlers ---- */

static void
set_handler (MeshHost *host,
             const char *protocol,
             MeshHandler handler,
             gpointer user_data,
             GDestroyNotify destroy,
             gboolean is_service)
{
  g_return_if_fail (MESH_IS_HOST (host));
  g_return_if_fail (*protocol != '\0');
  g_return_if_fail (strlen (protocol) <= MESH_MULTISTREAM_MAX_PROTOCOL);

  if (mesh_protocol_table_set (host->table, protocol, handler, user_data, destroy,
                               is_service)
      && !host->is_closed)
    g_signal_emit (host, signals[SIGNAL_PROTOCOLS_CHANGED], 0);
}

void
mesh_host_set_handler (MeshHost *host,
                       const char *protocol,
                       MeshHandler handler,
                       gpointer user_data,
                       GDestroyNotify destroy)
{
  set_handler (host, protocol, handler, user_data, destroy, FALSE);
}

void
mesh_host_set_service_handler (MeshHost *host,
                               const char *protocol,
                               MeshHandler handler,
                               gpointer user_data)
{
  set_handler (host, protocol, handler, user_data, NULL, TRUE);
}

char **
mesh_host_dup_protocols (MeshHost *host)
{
  g_return_val_if_fail (MESH_IS_HOST (host), NULL);

  return mesh_protocol_table_dup_protocols (host->table);
}

/* ---- questions ---- */

MeshKeypair *
mesh_host_get_identity (MeshHost *host)
{
  g_return_val_if_fail (MESH_IS_HOST (host), NULL);

  return host->identity;
}

MeshPeerId *
mesh_host_get_peer_id (MeshHost *host)
{
  g_return_val_if_fail (MESH_IS_HOST (host), NULL);

  return host->peer_id;
}

const MeshHostOptions *
mesh_host_get_options (MeshHost *host)
{
  return &host->options;
}

MeshConnection *
mesh_host_find_connection (MeshHost *host, const MeshPeerId *peer_id)
{
  g_return_val_if_fail (MESH_IS_HOST (host), NULL);

  return mesh_roster_find (host->roster, peer_id);
}

GPtrArray *
mesh_host_dup_connections (MeshHost *host)
{
  g_return_val_if_fail (MESH_IS_HOST (host), NULL);

  return mesh_roster_dup_connections (host->roster);
}

void
mesh_host_disconnect (MeshHost *host, const MeshPeerId *peer_id)
{
  MeshConnection *connection = mesh_host_find_connection (host, peer_id);

  if (connection != NULL)
    mesh_connection_close (connection, NULL);
}

void
mesh_host_emit_identified (MeshHost *host, MeshConnection *connection)
{
  if (mesh_roster_contains (host->roster, connection))
    g_signal_emit (host, signals[SIGNAL_PEER_IDENTIFIED], 0, connection);
}

/* ---- idle connections ---- */

static gboolean
idle_cb (gpointer user_data)
{
  MeshHost *self = user_data;
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self);
  g_autoptr (GError) reason
      = g_error_new_literal (MESH_ERROR, MESH_ERROR_TIMED_OUT, "nobody used it");
  gint64 oldest_us = g_get_monotonic_time () - self->options.idle_timeout_us;

  for (guint i = 0; i < connections->len; i++)
    {
      MeshConnection *connection = g_ptr_array_index (connections, i);

      if (mesh_roster_is_idle (self->roster, connection, oldest_us))
        mesh_connection_close (connection, reason);
    }
  return G_SOURCE_CONTINUE;
}

/* ---- the end ---- */

static void
close_all (MeshHost *self)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self);

  self->is_closed = TRUE;
  clear_source (&self->idle_timer);
  mesh_host_unlisten (self);
  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < connections->len; i++)
    mesh_connection_close (g_ptr_array_index (connections, i), NULL);
}

static gboolean
close_timeout_cb (gpointer user_data)
{
  finish_close (user_data);
  return G_SOURCE_REMOVE;
}

void
mesh_host_close_async (MeshHost *host,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MESH_IS_HOST (host));

  task = g_task_new (host, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_host_close_async);
  if (host->is_closed)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  close_all (host);
  host->close_task = g_steal_pointer (&task);
  if (host->draining->len == 0)
    {
      finish_close (host);
      return;
    }
  host->close_timer = g_timeout_source_new (CLOSE_TIMEOUT_MS);
  g_source_set_callback (host->close_timer, close_timeout_cb, host, NULL);
  g_source_attach (host->close_timer, g_main_context_get_thread_default ());
}

gboolean
mesh_host_close_finish (MeshHost *host, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
mesh_host_dispose (GObject *object)
{
  MeshHost *self = MESH_HOST (object);

  if (!self->is_closed && self->roster != NULL)
    close_all (self);
  for (guint i = 0; self->draining != NULL && i < self->draining->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->draining, i), self);
  g_clear_pointer (&self->draining, g_ptr_array_unref);
  clear_source (&self->close_timer);
  G_OBJECT_CLASS (mesh_host_parent_class)->dispose (object);
}

static void
mesh_host_finalize (GObject *object)
{
  MeshHost *self = MESH_HOST (object);

  g_clear_pointer (&self->roster, mesh_roster_unref);
  g_clear_pointer (&self->dials, mesh_dials_free);
  g_clear_pointer (&self->listeners, g_ptr_array_unref);
  g_clear_pointer (&self->transports, g_ptr_array_unref);
  g_clear_pointer (&self->table, mesh_protocol_table_free);
  g_clear_pointer (&self->limits, mesh_limits_free);
  g_clear_pointer (&self->identity, mesh_keypair_unref);
  g_clear_pointer (&self->peer_id, mesh_peer_id_unref);
  g_clear_object (&self->cancellable);
  g_free (self->agent_version);
  G_OBJECT_CLASS (mesh_host_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, GType type, guint n_params)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       n_params, MESH_TYPE_CONNECTION);
}

static void
mesh_host_class_init (MeshHostClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mesh_host_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_host_finalize;
  signals[SIGNAL_PEER_CONNECTED] = new_signal ("peer-connected", type, 1);
  signals[SIGNAL_PEER_IDENTIFIED] = new_signal ("peer-identified", type, 1);
  signals[SIGNAL_PEER_DISCONNECTED] = new_signal ("peer-disconnected", type, 1);
  signals[SIGNAL_ADDRESSES_CHANGED] = new_signal ("addresses-changed", type, 0);
  signals[SIGNAL_PROTOCOLS_CHANGED] = new_signal ("protocols-changed", type, 0);
}

static void
mesh_host_init (MeshHost *self)
{
  self->transports = g_ptr_array_new_with_free_func (g_object_unref);
  self->listeners = g_ptr_array_new_with_free_func (g_object_unref);
  self->draining = g_ptr_array_new_with_free_func (g_object_unref);
  self->roster = mesh_roster_new ();
  self->cancellable = g_cancellable_new ();
  self->table = mesh_protocol_table_new (stream_agreed, self);
}

void
mesh_host_add_transport (MeshHost *host, MeshTransport *transport)
{
  g_return_if_fail (MESH_IS_HOST (host));

  g_ptr_array_add (host->transports, g_object_ref (transport));
}

MeshHost *
mesh_host_new (MeshKeypair *identity, const MeshHostOptions *options)
{
  static const MeshHostOptions defaults = MESH_HOST_OPTIONS_DEFAULT;
  MeshHost *self = g_object_new (MESH_TYPE_HOST, NULL);
  g_autoptr (MeshTransport) tcp = mesh_tcp_transport_new ();
  MeshLimitsConfig limits;

  self->identity = mesh_keypair_ref (identity);
  self->peer_id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (identity));
  self->options = options != NULL ? *options : defaults;
  self->agent_version = g_strdup (self->options.agent_version);
  self->options.agent_version = self->agent_version;
  limits.max_connections = self->options.max_connections;
  limits.max_inbound = self->options.max_inbound_connections;
  limits.max_inbound_per_ip = self->options.max_connections_per_ip;
  limits.max_inbound_handshakes = self->options.max_inbound_handshakes;
  self->limits = mesh_limits_new (&limits);
  self->dials = mesh_dials_new (self, self->limits, self->cancellable, take_dialed);
  mesh_host_add_transport (self, tcp);
  if (self->options.idle_timeout_us > 0)
    {
      self->idle_timer
          = g_timeout_source_new ((guint) (self->options.idle_timeout_us / 4000) + 1);
      g_source_set_callback (self->idle_timer, idle_cb, self, NULL);
      g_source_attach (self->idle_timer, g_main_context_get_thread_default ());
    }
  return self;
}
