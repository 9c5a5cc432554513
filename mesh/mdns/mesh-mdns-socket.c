/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "mdns/mesh-dns-message.h"

#define GROUP_IP4 "224.0.0.251"
#define GROUP_IP4_BITS 0xe00000fbu
#define GROUP_IP6 "ff02::fb"
#define HOP_LIMIT 255 /* RFC 6762 §11 */

struct MeshMdnsSocket
{
  GSocket *socket;       /* (owned) */
  GSocketAddress *group; /* (owned) */
  GSource *source;       /* (owned) */
  guint link;
  MeshMdnsSocketFunc func;
  gpointer user_data;
};

guint
mesh_mdns_socket_make_link (const MeshInterface *interface, GSocketFamily family)
{
  return interface->index * 2 + (family == G_SOCKET_FAMILY_IPV6 ? 1 : 0);
}

static gboolean
readable_cb (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  MeshMdnsSocket *self = user_data;
  guint8 buffer[MESH_DNS_MESSAGE_MAX_BYTES + 1];

  for (guint i = 0; i < MESH_MDNS_SOCKET_MAX_PACKETS; i++)
    {
      g_autoptr (GSocketAddress) from = NULL;
      GInetAddress *ip;
      gssize n = g_socket_receive_from (socket, &from, (char *) buffer, sizeof buffer,
                                        NULL, NULL);

      if (n < 0)
        break;
      if (!G_IS_INET_SOCKET_ADDRESS (from))
        continue;
      ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from));
      self->func (self, g_inet_address_to_bytes (ip), g_inet_address_get_native_size (ip),
                  buffer, (gsize) n, self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
set_option (MeshMdnsSocket *self,
            int level,
            int option,
            const void *value,
            gsize len,
            const char *what,
            GError **error)
{
  if (setsockopt (g_socket_get_fd (self->socket), level, option, value, (socklen_t) len)
      == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               "Multicast DNS: can't %s: %s", what, g_strerror (errno));
  return FALSE;
}

static gboolean
set_number (MeshMdnsSocket *self,
            int level,
            int option,
            int value,
            const char *what,
            GError **error)
{
  return set_option (self, level, option, &value, sizeof value, what, error);
}

/* Only what comes over this interface, and our own packets too: other nodes on this
 * machine must hear them. */
static gboolean
set_up_ip4 (MeshMdnsSocket *self, const MeshInterface *interface, GError **error)
{
  struct ip_mreqn request = { .imr_ifindex = (int) interface->index };

  memcpy (&request.imr_address, interface->ip4, sizeof interface->ip4);
  request.imr_multiaddr.s_addr = htonl (GROUP_IP4_BITS);
  return set_number (self, IPPROTO_IP, IP_MULTICAST_ALL, 0, "choose an interface", error)
         && set_option (self, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request,
                        "join the group", error)
         && set_option (self, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request,
                        "choose an interface", error)
         && set_number (self, IPPROTO_IP, IP_MULTICAST_TTL, HOP_LIMIT, "set the TTL",
                        error)
         && set_number (self, IPPROTO_IP, IP_MULTICAST_LOOP, 1, "loop back", error);
}

static gboolean
set_up_ip6 (MeshMdnsSocket *self, const MeshInterface *interface, GError **error)
{
  GInetSocketAddress *group = G_INET_SOCKET_ADDRESS (self->group);
  struct ipv6_mreq request = { .ipv6mr_interface = interface->index };

  memcpy (&request.ipv6mr_multiaddr,
          g_inet_address_to_bytes (g_inet_socket_address_get_address (group)),
          sizeof request.ipv6mr_multiaddr);
  return set_number (self, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0, "choose an interface",
                     error)
         && set_option (self, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request,
                        "join the group", error)
         && set_number (self, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int) interface->index,
                        "choose an interface", error)
         && set_number (self, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, HOP_LIMIT,
                        "set the hop limit", error)
         && set_number (self, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1, "loop back", error);
}

static gboolean
set_up (MeshMdnsSocket *self, const MeshInterface *interface, GError **error)
{
  gboolean is_ip6 = g_socket_address_get_family (self->group) == G_SOCKET_FAMILY_IPV6;

  g_socket_set_blocking (self->socket, FALSE);
  if (is_ip6 && !set_number (self, IPPROTO_IPV6, IPV6_V6ONLY, 1, "use IPv6 alone", error))
    return FALSE;
  /* Sets SO_REUSEADDR and SO_REUSEPORT: what else is on this port wants the same. */
  return g_socket_bind (self->socket, self->group, TRUE, error)
         && (is_ip6 ? set_up_ip6 (self, interface, error)
                    : set_up_ip4 (self, interface, error));
}

MeshMdnsSocket *
mesh_mdns_socket_new (const MeshInterface *interface,
                      GSocketFamily family,
                      guint16 port,
                      MeshMdnsSocketFunc func,
                      gpointer user_data,
                      GError **error)
{
  g_autoptr (MeshMdnsSocket) self = g_new0 (MeshMdnsSocket, 1);
  g_autoptr (GInetAddress) group = NULL;

  self->func = func;
  self->user_data = user_data;
  self->link = mesh_mdns_socket_make_link (interface, family);
  self->socket
      = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  if (self->socket == NULL)
    return NULL;
  group = g_inet_address_new_from_string (family == G_SOCKET_FAMILY_IPV6 ? GROUP_IP6
                                                                         : GROUP_IP4);
  self->group = g_object_new (
      G_TYPE_INET_SOCKET_ADDRESS, "address", group, "port", (guint) port, "scope-id",
      family == G_SOCKET_FAMILY_IPV6 ? interface->index : 0, NULL);
  if (!set_up (self, interface, error))
    return NULL;
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (readable_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return g_steal_pointer (&self);
}

void
mesh_mdns_socket_free (MeshMdnsSocket *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_clear_object (&self->group);
  g_free (self);
}

guint
mesh_mdns_socket_get_link (const MeshMdnsSocket *self)
{
  return self->link;
}

gboolean
mesh_mdns_socket_send (MeshMdnsSocket *self, GBytes *packet, GError **error)
{
  gsize len;
  const char *data = g_bytes_get_data (packet, &len);

  return g_socket_send_to (self->socket, self->group, data, len, NULL, error) >= 0;
}
