/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the host; lives in the main context of its creator. Ends with close or the
 * last reference. */
#include "config.h"

#include "net/transport/mesh-tcp-listener.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "base/mesh-error.h"

#define MAX_ACCEPTS 32
#define PAUSE_MS 1000
#define BACKLOG 256

struct _MeshTcpListener
{
  MeshListener parent_instance;

  GSocket *socket; /* (owned) (nullable): NULL when closed */
  GSource
      *source; /* (owned) (nullable): waits for connections, or for the end of a pause */
  MeshListenerFunc func;
  gpointer user_data; /* (unowned) */
};

G_DEFINE_FINAL_TYPE (MeshTcpListener, mesh_tcp_listener, MESH_TYPE_LISTENER)

static void wait_for_connections (MeshTcpListener *self);

MeshMultiaddr *
mesh_tcp_listener_multiaddr (GSocketAddress *address)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  GInetAddress *ip;
  const guint8 *bytes;
  gsize len;
  guint16 port;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  bytes = g_inet_address_to_bytes (ip);
  len = g_inet_address_get_native_size (ip);
  if (len == 16 && memcmp (bytes, mapped, sizeof mapped) == 0)
    return mesh_multiaddr_new_ip (bytes + sizeof mapped, 4, MESH_MULTIADDR_TCP, port);
  return mesh_multiaddr_new_ip (bytes, len, MESH_MULTIADDR_TCP, port);
}

static void
set_source (MeshTcpListener *self, GSource *source)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  self->source = source;
  if (source != NULL)
    g_source_attach (source, g_main_context_get_thread_default ());
}

static gboolean
resume_cb (gpointer user_data)
{
  wait_for_connections (user_data);
  return G_SOURCE_REMOVE;
}

static void
report (MeshTcpListener *self, GSocket *socket)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autoptr (MeshMultiaddr) local_addr = NULL, remote_addr = NULL;
  MeshLink *link;

  if (local == NULL || remote == NULL)
    return; /* gone already */
  local_addr = mesh_tcp_listener_multiaddr (local);
  remote_addr = mesh_tcp_listener_multiaddr (remote);
  if (remote_addr == NULL)
    return;
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  link = mesh_link_new (local_addr, remote_addr);
  link->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  self->func (MESH_LISTENER (self), link, self->user_data);
}

static gboolean
accept_cb (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  g_autoptr (MeshTcpListener) self = g_object_ref (user_data);

  for (guint i = 0; i < MAX_ACCEPTS && self->socket != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) accepted = g_socket_accept (self->socket, NULL, &error);

      if (accepted != NULL)
        {
          report (self, accepted);
          continue;
        }
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        break;
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES)
          && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
        continue; /* that one connection failed */
      set_source (self, g_timeout_source_new (PAUSE_MS));
      g_source_set_callback (self->source, resume_cb, self, NULL);
      return G_SOURCE_REMOVE;
    }
  return self->socket != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
wait_for_connections (MeshTcpListener *self)
{
  GSource *source = g_socket_create_source (self->socket, G_IO_IN, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (accept_cb), self, NULL);
  set_source (self, source);
}

/* An unspecified address stands for those of all interfaces that are up, but for
 * link-local ones, which mean nothing without their zone. */
static void
add_interface_addresses (GPtrArray *addrs, sa_family_t family, guint16 port)
{
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) != 0)
    return;
  for (struct ifaddrs *item = list; item != NULL; item = item->ifa_next)
    {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) item->ifa_addr;
      const struct sockaddr_in *in = (const struct sockaddr_in *) item->ifa_addr;

      if (item->ifa_addr == NULL || item->ifa_addr->sa_family != family
          || (item->ifa_flags & IFF_UP) == 0)
        continue;
      if (family == AF_INET)
        g_ptr_array_add (addrs, mesh_multiaddr_new_ip ((const guint8 *) &in->sin_addr, 4,
                                                       MESH_MULTIADDR_TCP, port));
      else if (!IN6_IS_ADDR_LINKLOCAL (&in6->sin6_addr))
        g_ptr_array_add (addrs, mesh_multiaddr_new_ip ((const guint8 *) &in6->sin6_addr,
                                                       16, MESH_MULTIADDR_TCP, port));
    }
  freeifaddrs (list);
}

static GPtrArray *
mesh_tcp_listener_dup_addresses (MeshListener *listener)
{
  MeshTcpListener *self = MESH_TCP_LISTENER (listener);
  GPtrArray *addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GSocketAddress) address = NULL;
  GInetAddress *ip;

  if (self->socket != NULL)
    address = g_socket_get_local_address (self->socket, NULL);
  if (address == NULL)
    return addrs;
  ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (g_inet_address_get_is_any (ip))
    add_interface_addresses (
        addrs,
        g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV4 ? AF_INET : AF_INET6,
        g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  else
    g_ptr_array_add (addrs, mesh_tcp_listener_multiaddr (address));
  return addrs;
}

static void
mesh_tcp_listener_close (MeshListener *listener)
{
  MeshTcpListener *self = MESH_TCP_LISTENER (listener);

  set_source (self, NULL);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
}

static void
mesh_tcp_listener_dispose (GObject *object)
{
  mesh_tcp_listener_close (MESH_LISTENER (object));
  G_OBJECT_CLASS (mesh_tcp_listener_parent_class)->dispose (object);
}

static void
mesh_tcp_listener_class_init (MeshTcpListenerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_tcp_listener_dispose;
  MESH_LISTENER_CLASS (klass)->dup_addresses = mesh_tcp_listener_dup_addresses;
  MESH_LISTENER_CLASS (klass)->close = mesh_tcp_listener_close;
}

static void
mesh_tcp_listener_init (MeshTcpListener *self)
{
}

static GSocket *
open_socket (GInetSocketAddress *address, GError **error)
{
  GSocketFamily family = g_socket_address_get_family (G_SOCKET_ADDRESS (address));
  g_autoptr (GSocket) socket
      = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  /* "/ip6/::" and "/ip4/0.0.0.0" are two addresses and may share a port. */
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
  if (!g_socket_bind (socket, G_SOCKET_ADDRESS (address), TRUE, error)
      || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

MeshListener *
mesh_tcp_listener_new (GInetSocketAddress *address,
                       MeshListenerFunc func,
                       gpointer user_data,
                       GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (MeshTcpListener) self = g_object_new (MESH_TYPE_TCP_LISTENER, NULL);
  g_autofree char *text = NULL;

  self->func = func;
  self->user_data = user_data;
  self->socket = open_socket (address, &reason);
  if (self->socket == NULL)
    {
      text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
      g_set_error (error, MESH_ERROR,
                   g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)
                       ? MESH_ERROR_EXISTS
                       : MESH_ERROR_IO,
                   "Could not listen on %s: %s", text, reason->message);
      return NULL;
    }
  wait_for_connections (self);
  return MESH_LISTENER (g_steal_pointer (&self));
}
