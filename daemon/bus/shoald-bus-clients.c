/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The filter runs in the worker thread of GDBus: it looks at the header of a message and
 * posts the sender's name to the main context. It holds a weak reference only, since it
 * may still run while the object ends. */
#include "config.h"

#include "bus/shoald-bus-clients.h"

struct _ShoaldBusClients
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) */
  GHashTable *watches;         /* (owned): unique name → watch id */
  guint filter_id;
};

G_DEFINE_FINAL_TYPE (ShoaldBusClients, shoald_bus_clients, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

typedef struct
{
  GWeakRef clients;
  GMainContext *context; /* (owned): of the owner */
} Filter;

typedef struct
{
  ShoaldBusClients *clients; /* (owned) */
  char *sender;              /* (owned) */
} Call;

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  ShoaldBusClients *clients = user_data;
  guint id = GPOINTER_TO_UINT (g_hash_table_lookup (clients->watches, name));

  if (id == 0)
    return;
  g_hash_table_remove (clients->watches, name);
  g_bus_unwatch_name (id);
  g_signal_emit (clients, signals[SIGNAL_CHANGED], 0);
}

static gboolean
called_cb (gpointer user_data)
{
  Call *call = user_data;
  ShoaldBusClients *clients = call->clients;
  guint id;

  if (clients->connection == NULL
      || g_hash_table_contains (clients->watches, call->sender)
      || g_hash_table_size (clients->watches) >= SHOALD_BUS_CLIENTS_MAX)
    return G_SOURCE_REMOVE;
  id = g_bus_watch_name_on_connection (clients->connection, call->sender,
                                       G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, vanished_cb,
                                       clients, NULL);
  g_hash_table_insert (clients->watches, g_strdup (call->sender), GUINT_TO_POINTER (id));
  g_signal_emit (clients, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
call_free (gpointer user_data)
{
  Call *call = user_data;

  g_object_unref (call->clients);
  g_free (call->sender);
  g_free (call);
}

static GDBusMessage *
filter_cb (GDBusConnection *connection,
           GDBusMessage *message,
           gboolean is_incoming,
           gpointer user_data)
{
  Filter *filter = user_data;
  const char *sender;
  Call *call;
  ShoaldBusClients *clients;

  if (!is_incoming
      || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;
  sender = g_dbus_message_get_sender (message);
  if (sender == NULL || *sender != ':')
    return message;
  clients = g_weak_ref_get (&filter->clients);
  if (clients == NULL)
    return message;
  call = g_new0 (Call, 1);
  call->clients = clients;
  call->sender = g_strdup (sender);
  g_main_context_invoke_full (filter->context, G_PRIORITY_DEFAULT, called_cb, call,
                              call_free);
  return message;
}

static void
filter_free (gpointer user_data)
{
  Filter *filter = user_data;

  g_weak_ref_clear (&filter->clients);
  g_main_context_unref (filter->context);
  g_free (filter);
}

static void
shoald_bus_clients_dispose (GObject *object)
{
  ShoaldBusClients *clients = SHOALD_BUS_CLIENTS (object);
  GHashTableIter iter;
  gpointer id;

  if (clients->filter_id != 0)
    g_dbus_connection_remove_filter (clients->connection, clients->filter_id);
  clients->filter_id = 0;
  g_hash_table_iter_init (&iter, clients->watches);
  while (g_hash_table_iter_next (&iter, NULL, &id))
    g_bus_unwatch_name (GPOINTER_TO_UINT (id));
  g_hash_table_remove_all (clients->watches);
  g_clear_object (&clients->connection);
  G_OBJECT_CLASS (shoald_bus_clients_parent_class)->dispose (object);
}

static void
shoald_bus_clients_finalize (GObject *object)
{
  g_hash_table_unref (SHOALD_BUS_CLIENTS (object)->watches);
  G_OBJECT_CLASS (shoald_bus_clients_parent_class)->finalize (object);
}

static void
shoald_bus_clients_class_init (ShoaldBusClientsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_bus_clients_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_bus_clients_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoald_bus_clients_init (ShoaldBusClients *clients)
{
  clients->watches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

ShoaldBusClients *
shoald_bus_clients_new (GDBusConnection *connection)
{
  ShoaldBusClients *clients = g_object_new (SHOALD_TYPE_BUS_CLIENTS, NULL);
  Filter *filter = g_new0 (Filter, 1);

  clients->connection = g_object_ref (connection);
  g_weak_ref_init (&filter->clients, clients);
  filter->context = g_main_context_ref_thread_default ();
  clients->filter_id
      = g_dbus_connection_add_filter (connection, filter_cb, filter, filter_free);
  return clients;
}

guint
shoald_bus_clients_count (ShoaldBusClients *clients)
{
  return g_hash_table_size (clients->watches);
}
