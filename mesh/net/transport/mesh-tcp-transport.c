/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the host; has no state of its own. */
#include "config.h"

#include "net/transport/mesh-tcp-transport.h"

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/mesh-error.h"
#include "net/transport/mesh-tcp-listener.h"

struct _MeshTcpTransport
{
  GObject parent_instance;
};

static void mesh_tcp_transport_iface_init (MeshTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeshTcpTransport,
                               mesh_tcp_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MESH_TYPE_TRANSPORT,
                                                      mesh_tcp_transport_iface_init))

/* An address taken apart: either an IP address or a name. */
typedef struct
{
  GInetAddress *ip; /* (owned) (nullable) */
  char *name;       /* (owned) (nullable) */
  GResolverNameLookupFlags flags;
  guint32 scope_id;
  guint16 port;
} Target;

static void
target_clear (Target *target)
{
  g_clear_object (&target->ip);
  g_clear_pointer (&target->name, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

static gboolean
read_host (const MeshMultiaddrComponent *component, Target *target)
{
  switch (component->protocol)
    {
    case MESH_MULTIADDR_IP4:
      target->ip = g_inet_address_new_from_bytes (component->data, G_SOCKET_FAMILY_IPV4);
      return TRUE;
    case MESH_MULTIADDR_IP6:
      target->ip = g_inet_address_new_from_bytes (component->data, G_SOCKET_FAMILY_IPV6);
      return TRUE;
    case MESH_MULTIADDR_DNS:
    case MESH_MULTIADDR_DNS4:
    case MESH_MULTIADDR_DNS6:
      target->name = g_strndup ((const char *) component->data, component->len);
      if (component->protocol == MESH_MULTIADDR_DNS4)
        target->flags = G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;
      else if (component->protocol == MESH_MULTIADDR_DNS6)
        target->flags = G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY;
      return TRUE;
    default:
      return FALSE;
    }
}

/* Exactly host, "/tcp" and perhaps "/p2p": "/ws" and the like behind it are other
 * transports. */
static gboolean
read_target (const MeshMultiaddr *addr, Target *target)
{
  guint n = mesh_multiaddr_get_n_components (addr), i = 0;
  MeshMultiaddrComponent component;

  mesh_multiaddr_get_component (addr, i, &component);
  if (component.protocol == MESH_MULTIADDR_IP6ZONE && n > 1)
    {
      g_autofree char *zone = g_strndup ((const char *) component.data, component.len);

      target->scope_id = if_nametoindex (zone);
      mesh_multiaddr_get_component (addr, ++i, &component);
      if (component.protocol != MESH_MULTIADDR_IP6)
        return FALSE;
    }
  if (!read_host (&component, target) || ++i >= n)
    return FALSE;
  mesh_multiaddr_get_component (addr, i, &component);
  if (component.protocol != MESH_MULTIADDR_TCP)
    return FALSE;
  target->port = (guint16) (component.data[0] << 8 | component.data[1]);
  if (++i == n)
    return TRUE;
  mesh_multiaddr_get_component (addr, i, &component);
  return component.protocol == MESH_MULTIADDR_P2P && i + 1 == n;
}

static gboolean
mesh_tcp_transport_can_dial (MeshTransport *transport, const MeshMultiaddr *addr)
{
  g_auto (Target) target = { 0 };

  return read_target (addr, &target);
}

static GInetSocketAddress *
make_address (GInetAddress *ip, guint16 port, guint32 scope_id)
{
  return g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", ip, "port", (guint) port,
                       "scope-id", scope_id, NULL);
}

/* ---- dialing ---- */

typedef enum
{
  STEP_RESOLVE,
  STEP_CONNECT,
  STEP_DONE,
} Step;

typedef struct
{
  Step step;
  Target target;
  GList *ips; /* (owned) (element-type GInetAddress): not tried yet */
  guint n_tried;
  GSocketConnection *connection; /* (owned) (nullable) */
  GError *error;                 /* (owned) (nullable): why the last address failed */
} Dial;

static void
dial_free (Dial *dial)
{
  target_clear (&dial->target);
  g_list_free_full (dial->ips, g_object_unref);
  g_clear_object (&dial->connection);
  g_clear_error (&dial->error);
  g_free (dial);
}

static void advance (GTask *task);

static void
return_unreachable (GTask *task, const GError *reason)
{
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (reason));
  else
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_UNREACHABLE, "%s",
                             reason != NULL ? reason->message
                                            : "The name has no address");
}

static void
resolve_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Dial *dial = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  dial->ips
      = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);
  if (error != NULL)
    {
      return_unreachable (task, error);
      return;
    }
  dial->step = STEP_CONNECT;
  advance (task);
}

static void
connect_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Dial *dial = g_task_get_task_data (task);

  g_clear_error (&dial->error);
  if (g_socket_connection_connect_finish (G_SOCKET_CONNECTION (source), result,
                                          &dial->error))
    dial->step = STEP_DONE;
  else
    g_clear_object (&dial->connection);
  advance (task);
}

static void
connect_next (GTask *task)
{
  Dial *dial = g_task_get_task_data (task);
  g_autoptr (GInetAddress) ip = NULL;
  g_autoptr (GInetSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  if (dial->ips == NULL || dial->n_tried++ == MESH_TCP_TRANSPORT_MAX_RESOLVED)
    {
      return_unreachable (task, dial->error);
      return;
    }
  ip = dial->ips->data;
  dial->ips = g_list_delete_link (dial->ips, dial->ips);
  address = make_address (ip, dial->target.port, dial->target.scope_id);
  socket = g_socket_new (g_inet_address_get_family (ip), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, &error);
  if (socket == NULL)
    {
      return_unreachable (task, error);
      return;
    }
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  /* A name with several addresses must not spend all its time on the first. */
  if (dial->ips != NULL)
    g_socket_set_timeout (socket, MESH_TCP_TRANSPORT_ATTEMPT_S);
  dial->connection = g_socket_connection_factory_create_connection (socket);
  g_socket_connection_connect_async (dial->connection, G_SOCKET_ADDRESS (address),
                                     g_task_get_cancellable (task), connect_cb,
                                     g_object_ref (task));
}

static void
return_link (GTask *task)
{
  Dial *dial = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) local
      = g_socket_connection_get_local_address (dial->connection, &error);
  g_autoptr (GSocketAddress) remote
      = g_socket_connection_get_remote_address (dial->connection, &error);
  g_autoptr (MeshMultiaddr) local_addr = NULL, remote_addr = NULL;
  MeshLink *link;

  if (local == NULL || remote == NULL)
    {
      return_unreachable (task, error);
      return;
    }
  g_socket_set_timeout (g_socket_connection_get_socket (dial->connection), 0);
  local_addr = mesh_tcp_listener_multiaddr (local);
  remote_addr = mesh_tcp_listener_multiaddr (remote);
  link = mesh_link_new (local_addr, remote_addr);
  link->stream = G_IO_STREAM (g_steal_pointer (&dial->connection));
  g_task_return_pointer (task, link, (GDestroyNotify) mesh_link_free);
}

static void
advance (GTask *task)
{
  Dial *dial = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  switch (dial->step)
    {
    case STEP_RESOLVE:
      {
        g_autoptr (GResolver) resolver = g_resolver_get_default ();

        g_resolver_lookup_by_name_with_flags_async (
            resolver, dial->target.name, dial->target.flags,
            g_task_get_cancellable (task), resolve_cb, g_object_ref (task));
        return;
      }
    case STEP_CONNECT:
      connect_next (task);
      return;
    case STEP_DONE:
      return_link (task);
      return;
    default:
      g_assert_not_reached ();
    }
}

static void
mesh_tcp_transport_dial_async (MeshTransport *transport,
                               MeshMultiaddr *addr,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);
  Dial *dial = g_new0 (Dial, 1);

  g_task_set_source_tag (task, mesh_tcp_transport_dial_async);
  g_task_set_task_data (task, dial, (GDestroyNotify) dial_free);
  if (!read_target (addr, &dial->target))
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                               "%s is not an address of the TCP transport",
                               mesh_multiaddr_to_string (addr));
      return;
    }
  if (dial->target.ip != NULL)
    {
      dial->ips = g_list_prepend (NULL, g_object_ref (dial->target.ip));
      dial->step = STEP_CONNECT;
    }
  advance (task);
}

static MeshLink *
mesh_tcp_transport_dial_finish (MeshTransport *transport,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, transport), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static MeshListener *
mesh_tcp_transport_listen (MeshTransport *transport,
                           MeshMultiaddr *addr,
                           MeshListenerFunc func,
                           gpointer user_data,
                           GError **error)
{
  g_auto (Target) target = { 0 };
  g_autoptr (GInetSocketAddress) address = NULL;

  if (!read_target (addr, &target) || target.ip == NULL
      || mesh_multiaddr_find (addr, MESH_MULTIADDR_P2P, NULL))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "Can not listen on %s, only on addresses like /ip4/0.0.0.0/tcp/4001",
                   mesh_multiaddr_to_string (addr));
      return NULL;
    }
  address = make_address (target.ip, target.port, target.scope_id);
  return mesh_tcp_listener_new (address, func, user_data, error);
}

static void
mesh_tcp_transport_iface_init (MeshTransportInterface *iface)
{
  iface->can_dial = mesh_tcp_transport_can_dial;
  iface->dial_async = mesh_tcp_transport_dial_async;
  iface->dial_finish = mesh_tcp_transport_dial_finish;
  iface->listen = mesh_tcp_transport_listen;
}

static void
mesh_tcp_transport_class_init (MeshTcpTransportClass *klass)
{
}

static void
mesh_tcp_transport_init (MeshTcpTransport *self)
{
}

MeshTransport *
mesh_tcp_transport_new (void)
{
  return g_object_new (MESH_TYPE_TCP_TRANSPORT, NULL);
}
