/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Without netlink (a sandbox may forbid it) nothing is told, and the list still works. */
#include "config.h"

#include "mdns/mesh-interfaces.h"

#include <glib-unix.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct MeshInterfaces
{
  int fd; /* -1: nothing is told */
  guint source_id;
  guint settle_id;
  MeshInterfacesFunc func;
  gpointer user_data;
};

static gboolean
settled_cb (gpointer user_data)
{
  MeshInterfaces *self = user_data;

  self->settle_id = 0;
  self->func (self->user_data);
  return G_SOURCE_REMOVE;
}

/* What changed is not read closely: everything is listed afresh. */
static gboolean
readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  MeshInterfaces *self = user_data;
  guint8 buffer[8192];

  for (guint i = 0; i < 64 && recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) > 0; i++)
    ;
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (MESH_INTERFACES_SETTLE_MS, settled_cb, self);
  return G_SOURCE_CONTINUE;
}

MeshInterfaces *
mesh_interfaces_watch (MeshInterfacesFunc func, gpointer user_data)
{
  MeshInterfaces *self = g_new0 (MeshInterfaces, 1);
  struct sockaddr_nl address
      = { .nl_family = AF_NETLINK,
          .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR };

  self->func = func;
  self->user_data = user_data;
  self->fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (self->fd >= 0 && bind (self->fd, (struct sockaddr *) &address, sizeof address) == 0)
    self->source_id = g_unix_fd_add (self->fd, G_IO_IN, readable_cb, self);
  else
    g_debug ("Changes of network interfaces can not be followed");
  return self;
}

void
mesh_interfaces_free (MeshInterfaces *self)
{
  g_clear_handle_id (&self->source_id, g_source_remove);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

static MeshInterface *
ensure (GArray *array, const struct ifaddrs *item)
{
  guint index = if_nametoindex (item->ifa_name);
  MeshInterface interface = { .index = index };

  for (guint i = 0; i < array->len; i++)
    if (g_array_index (array, MeshInterface, i).index == index)
      return &g_array_index (array, MeshInterface, i);
  if (index == 0 || array->len >= MESH_INTERFACES_MAX)
    return NULL;
  g_strlcpy (interface.name, item->ifa_name, sizeof interface.name);
  interface.is_loopback = (item->ifa_flags & IFF_LOOPBACK) != 0;
  g_array_append_val (array, interface);
  return &g_array_index (array, MeshInterface, array->len - 1);
}

static void
take_address (GArray *array, const struct ifaddrs *item)
{
  MeshInterface *interface;

  if (item->ifa_addr == NULL || (item->ifa_flags & IFF_UP) == 0
      || (item->ifa_flags & (IFF_MULTICAST | IFF_LOOPBACK)) == 0
      || (item->ifa_addr->sa_family != AF_INET && item->ifa_addr->sa_family != AF_INET6))
    return;
  interface = ensure (array, item);
  if (interface == NULL)
    return;
  if (item->ifa_addr->sa_family == AF_INET6)
    interface->has_ip6 = TRUE;
  else if (!interface->has_ip4)
    {
      const struct sockaddr_in *in = (const struct sockaddr_in *) item->ifa_addr;

      interface->has_ip4 = TRUE;
      memcpy (interface->ip4, &in->sin_addr, sizeof interface->ip4);
    }
}

static int
compare_index (gconstpointer a, gconstpointer b)
{
  const MeshInterface *x = a, *y = b;

  return x->index < y->index ? -1 : x->index > y->index;
}

GArray *
mesh_interfaces_list (void)
{
  GArray *array = g_array_new (FALSE, TRUE, sizeof (MeshInterface));
  struct ifaddrs *list = NULL;

  if (getifaddrs (&list) != 0)
    return array;
  for (struct ifaddrs *item = list; item != NULL; item = item->ifa_next)
    take_address (array, item);
  freeifaddrs (list);
  g_array_sort (array, compare_index);
  return array;
}
