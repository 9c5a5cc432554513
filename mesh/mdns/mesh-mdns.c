/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by the node, in the host's main context. Switched on it looks whether Avahi owns
 * its name on the system bus, and follows that name: Avahi while it is there, else a core
 * with a socket for each link. A change of the backend frees the one before the other is
 * made. */
#include "config.h"

#include "mdns/mesh-mdns.h"

#include "mdns/mesh-interfaces.h"
#include "mdns/mesh-mdns-avahi.h"
#include "mdns/mesh-mdns-core.h"
#include "mdns/mesh-mdns-socket.h"

#define PEER_NAME_LEN 32

struct _MeshMdns
{
  GObject parent_instance;

  MeshHost *host; /* (owned) */
  MeshMdnsOptions options;
  char *service; /* (owned) */
  char peer_name[PEER_NAME_LEN + 1];

  /* looking for Avahi */
  GCancellable *cancellable; /* (owned) (nullable): of the connection to the bus */
  GDBusConnection *bus;      /* (owned) (nullable) */
  guint watch_id;
  gboolean is_known; /* whether Avahi is there */

  /* one of both */
  MeshMdnsAvahi *avahi; /* (owned) (nullable) */
  MeshMdnsCore *core;   /* (owned) (nullable) */

  /* with a core */
  MeshInterfaces *interfaces; /* (owned) */
  GPtrArray *sockets;         /* (owned) (element-type MeshMdnsSocket) */
  guint timer_id;
};

G_DEFINE_FINAL_TYPE (MeshMdns, mesh_mdns, G_TYPE_OBJECT)

enum
{
  SIGNAL_PEER_FOUND,
  SIGNAL_PEER_LOST,
  SIGNAL_BACKEND_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* ---- with a socket ---- */

static void run_core (MeshMdns *self);

static gboolean
timer_cb (gpointer user_data)
{
  MeshMdns *self = user_data;

  self->timer_id = 0;
  mesh_mdns_core_handle_timeout (self->core, g_get_monotonic_time ());
  run_core (self);
  return G_SOURCE_REMOVE;
}

static void
send_packet (MeshMdns *self, const MeshMdnsEvent *event)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      MeshMdnsSocket *socket = g_ptr_array_index (self->sockets, i);
      g_autoptr (GError) error = NULL;

      if (mesh_mdns_socket_get_link (socket) == event->link
          && !mesh_mdns_socket_send (socket, event->packet, &error))
        g_debug ("Multicast DNS on link %u: %s", event->link, error->message);
    }
}

/* Does what the core asks for and arms the timer. A handler of a signal may switch this
 * object off. */
static void
run_core (MeshMdns *self)
{
  g_autoptr (MeshMdns) kept = g_object_ref (self);
  gint64 next_us, now_us;
  MeshMdnsEvent event;

  while (self->core != NULL && mesh_mdns_core_poll_event (self->core, &event))
    {
      if (event.kind == MESH_MDNS_EVENT_SEND)
        send_packet (self, &event);
      else if (event.kind == MESH_MDNS_EVENT_FOUND)
        g_signal_emit (self, signals[SIGNAL_PEER_FOUND], 0, event.peer, event.addrs);
      else
        g_signal_emit (self, signals[SIGNAL_PEER_LOST], 0, event.peer);
      mesh_mdns_core_clear_event (&event);
    }
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->core == NULL)
    return;
  next_us = mesh_mdns_core_next_deadline_us (self->core);
  now_us = g_get_monotonic_time ();
  if (next_us != G_MAXINT64)
    self->timer_id = g_timeout_add (
        next_us > now_us ? (guint) ((next_us - now_us) / 1000 + 1) : 0, timer_cb, self);
}

static gboolean
idle_run_cb (gpointer user_data)
{
  MeshMdns *self = user_data;

  self->timer_id = 0;
  run_core (self);
  return G_SOURCE_REMOVE;
}

/* The events wait until the socket is done: a handler may end it. */
static void
packet_cb (MeshMdnsSocket *socket,
           const guint8 *source,
           gsize source_len,
           const guint8 *data,
           gsize len,
           gpointer user_data)
{
  MeshMdns *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!mesh_mdns_core_handle_packet (self->core, mesh_mdns_socket_get_link (socket),
                                     source, source_len, data, len,
                                     g_get_monotonic_time (), &error))
    g_debug ("Multicast DNS: %s", error->message);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_id = g_idle_add_full (G_PRIORITY_DEFAULT, idle_run_cb, self, NULL);
}

static gboolean
has_link (MeshMdns *self, guint link)
{
  for (guint i = 0; i < self->sockets->len; i++)
    if (mesh_mdns_socket_get_link (g_ptr_array_index (self->sockets, i)) == link)
      return TRUE;
  return FALSE;
}

static void
open_socket (MeshMdns *self, const MeshInterface *interface, GSocketFamily family)
{
  guint link = mesh_mdns_socket_make_link (interface, family);
  g_autoptr (GError) error = NULL;
  MeshMdnsSocket *socket;

  if (has_link (self, link))
    return;
  socket = mesh_mdns_socket_new (interface, family, self->options.port, packet_cb, self,
                                 &error);
  if (socket == NULL)
    {
      g_debug ("%s: %s", interface->name, error->message);
      return;
    }
  g_ptr_array_add (self->sockets, socket);
  if (!mesh_mdns_core_add_link (self->core, link, g_get_monotonic_time ()))
    g_ptr_array_remove (self->sockets, socket);
}

static gboolean
is_there (const GArray *interfaces, guint link)
{
  for (guint i = 0; i < interfaces->len; i++)
    {
      const MeshInterface *interface = &g_array_index (interfaces, MeshInterface, i);

      if ((interface->has_ip4
           && mesh_mdns_socket_make_link (interface, G_SOCKET_FAMILY_IPV4) == link)
          || (interface->has_ip6
              && mesh_mdns_socket_make_link (interface, G_SOCKET_FAMILY_IPV6) == link))
        return TRUE;
    }
  return FALSE;
}

/* Opens and closes sockets as interfaces come and go. */
static void
follow_interfaces (MeshMdns *self)
{
  g_autoptr (GArray) interfaces = mesh_interfaces_list ();

  for (guint i = self->sockets->len; i > 0; i--)
    {
      guint link = mesh_mdns_socket_get_link (g_ptr_array_index (self->sockets, i - 1));

      if (is_there (interfaces, link))
        continue;
      mesh_mdns_core_remove_link (self->core, link);
      g_ptr_array_remove_index (self->sockets, i - 1);
    }
  for (guint i = 0; i < interfaces->len; i++)
    {
      const MeshInterface *interface = &g_array_index (interfaces, MeshInterface, i);

      if (interface->is_loopback && !self->options.allow_loopback)
        continue;
      if (interface->has_ip4)
        open_socket (self, interface, G_SOCKET_FAMILY_IPV4);
      if (interface->has_ip6)
        open_socket (self, interface, G_SOCKET_FAMILY_IPV6);
    }
}

static void
update_addresses (MeshMdns *self)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (self->host);

  if (self->avahi != NULL)
    mesh_mdns_avahi_set_addresses (self->avahi, addrs);
  if (self->core == NULL)
    return;
  mesh_mdns_core_set_addresses (self->core, addrs, g_get_monotonic_time ());
  run_core (self);
}

static void
interfaces_cb (gpointer user_data)
{
  MeshMdns *self = user_data;

  if (self->core != NULL)
    follow_interfaces (self);
  update_addresses (self);
}

static void
start_core (MeshMdns *self)
{
  MeshMdnsCoreConfig config
      = { .service = self->service,
          .peer_name = self->peer_name,
          .self = mesh_host_get_peer_id (self->host),
          .max_interval_us = self->options.max_interval_us,
          .allow_loopback = self->options.allow_loopback,
          .seed = (guint64) g_random_int () << 32 | g_random_int () };
  g_autoptr (GError) error = NULL;

  self->core = mesh_mdns_core_new (&config, &error);
  if (self->core == NULL)
    {
      g_message ("%s", error->message);
      return;
    }
  self->sockets = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_mdns_socket_free);
  update_addresses (self);
  follow_interfaces (self);
}

static void
stop_core (MeshMdns *self)
{
  MeshMdnsEvent event;

  if (self->core == NULL)
    return;
  mesh_mdns_core_stop (self->core);
  while (mesh_mdns_core_poll_event (self->core, &event))
    {
      if (event.kind == MESH_MDNS_EVENT_SEND)
        send_packet (self, &event);
      mesh_mdns_core_clear_event (&event);
    }
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_pointer (&self->sockets, g_ptr_array_unref);
  g_clear_pointer (&self->core, mesh_mdns_core_free);
}

/* ---- with Avahi ---- */

static void
found_cb (MeshPeerId *peer, GPtrArray *addrs, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_PEER_FOUND], 0, peer, addrs);
}

static void
lost_cb (MeshPeerId *peer, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_PEER_LOST], 0, peer);
}

static void
start_avahi (MeshMdns *self)
{
  MeshMdnsAvahiConfig config = { .bus = self->bus,
                                 .service = self->service,
                                 .peer_name = self->peer_name,
                                 .self = mesh_host_get_peer_id (self->host),
                                 .allow_loopback = self->options.allow_loopback,
                                 .found = found_cb,
                                 .lost = lost_cb,
                                 .user_data = self };

  self->avahi = mesh_mdns_avahi_new (&config);
  update_addresses (self);
}

/* ---- one or the other ---- */

static void
stop_backend (MeshMdns *self)
{
  stop_core (self);
  g_clear_pointer (&self->avahi, mesh_mdns_avahi_free);
}

static void
use_backend (MeshMdns *self, gboolean is_avahi)
{
  self->is_known = TRUE;
  if (is_avahi ? self->avahi != NULL : self->core != NULL)
    return;
  stop_backend (self);
  self->interfaces = self->interfaces != NULL
                         ? self->interfaces
                         : mesh_interfaces_watch (interfaces_cb, self);
  if (is_avahi)
    start_avahi (self);
  else
    start_core (self);
  g_signal_emit (self, signals[SIGNAL_BACKEND_CHANGED], 0);
  if (self->core != NULL)
    run_core (self);
}

static void
appeared_cb (GDBusConnection *bus,
             const char *name,
             const char *owner,
             gpointer user_data)
{
  use_backend (user_data, TRUE);
}

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  use_backend (user_data, FALSE);
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, &error);
  g_autoptr (MeshMdns) self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || self->cancellable == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (bus == NULL)
    {
      g_debug ("No system bus, so no Avahi: %s", error->message);
      use_backend (self, FALSE);
      return;
    }
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->bus = g_steal_pointer (&bus);
  self->watch_id = g_bus_watch_name_on_connection (self->bus, MESH_MDNS_AVAHI_NAME,
                                                   G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                   appeared_cb, vanished_cb, self, NULL);
}

static void
start (MeshMdns *self)
{
  if (!self->options.use_avahi)
    {
      use_backend (self, FALSE);
      return;
    }
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, g_object_ref (self));
}

static void
stop (MeshMdns *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  stop_backend (self);
  g_clear_pointer (&self->interfaces, mesh_interfaces_free);
  g_clear_object (&self->bus);
  self->is_known = FALSE;
}

void
mesh_mdns_set_enabled (MeshMdns *self, gboolean enabled)
{
  g_return_if_fail (MESH_IS_MDNS (self));

  if (self->options.enabled == enabled)
    return;
  self->options.enabled = enabled;
  if (enabled)
    start (self);
  else
    stop (self);
  g_signal_emit (self, signals[SIGNAL_BACKEND_CHANGED], 0);
}

const char *
mesh_mdns_get_backend (MeshMdns *self)
{
  if (!self->options.enabled)
    return "off";
  if (self->avahi != NULL)
    return "avahi";
  return self->is_known ? "socket" : "starting";
}

guint
mesh_mdns_get_n_peers (MeshMdns *self)
{
  if (self->avahi != NULL)
    return mesh_mdns_avahi_get_n_peers (self->avahi);
  return self->core != NULL ? mesh_mdns_core_get_n_peers (self->core) : 0;
}

/* ---- life ---- */

static void
addresses_changed_cb (MeshHost *host, gpointer user_data)
{
  update_addresses (user_data);
}

static void
mesh_mdns_dispose (GObject *object)
{
  MeshMdns *self = MESH_MDNS (object);

  stop (self);
  self->options.enabled = FALSE;
  g_clear_object (&self->host);
  G_OBJECT_CLASS (mesh_mdns_parent_class)->dispose (object);
}

static void
mesh_mdns_finalize (GObject *object)
{
  g_free (MESH_MDNS (object)->service);
  G_OBJECT_CLASS (mesh_mdns_parent_class)->finalize (object);
}

static void
mesh_mdns_class_init (MeshMdnsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mesh_mdns_dispose;
  object_class->finalize = mesh_mdns_finalize;
  signals[SIGNAL_PEER_FOUND]
      = g_signal_new ("peer-found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_PTR_ARRAY);
  signals[SIGNAL_PEER_LOST]
      = g_signal_new ("peer-lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_BACKEND_CHANGED]
      = g_signal_new ("backend-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* The spec: random, lower-case, at least 32 letters and digits. */
static void
mesh_mdns_init (MeshMdns *self)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

  for (guint i = 0; i < PEER_NAME_LEN; i++)
    self->peer_name[i] = letters[g_random_int_range (0, (gint32) sizeof letters - 1)];
}

MeshMdns *
mesh_mdns_new (MeshHost *host, const MeshMdnsOptions *options)
{
  static const MeshMdnsOptions defaults = MESH_MDNS_OPTIONS_DEFAULT;
  MeshMdns *self = g_object_new (MESH_TYPE_MDNS, NULL);

  self->host = g_object_ref (host);
  self->options = options != NULL ? *options : defaults;
  self->service = g_strdup (self->options.service);
  self->options.service = self->service;
  g_signal_connect_object (host, "addresses-changed", G_CALLBACK (addresses_changed_cb),
                           self, 0);
  if (self->options.enabled)
    start (self);
  return self;
}
