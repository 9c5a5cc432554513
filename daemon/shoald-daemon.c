/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Up: connection → objects → name → engine → HTTP. The name comes early, so that who
 * activated the daemon does not wait for the node; until then State says starting. Down:
 * HTTP → engine → objects and name, so that no second daemon is activated while the data
 * folder is still locked. But a daemon that leaves because it is idle gives back its name
 * first: whatever was sent to it until then is here before the bus has answered, and then
 * it stays; who calls later activates another one, which waits for the folder. */
#include "config.h"

#include "shoald-daemon.h"

#include <string.h>

#include <glib-unix.h>

#include "bus/shoald-bus.h"
#include "config/shoald-error.h"
#include "engine/shoald-update.h"
#include "master/shoald-master.h"

struct ShoaldDaemon
{
  ShoaldOptions *options;      /* (owned) */
  GDBusConnection *connection; /* (owned) (nullable) */
  ShoaldEngine *engine;        /* (owned) */
  ShoaldBus *bus;              /* (owned) (nullable) */
  ShoaldMaster *master;        /* (owned) (nullable) */
  guint name_id;
  guint idle_id;
  guint sigterm_id;
  guint sigint_id;
  GError *error; /* (owned) (nullable): why it ends */
  ShoaldDaemonEnded ended;
  gpointer ended_data; /* (unowned) */
  gint64 begun_us;     /* when the engine was started first */
  guint retry_id;
  gboolean is_stopping;
  gboolean is_leaving; /* gives back its name, and stops if nobody called meanwhile */
  gboolean is_master_starting;
};

/* How long a daemon waits for the folder of one that is leaving; and of one that is not,
 * which may have been killed a moment ago. */
#define LOCK_WAIT_US (60 * G_USEC_PER_SEC)
#define LOCK_GRACE_US (G_USEC_PER_SEC / 2)
#define LOCK_RETRY_MS 100

static void stop (ShoaldDaemon *daemon);
static void own_name (ShoaldDaemon *daemon, GBusNameAcquiredCallback acquired);
static void start_engine (ShoaldDaemon *daemon);

/* Takes @error. */
static void
fail (ShoaldDaemon *daemon, const char *what, GError *error)
{
  g_prefix_error (&error, "%s", what);
  if (daemon->error == NULL)
    daemon->error = error;
  else
    g_error_free (error);
  stop (daemon);
}

/* Idleness. */

static gboolean
is_idle (ShoaldDaemon *daemon)
{
  return daemon->bus != NULL && shoald_bus_count_clients (daemon->bus) == 0
         && shoald_engine_is_idle (daemon->engine);
}

/* Whoever is activated once the name is free reads it. */
static void
set_leaving (ShoaldDaemon *daemon, gboolean is_leaving)
{
  MeshNode *node = shoald_engine_get_node (daemon->engine);

  daemon->is_leaving = is_leaving;
  if (node != NULL)
    mesh_node_set_leaving (node, is_leaving);
}

static void
released_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (daemon->is_stopping)
    return;
  if (reply != NULL && is_idle (daemon))
    {
      g_message ("Nothing to do and sharing is off: good bye");
      stop (daemon);
      return;
    }
  set_leaving (daemon, FALSE);
  if (reply == NULL)
    g_debug ("The name can not be given back: %s", error->message);
  g_clear_handle_id (&daemon->name_id, g_bus_unown_name);
  own_name (daemon, NULL);
}

static gboolean
idle_cb (gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;

  daemon->idle_id = 0;
  set_leaving (daemon, TRUE);
  g_dbus_connection_call (daemon->connection, "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReleaseName",
                          g_variant_new ("(s)", daemon->options->bus_name), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, released_cb, daemon);
  return G_SOURCE_REMOVE;
}

static void
check_idle (ShoaldDaemon *daemon)
{
  const ShoaldConfig *config = shoald_engine_get_config (daemon->engine);
  guint idle_s = shoald_config_get_uint (config, SHOALD_CONFIG_IDLE_EXIT_S);

  g_clear_handle_id (&daemon->idle_id, g_source_remove);
  if (daemon->is_stopping || daemon->is_leaving || idle_s == 0
      || shoald_config_get_boolean (config, SHOALD_CONFIG_MINI_MASTER)
      || !is_idle (daemon))
    return;
  daemon->idle_id = g_timeout_add_seconds (idle_s, idle_cb, daemon);
}

/* Down. */

static void
flushed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;

  if (!g_dbus_connection_flush_finish (G_DBUS_CONNECTION (object), result, NULL))
    g_debug ("The bus was gone before the last words");
  daemon->ended (daemon->error, daemon->ended_data);
}

/* The last to go: the objects and the name. */
static void
leave_bus (ShoaldDaemon *daemon)
{
  if (daemon->bus != NULL)
    g_signal_handlers_disconnect_by_data (daemon->bus, daemon);
  g_clear_object (&daemon->bus);
  g_clear_handle_id (&daemon->name_id, g_bus_unown_name);
  if (daemon->connection != NULL)
    g_dbus_connection_flush (daemon->connection, NULL, flushed_cb, daemon);
  else
    daemon->ended (daemon->error, daemon->ended_data);
}

static void
engine_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;
  GError *error = NULL;

  if (!shoald_engine_stop_finish (daemon->engine, result, &error))
    fail (daemon, "did not stop in order: ", error);
  leave_bus (daemon);
}

static void
stop_engine (ShoaldDaemon *daemon)
{
  shoald_engine_stop_async (daemon->engine, engine_stopped_cb, daemon);
}

static void
master_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;
  g_autoptr (GError) error = NULL;

  if (!shoald_master_stop_finish (SHOALD_MASTER (object), result, &error))
    g_warning ("The HTTP server did not stop in order: %s", error->message);
  g_clear_object (&daemon->master);
  stop_engine (daemon);
}

static void
stop (ShoaldDaemon *daemon)
{
  if (daemon->is_stopping)
    return;
  daemon->is_stopping = TRUE;
  g_clear_handle_id (&daemon->idle_id, g_source_remove);
  g_clear_handle_id (&daemon->retry_id, g_source_remove);
  if (daemon->is_master_starting)
    return; /* goes on when it has started */
  if (daemon->master != NULL)
    shoald_master_stop_async (daemon->master, master_stopped_cb, daemon);
  else
    stop_engine (daemon);
}

static gboolean
signal_cb (gpointer user_data)
{
  stop (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
quit_idle_cb (gpointer user_data)
{
  stop (user_data);
  return G_SOURCE_REMOVE;
}

static void
quit_cb (gpointer user_data)
{
  g_idle_add (quit_idle_cb, user_data);
}

/* Up. */

static void
say_ready (ShoaldDaemon *daemon)
{
  MeshNode *node = shoald_engine_get_node (daemon->engine);
  g_auto (GStrv) addresses = NULL;
  g_autofree char *list = NULL;

  if (node == NULL)
    return;
  addresses = mesh_node_dup_listen_addresses (node);
  list = g_strjoinv (" ", addresses);
  g_message ("Running as %s%s%s", mesh_peer_id_to_string (mesh_node_get_peer_id (node)),
             *list != '\0' ? ", listening on " : ", not listening", list);
}

/* What the daemon itself adds to /metrics. */
static void
collect (ShoaldMasterMetrics *metrics, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;
  const ShoaldEngineStats *stats = shoald_engine_get_stats (daemon->engine);

  shoald_master_metrics_declare (metrics, "shoal_peers", SHOALD_MASTER_METRIC_GAUGE,
                                 "Connected peers");
  shoald_master_metrics_add (metrics, stats->n_peers, NULL);
  shoald_master_metrics_declare (metrics, "shoal_peer_sent_bytes_total",
                                 SHOALD_MASTER_METRIC_COUNTER, "Bytes sent to peers");
  shoald_master_metrics_add (metrics, (double) stats->sent_bytes, NULL);
  shoald_master_metrics_declare (metrics, "shoal_received_bytes_total",
                                 SHOALD_MASTER_METRIC_COUNTER,
                                 "Bytes received from peers and servers");
  shoald_master_metrics_add (metrics, (double) stats->received_bytes, NULL);
  shoald_master_metrics_declare (metrics, "shoal_jobs_active", SHOALD_MASTER_METRIC_GAUGE,
                                 "Transfers and operations under way");
  shoald_master_metrics_add (
      metrics, shoald_jobs_count_active (shoald_engine_get_jobs (daemon->engine)), NULL);
}

/* Where this process reaches its own server: one that listens everywhere is on loopback,
 * too. */
static char *
dup_own_url (const char *address)
{
  if (g_str_has_prefix (address, "0.0.0.0:"))
    return g_strconcat ("http://127.0.0.1", strrchr (address, ':'), NULL);
  if (g_str_has_prefix (address, "[::]:"))
    return g_strconcat ("http://[::1]", strrchr (address, ':'), NULL);
  return g_strconcat ("http://", address, NULL);
}

static void
master_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;
  g_autofree char *url = NULL;
  GError *error = NULL;

  daemon->is_master_starting = FALSE;
  daemon->master = shoald_master_start_finish (result, &error);
  if (daemon->is_stopping)
    {
      g_clear_error (&error);
      daemon->is_stopping = FALSE;
      stop (daemon);
      return;
    }
  if (daemon->master == NULL)
    {
      fail (daemon, "can not serve HTTP: ", error);
      return;
    }
  g_message ("Serving HTTP on %s", shoald_master_get_address (daemon->master));
  url = dup_own_url (shoald_master_get_address (daemon->master));
  shoald_engine_set_own_master (daemon->engine, url);
  if (daemon->bus != NULL)
    shoald_bus_set_http_address (daemon->bus, shoald_master_get_address (daemon->master));
}

static void
start_master (ShoaldDaemon *daemon)
{
  const ShoaldConfig *config = shoald_engine_get_config (daemon->engine);
  MeshNode *node = shoald_engine_get_node (daemon->engine);
  ShoaldMasterOptions options = {
    .listen = shoald_config_get_string (config, SHOALD_CONFIG_HTTP),
    .data_dir = shoald_config_get_string (config, SHOALD_CONFIG_DATA_DIR),
    .store = mesh_node_get_store (node),
    .pool = mesh_node_get_pool (node),
    .registry = mesh_node_get_registry (node),
    .host = mesh_node_get_host (node),
    .collect = collect,
    .user_data = daemon,
  };

  daemon->is_master_starting = TRUE;
  shoald_master_start_async (&options, NULL, master_started_cb, daemon);
}

/* Whether the data folder may be free soon: the one that holds it is leaving. */
static gboolean
is_worth_waiting (ShoaldDaemon *daemon, const GError *error)
{
  gint64 waited_us = g_get_monotonic_time () - daemon->begun_us;

  if (g_error_matches (error, MESH_ERROR, MESH_ERROR_CLOSED))
    return waited_us < LOCK_WAIT_US;
  return g_error_matches (error, MESH_ERROR, MESH_ERROR_BUSY)
         && waited_us < LOCK_GRACE_US;
}

static gboolean
retry_cb (gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;

  daemon->retry_id = 0;
  start_engine (daemon);
  return G_SOURCE_REMOVE;
}

static void
engine_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;
  GError *error = NULL;

  if (!shoald_engine_start_finish (daemon->engine, result, &error))
    {
      if (daemon->is_stopping)
        {
          g_error_free (error);
        }
      else if (is_worth_waiting (daemon, error))
        {
          g_error_free (error);
          daemon->retry_id = g_timeout_add (LOCK_RETRY_MS, retry_cb, daemon);
        }
      else
        {
          fail (daemon, "", error);
        }
      return;
    }
  say_ready (daemon);
  check_idle (daemon);
  if (!daemon->is_stopping
      && shoald_config_get_boolean (shoald_engine_get_config (daemon->engine),
                                    SHOALD_CONFIG_MINI_MASTER))
    start_master (daemon);
}

static void
start_engine (ShoaldDaemon *daemon)
{
  if (daemon->begun_us == 0)
    {
      daemon->begun_us = g_get_monotonic_time ();
      shoald_update_watch (daemon->engine);
    }
  shoald_engine_start_async (daemon->engine, engine_started_cb, daemon);
}

static void
name_acquired_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;

  if (!daemon->is_stopping)
    start_engine (daemon);
}

static void
name_lost_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;
  GError *error = NULL;

  if (daemon->is_stopping || daemon->is_leaving)
    return;
  error = g_error_new (SHOALD_ERROR, SHOALD_ERROR_NAME,
                       "Another daemon has the name %s. Stop it with shoalctl, or give "
                       "another name with --bus-name",
                       name);
  fail (daemon, "", error);
}

static void
own_name (ShoaldDaemon *daemon, GBusNameAcquiredCallback acquired)
{
  daemon->name_id = g_bus_own_name_on_connection (
      daemon->connection, daemon->options->bus_name, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
      acquired, name_lost_cb, daemon, NULL);
}

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ShoaldDaemon *daemon = user_data;
  g_autoptr (GError) error = NULL;

  daemon->connection = g_bus_get_finish (result, &error);
  if (daemon->is_stopping)
    return;
  if (daemon->connection == NULL)
    {
      /* A server may have no session; a desktop without a bus has no use for us. */
      if (!shoald_config_get_boolean (shoald_engine_get_config (daemon->engine),
                                      SHOALD_CONFIG_MINI_MASTER))
        {
          fail (daemon, "there is no session bus: ", g_steal_pointer (&error));
          return;
        }
      g_message ("There is no session bus, so shoalctl can not reach this daemon: %s",
                 error->message);
      start_engine (daemon);
      return;
    }
  daemon->bus = shoald_bus_new (daemon->connection, daemon->engine, quit_cb, daemon);
  g_signal_connect_swapped (daemon->bus, "clients-changed", G_CALLBACK (check_idle),
                            daemon);
  own_name (daemon, name_acquired_cb);
}

ShoaldDaemon *
shoald_daemon_new (ShoaldOptions *options)
{
  ShoaldDaemon *daemon = g_new0 (ShoaldDaemon, 1);
  ShoaldPolicy *policy = shoald_policy_new (
      g_network_monitor_get_default (),
      shoald_config_get_string (options->config, SHOALD_CONFIG_METERED_POLICY));

  daemon->options = options;
  daemon->engine = shoald_engine_new (shoald_config_copy (options->config),
                                      options->config_path, policy);
  g_signal_connect_swapped (daemon->engine, "idle-changed", G_CALLBACK (check_idle),
                            daemon);
  return daemon;
}

void
shoald_daemon_free (ShoaldDaemon *daemon)
{
  g_clear_handle_id (&daemon->idle_id, g_source_remove);
  g_clear_handle_id (&daemon->retry_id, g_source_remove);
  g_clear_handle_id (&daemon->sigterm_id, g_source_remove);
  g_clear_handle_id (&daemon->sigint_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (daemon->engine, daemon);
  g_clear_object (&daemon->connection);
  g_clear_object (&daemon->master);
  g_clear_object (&daemon->engine);
  g_clear_error (&daemon->error);
  shoald_options_free (daemon->options);
  g_free (daemon);
}

void
shoald_daemon_run (ShoaldDaemon *daemon, ShoaldDaemonEnded ended, gpointer user_data)
{
  daemon->ended = ended;
  daemon->ended_data = user_data;
  daemon->sigterm_id = g_unix_signal_add (SIGTERM, signal_cb, daemon);
  daemon->sigint_id = g_unix_signal_add (SIGINT, signal_cb, daemon);
  g_bus_get (G_BUS_TYPE_SESSION, NULL, bus_cb, daemon);
}
