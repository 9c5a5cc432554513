/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-listener.h"

#include "node/mesh.h"

#define SOCKET_KEY "shoald-master-socket"

struct ShoaldMasterListener
{
  SoupServer *server;      /* (owned) */
  GSocketService *service; /* (owned) (nullable) */
  char *address;           /* (owned) (nullable) */
  grefcount refs;          /* one for each open connection, one for the owner */
  guint n_connections;
  guint max_connections;
  guint timeout_s;
};

/* Connections outlive the listener by a moment when it is freed. */
static void
release (ShoaldMasterListener *listener)
{
  if (!g_ref_count_dec (&listener->refs))
    return;
  g_clear_object (&listener->service);
  g_clear_object (&listener->server);
  g_free (listener->address);
  g_free (listener);
}

static void
connection_gone (gpointer data, GObject *where_the_object_was)
{
  ShoaldMasterListener *listener = data;

  listener->n_connections--;
  release (listener);
}

static gboolean
incoming (GSocketService *service,
          GSocketConnection *connection,
          GObject *source_object,
          gpointer user_data)
{
  ShoaldMasterListener *listener = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) local
      = g_socket_connection_get_local_address (connection, &error);
  g_autoptr (GSocketAddress) remote = NULL;
  GSocket *socket = g_socket_connection_get_socket (connection);

  if (local != NULL)
    remote = g_socket_connection_get_remote_address (connection, &error);
  if (remote == NULL || listener->n_connections >= listener->max_connections)
    {
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      return TRUE;
    }
  listener->n_connections++;
  g_ref_count_inc (&listener->refs);
  g_object_weak_ref (G_OBJECT (connection), connection_gone, listener);
  g_socket_set_timeout (socket, listener->timeout_s);
  g_object_set_data_full (G_OBJECT (remote), SOCKET_KEY, g_object_ref (socket),
                          g_object_unref);
  if (!soup_server_accept_iostream (listener->server, G_IO_STREAM (connection), local,
                                    remote, &error))
    g_debug ("Cannot serve a connection: %s", error->message);
  return TRUE;
}

/* Like parse_address() of any tool: a numeric address and a port. */
static GSocketAddress *
parse_address (const char *text, GError **error)
{
  g_autoptr (GSocketConnectable) parsed
      = g_network_address_parse (text, G_MAXUINT16, NULL);
  g_autoptr (GInetAddress) inet = NULL;
  GNetworkAddress *address = parsed != NULL ? G_NETWORK_ADDRESS (parsed) : NULL;
  const char *bracket = strrchr (text, ']');
  const char *colon = strrchr (bracket != NULL ? bracket : text, ':');

  if (address != NULL)
    inet = g_inet_address_new_from_string (g_network_address_get_hostname (address));
  if (inet == NULL || colon == NULL || !g_ascii_isdigit (colon[1]))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "“%s” is no address to listen on; write ADDRESS:PORT, such as "
                   "127.0.0.1:8080 or [::]:8080",
                   text);
      return NULL;
    }
  return g_inet_socket_address_new (inet, g_network_address_get_port (address));
}

static gboolean
listen_on (ShoaldMasterListener *listener, const char *text, GError **error)
{
  g_autoptr (GSocketAddress) wanted = parse_address (text, error);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) inner = NULL;

  if (wanted == NULL)
    return FALSE;
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (listener->service), wanted,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                      &effective, &inner))
    {
      g_set_error (
          error, MESH_ERROR,
          g_error_matches (inner, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ? MESH_ERROR_BUSY
                                                                         : MESH_ERROR_IO,
          "Cannot listen on %s: %s; choose another with --http", text, inner->message);
      return FALSE;
    }
  listener->address = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (effective));
  return TRUE;
}

ShoaldMasterListener *
shoald_master_listener_new (SoupServer *server,
                            const char *text,
                            guint max_connections,
                            guint timeout_s,
                            GError **error)
{
  g_autoptr (ShoaldMasterListener) listener = g_new0 (ShoaldMasterListener, 1);

  g_ref_count_init (&listener->refs);
  listener->server = g_object_ref (server);
  listener->service = g_socket_service_new ();
  listener->max_connections = max_connections;
  listener->timeout_s = timeout_s;
  g_signal_connect (listener->service, "incoming", G_CALLBACK (incoming), listener);
  if (!listen_on (listener, text, error))
    return NULL;
  return g_steal_pointer (&listener);
}

void
shoald_master_listener_free (ShoaldMasterListener *listener)
{
  g_signal_handlers_disconnect_by_data (listener->service, listener);
  g_socket_service_stop (listener->service);
  g_socket_listener_close (G_SOCKET_LISTENER (listener->service));
  release (listener);
}

const char *
shoald_master_listener_get_address (ShoaldMasterListener *listener)
{
  return listener->address;
}

guint
shoald_master_listener_get_n_connections (ShoaldMasterListener *listener)
{
  return listener->n_connections;
}

GSocket *
shoald_master_listener_get_socket (GSocketAddress *remote_address)
{
  if (remote_address == NULL)
    return NULL;
  return g_object_get_data (G_OBJECT (remote_address), SOCKET_KEY);
}
