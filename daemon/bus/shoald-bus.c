/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus.h"

#include "shoal-dbus-names.h"
#include "bus/shoald-bus-app.h"
#include "bus/shoald-bus-clients.h"
#include "bus/shoald-bus-job.h"
#include "bus/shoald-bus-list.h"
#include "bus/shoald-bus-manager.h"
#include "bus/shoald-bus-peer.h"

struct _ShoaldBus
{
  GObject parent_instance;

  ShoaldEngine *engine;             /* (owned) */
  ShoaldCatalog *catalog;           /* (owned) */
  GDBusObjectManagerServer *server; /* (owned) */
  ShoaldBusContext context;
  ShoaldBusClients *clients; /* (owned) */
  ShoaldBusManager *manager; /* (owned) */
  ShoaldBusList *jobs;       /* (owned) */
  ShoaldBusList *peers;      /* (owned) */
  ShoaldBusList *apps;       /* (owned) */
};

G_DEFINE_FINAL_TYPE (ShoaldBus, shoald_bus, G_TYPE_OBJECT)

enum
{
  SIGNAL_CLIENTS_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static gpointer
export_job (GObject *item, gpointer user_data)
{
  ShoaldBus *bus = user_data;

  return shoald_bus_job_new (&bus->context, SHOALD_JOB (item));
}

static void
unexport_job (gpointer data)
{
  shoald_bus_job_free (data);
}

static gpointer
export_peer (GObject *item, gpointer user_data)
{
  ShoaldBus *bus = user_data;

  return shoald_bus_peer_new (&bus->context, SHOALD_PEER (item));
}

static void
unexport_peer (gpointer data)
{
  shoald_bus_peer_free (data);
}

static gpointer
export_app (GObject *item, gpointer user_data)
{
  ShoaldBus *bus = user_data;

  return shoald_bus_app_new (&bus->context, SHOALD_APP (item));
}

static void
unexport_app (gpointer data)
{
  shoald_bus_app_free (data);
}

static void
clients_changed_cb (ShoaldBusClients *clients, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CLIENTS_CHANGED], 0);
}

static void
shoald_bus_dispose (GObject *object)
{
  ShoaldBus *bus = SHOALD_BUS (object);

  g_clear_pointer (&bus->apps, shoald_bus_list_free);
  g_clear_pointer (&bus->peers, shoald_bus_list_free);
  g_clear_pointer (&bus->jobs, shoald_bus_list_free);
  g_clear_pointer (&bus->manager, shoald_bus_manager_free);
  g_clear_object (&bus->clients);
  if (bus->server != NULL)
    g_dbus_object_manager_server_set_connection (bus->server, NULL);
  g_clear_object (&bus->server);
  g_clear_object (&bus->catalog);
  g_clear_object (&bus->engine);
  G_OBJECT_CLASS (shoald_bus_parent_class)->dispose (object);
}

static void
shoald_bus_class_init (ShoaldBusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_bus_dispose;
  signals[SIGNAL_CLIENTS_CHANGED]
      = g_signal_new ("clients-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoald_bus_init (ShoaldBus *bus)
{
}

ShoaldBus *
shoald_bus_new (GDBusConnection *connection,
                ShoaldEngine *engine,
                void (*quit) (gpointer user_data),
                gpointer user_data)
{
  ShoaldBus *bus = g_object_new (SHOALD_TYPE_BUS, NULL);

  bus->engine = g_object_ref (engine);
  bus->server = g_dbus_object_manager_server_new (SHOAL_DBUS_PATH);
  bus->catalog = shoald_catalog_new (engine);
  bus->context.engine = engine;
  bus->context.catalog = bus->catalog;
  bus->context.server = bus->server;
  bus->context.quit = quit;
  bus->context.quit_data = user_data;
  bus->clients = shoald_bus_clients_new (connection);
  g_signal_connect (bus->clients, "changed", G_CALLBACK (clients_changed_cb), bus);
  bus->manager = shoald_bus_manager_new (&bus->context);
  bus->jobs = shoald_bus_list_new (G_LIST_MODEL (shoald_engine_get_jobs (engine)),
                                   export_job, unexport_job, bus);
  bus->peers = shoald_bus_list_new (G_LIST_MODEL (shoald_engine_get_peers (engine)),
                                    export_peer, unexport_peer, bus);
  bus->apps = shoald_bus_list_new (G_LIST_MODEL (shoald_engine_get_apps (engine)),
                                   export_app, unexport_app, bus);
  g_dbus_object_manager_server_set_connection (bus->server, connection);
  return bus;
}

guint
shoald_bus_count_clients (ShoaldBus *bus)
{
  return shoald_bus_clients_count (bus->clients);
}

void
shoald_bus_set_http_address (ShoaldBus *bus, const char *address)
{
  shoald_bus_manager_set_http_address (bus->manager, address);
}
