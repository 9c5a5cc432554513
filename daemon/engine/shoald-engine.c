/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Stopping: state becomes stopping at once, the start is cancelled or all jobs are, and
 * when the last has ended the node is stopped. */
#include "config.h"

#include "engine/shoald-engine.h"

#include "config/shoald-config-file.h"
#include "config/shoald-error.h"
#include "engine/shoald-rate.h"
#include "engine/shoald-throttle.h"

#define SAMPLE_MS 1000
#define MAX_OBSERVED 16

struct _ShoaldEngine
{
  GObject parent_instance;

  ShoaldEngineState state;
  ShoaldConfig *config; /* (owned) */
  char *config_path;    /* (owned) (nullable) */
  char *own_master;     /* (owned) (nullable): URL of our own HTTP server */
  ShoaldPolicy *policy; /* (owned) */
  MeshNode *node;       /* (owned) (nullable) */
  ShoaldJobs *jobs;     /* (owned) */
  ShoaldPeers *peers;   /* (owned) */
  ShoaldApps *apps;     /* (owned) */

  ShoaldEngineStats stats;
  ShoaldRate up_rate;
  ShoaldRate down_rate;
  ShoaldThrottle throttle;
  guint sample_id;

  GCancellable *start_cancellable; /* (owned): cancelled when it is stopped */
  GTask *stop_task;                /* (owned) (nullable) */
  gboolean is_starting;            /* the node is being built */
  gboolean is_saving;
};

G_DEFINE_FINAL_TYPE (ShoaldEngine, shoald_engine, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SETTINGS_CHANGED,
  SIGNAL_IDLE_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const char *const state_names[] = { "starting", "running", "stopping" };

static void stop_if_quiet (ShoaldEngine *engine);

static gboolean
changed_cb (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* What the node is told: the settings and what the network allows now. */
static MeshNodeConfig *
build_node_config (ShoaldEngine *engine, const ShoaldConfig *config)
{
  MeshNodeConfig *node = shoald_config_to_node (config);

  if (node->master_url == NULL)
    node->master_url = g_strdup (engine->own_master);
  node->desktop_dir = g_strdup (g_get_user_data_dir ());
  node->is_serving_paused = !shoald_policy_may_serve (engine->policy);
  node->is_auto_staging
      = node->is_auto_staging && shoald_policy_may_fetch_unasked (engine->policy);
  return node;
}

/* Numbers. */

static const char *
name_master_state (ShoaldEngine *engine)
{
  MeshMasterClient *master = mesh_node_get_master (engine->node);

  if (master == NULL)
    return "none";
  switch (mesh_master_client_get_reachable (master))
    {
    case 1:
      return "reachable";
    case 0:
      return "unreachable";
    default:
      return "unknown";
    }
}

static void
sample (ShoaldEngine *engine)
{
  ShoaldEngineStats *stats = &engine->stats;
  gint64 now_us = g_get_monotonic_time ();

  mesh_node_get_traffic (engine->node, &stats->sent_bytes, &stats->received_bytes);
  stats->up_bps = shoald_rate_sample (&engine->up_rate, stats->sent_bytes, now_us);
  stats->down_bps
      = shoald_rate_sample (&engine->down_rate, stats->received_bytes, now_us);
  stats->n_peers = g_list_model_get_n_items (G_LIST_MODEL (engine->peers));
  mesh_store_get_stats (mesh_node_get_store (engine->node), &stats->store);
  stats->master_state = name_master_state (engine);
  shoald_throttle_poke (&engine->throttle);
}

static gboolean
sample_cb (gpointer user_data)
{
  sample (user_data);
  return G_SOURCE_CONTINUE;
}

static void
free_space_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoaldEngine) engine = user_data;
  g_autoptr (GFileInfo) info
      = g_file_query_filesystem_info_finish (G_FILE (object), result, NULL);

  if (info != NULL)
    engine->stats.free_bytes
        = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
}

static void
ask_free_space (ShoaldEngine *engine)
{
  g_autoptr (GFile) dir = g_file_new_for_path (
      shoald_config_get_string (engine->config, SHOALD_CONFIG_DATA_DIR));

  g_file_query_filesystem_info_async (dir, G_FILE_ATTRIBUTE_FILESYSTEM_FREE,
                                      G_PRIORITY_LOW, NULL, free_space_cb,
                                      g_object_ref (engine));
}

static void
idle_changed (ShoaldEngine *engine)
{
  g_signal_emit (engine, signals[SIGNAL_IDLE_CHANGED], 0);
}

static void
busy_changed_cb (ShoaldJobs *jobs, gpointer user_data)
{
  ShoaldEngine *engine = user_data;

  if (engine->node != NULL && engine->state == SHOALD_ENGINE_RUNNING)
    ask_free_space (engine);
  idle_changed (engine);
  stop_if_quiet (engine);
}

static void
peers_changed_cb (GListModel *model,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  gpointer user_data)
{
  ShoaldEngine *engine = user_data;

  engine->stats.n_peers = g_list_model_get_n_items (model);
  shoald_throttle_poke (&engine->throttle);
}

static void
listen_changed_cb (MeshNode *node, gpointer user_data)
{
  ShoaldEngine *engine = user_data;

  shoald_throttle_poke (&engine->throttle);
}

/* The settings are the same, what surrounds them is not. */
static void
reconfigure (ShoaldEngine *engine)
{
  g_autoptr (MeshNodeConfig) node_config = NULL;
  g_autoptr (GError) error = NULL;

  if (engine->state == SHOALD_ENGINE_RUNNING)
    {
      node_config = build_node_config (engine, engine->config);
      if (!mesh_node_reconfigure (engine->node, node_config, &error))
        g_warning ("Can not put the settings in force again: %s", error->message);
    }
  g_signal_emit (engine, signals[SIGNAL_SETTINGS_CHANGED], 0);
}

static void
policy_changed_cb (ShoaldPolicy *policy, gpointer user_data)
{
  reconfigure (user_data);
}

void
shoald_engine_set_own_master (ShoaldEngine *engine, const char *url)
{
  g_free (engine->own_master);
  engine->own_master = g_strdup (url);
  reconfigure (engine);
}

/* Start. */

static void
set_state (ShoaldEngine *engine, ShoaldEngineState state)
{
  engine->state = state;
  shoald_throttle_flush (&engine->throttle);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ShoaldEngine *engine = g_task_get_source_object (task);
  GError *error = NULL;

  engine->is_starting = FALSE;
  engine->node = mesh_node_start_finish (result, &error);
  if (engine->node == NULL || engine->state == SHOALD_ENGINE_STOPPING)
    {
      if (error == NULL)
        error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
      g_task_return_error (task, error);
      stop_if_quiet (engine);
      return;
    }
  g_signal_connect_object (engine->node, "listen-changed", G_CALLBACK (listen_changed_cb),
                           engine, 0);
  shoald_peers_set_node (engine->peers, engine->node);
  shoald_apps_set_node (engine->apps, engine->node);
  sample (engine);
  engine->sample_id = g_timeout_add (SAMPLE_MS, sample_cb, engine);
  ask_free_space (engine);
  set_state (engine, SHOALD_ENGINE_RUNNING);
  idle_changed (engine);
  g_task_return_boolean (task, TRUE);
}

void
shoald_engine_start_async (ShoaldEngine *engine,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  g_autoptr (MeshNodeConfig) config = build_node_config (engine, engine->config);

  g_task_set_source_tag (task, shoald_engine_start_async);
  engine->is_starting = TRUE;
  mesh_node_start_async (config, engine->start_cancellable, started_cb,
                         g_steal_pointer (&task));
}

gboolean
shoald_engine_start_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Stop. */

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ShoaldEngine *engine = g_task_get_source_object (task);
  GError *error = NULL;

  g_clear_object (&engine->node);
  if (mesh_node_stop_finish (MESH_NODE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
stop_if_quiet (ShoaldEngine *engine)
{
  if (engine->stop_task == NULL || engine->is_starting || engine->is_saving
      || shoald_jobs_count_active (engine->jobs) > 0)
    return;
  g_clear_handle_id (&engine->sample_id, g_source_remove);
  shoald_apps_set_node (engine->apps, NULL);
  shoald_peers_set_node (engine->peers, NULL);
  if (engine->node == NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&engine->stop_task);

      g_task_return_boolean (task, TRUE);
      return;
    }
  mesh_node_stop_async (engine->node, stopped_cb, g_steal_pointer (&engine->stop_task));
}

void
shoald_engine_stop_async (ShoaldEngine *engine,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (engine->state != SHOALD_ENGINE_STOPPING);

  engine->stop_task = g_task_new (engine, NULL, callback, user_data);
  g_task_set_source_tag (engine->stop_task, shoald_engine_stop_async);
  set_state (engine, SHOALD_ENGINE_STOPPING);
  g_cancellable_cancel (engine->start_cancellable);
  shoald_jobs_cancel_all (engine->jobs);
  stop_if_quiet (engine);
}

gboolean
shoald_engine_stop_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Settings. */

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ShoaldEngine *engine = g_task_get_source_object (task);
  GError *error = NULL;

  engine->is_saving = FALSE;
  if (shoald_config_file_save_finish (result, &error))
    g_task_return_pointer (task, g_strdupv (g_task_get_task_data (task)),
                           (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, error);
  stop_if_quiet (engine);
}

static gboolean
put_in_force (ShoaldEngine *engine, ShoaldConfig *config, GError **error)
{
  g_autoptr (MeshNodeConfig) node_config = build_node_config (engine, config);

  if (!mesh_node_reconfigure (engine->node, node_config, error))
    return FALSE;
  shoald_config_free (engine->config);
  engine->config = config;
  shoald_jobs_set_max_transfers (
      engine->jobs, shoald_config_get_uint (config, SHOALD_CONFIG_MAX_TRANSFERS));
  sample (engine);
  /* Comes back here only to reconfigure with the same settings. */
  shoald_policy_set_metered_policy (
      engine->policy, shoald_config_get_string (config, SHOALD_CONFIG_METERED_POLICY));
  g_signal_emit (engine, signals[SIGNAL_SETTINGS_CHANGED], 0);
  idle_changed (engine);
  return TRUE;
}

void
shoald_engine_set_config_async (ShoaldEngine *engine,
                                GVariant *values,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  ShoaldConfig *config = NULL;
  char **restart_needed = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, shoald_engine_set_config_async);
  if (!shoald_engine_check_running (engine, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (engine->is_saving)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BUSY,
                               "Other settings are being saved. Try again");
      return;
    }
  config = shoald_config_change (engine->config, values, &restart_needed, &error);
  if (config == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, restart_needed, (GDestroyNotify) g_strfreev);
  if (!put_in_force (engine, config, &error))
    {
      shoald_config_free (config);
      g_task_return_error (task, error);
      return;
    }
  if (engine->config_path == NULL)
    {
      g_task_return_pointer (task, g_strdupv (restart_needed),
                             (GDestroyNotify) g_strfreev);
      return;
    }
  engine->is_saving = TRUE;
  shoald_config_file_save_async (engine->config, engine->config_path,
                                 mesh_node_get_pool (engine->node), NULL, saved_cb,
                                 g_steal_pointer (&task));
}

char **
shoald_engine_set_config_finish (ShoaldEngine *engine,
                                 GAsyncResult *result,
                                 GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Peers. */

static void
return_peer (GTask *task, const MeshPeerId *peer_id)
{
  ShoaldEngine *engine = g_task_get_source_object (task);
  ShoaldPeer *peer = shoald_peers_find (engine->peers, peer_id);

  if (peer != NULL)
    g_task_return_pointer (task, g_object_ref (peer), g_object_unref);
  else
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                             "The peer closed the connection at once");
}

static void
identified_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  /* Who is silent about itself is connected all the same. */
  if (mesh_identified_wait_finish (MESH_HOST (object), result, &error)
      || g_error_matches (error, MESH_ERROR, MESH_ERROR_TIMED_OUT))
    {
      g_clear_error (&error);
      return_peer (task, g_task_get_task_data (task));
    }
  else
    g_task_return_error (task, error);
}

/* What comes after connecting may depend on what the peer speaks. */
static void
connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (object), result, &error);
  MeshPeerId *peer_id;

  if (connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  peer_id = mesh_peer_id_ref (mesh_connection_get_peer_id (connection));
  g_task_set_task_data (task, peer_id, (GDestroyNotify) mesh_peer_id_unref);
  mesh_identified_wait_async (MESH_HOST (object), peer_id, MESH_IDENTIFIED_TIMEOUT_US,
                              g_task_get_cancellable (task), identified_cb,
                              g_object_ref (task));
}

void
shoald_engine_connect_async (ShoaldEngine *engine,
                             const char *address,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  g_autoptr (GPtrArray) addrs = NULL;
  MeshMultiaddr *addr = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, shoald_engine_connect_async);
  if (!shoald_engine_check_running (engine, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  addr = mesh_multiaddr_parse (address, &error);
  if (addr == NULL)
    {
      g_task_return_new_error (task, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
                               "“%s” is not a multiaddr: %s", address, error->message);
      g_clear_error (&error);
      return;
    }
  addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_ptr_array_add (addrs, addr);
  if (mesh_node_get_config (engine->node)->sharing < MESH_NODE_SHARING_DOWNLOAD_ONLY)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_REFUSED,
                               "Sharing is off, so no connection is made. Set "
                               "sharing-mode to “on” or “download-only” first");
      return;
    }
  mesh_host_connect_async (mesh_node_get_host (engine->node), NULL, addrs, cancellable,
                           connected_cb, g_steal_pointer (&task));
}

ShoaldPeer *
shoald_engine_connect_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
shoald_engine_disconnect (ShoaldEngine *engine, const char *peer_id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (MeshPeerId) id = NULL;

  if (!shoald_engine_check_running (engine, error))
    return FALSE;
  id = mesh_peer_id_parse (peer_id, &local);
  if (id == NULL)
    {
      g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
                   "“%s” is not a peer id: %s", peer_id, local->message);
      return FALSE;
    }
  if (shoald_peers_find (engine->peers, id) == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "Peer %s is not connected",
                   peer_id);
      return FALSE;
    }
  mesh_host_disconnect (mesh_node_get_host (engine->node), id);
  return TRUE;
}

static gboolean
contains (GPtrArray *array, const char *text)
{
  return g_ptr_array_find_with_equal_func (array, text, g_str_equal, NULL);
}

char **
shoald_engine_dup_observed_addresses (ShoaldEngine *engine)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (GPtrArray) connections = NULL;

  if (engine->node == NULL)
    return g_new0 (char *, 1);
  connections = mesh_host_dup_connections (mesh_node_get_host (engine->node));
  for (guint i = 0; i < connections->len && found->len < MAX_OBSERVED; i++)
    {
      const MeshPeerInfo *info
          = mesh_connection_get_peer_info (g_ptr_array_index (connections, i));
      const char *text;

      if (info == NULL || info->observed_addr == NULL)
        continue;
      text = mesh_multiaddr_to_string (info->observed_addr);
      if (!contains (found, text))
        g_ptr_array_add (found, g_strdup (text));
    }
  g_ptr_array_add (found, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&found), FALSE);
}

/* The rest. */

static void
shoald_engine_dispose (GObject *object)
{
  ShoaldEngine *engine = SHOALD_ENGINE (object);

  g_clear_handle_id (&engine->sample_id, g_source_remove);
  shoald_throttle_clear (&engine->throttle);
  g_clear_object (&engine->apps);
  g_clear_object (&engine->peers);
  g_clear_object (&engine->jobs);
  g_clear_object (&engine->policy);
  g_clear_object (&engine->node);
  g_clear_object (&engine->start_cancellable);
  G_OBJECT_CLASS (shoald_engine_parent_class)->dispose (object);
}

static void
shoald_engine_finalize (GObject *object)
{
  ShoaldEngine *engine = SHOALD_ENGINE (object);

  shoald_config_free (engine->config);
  g_free (engine->config_path);
  g_free (engine->own_master);
  G_OBJECT_CLASS (shoald_engine_parent_class)->finalize (object);
}

static guint
add_signal (ShoaldEngineClass *klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                       NULL, G_TYPE_NONE, 0);
}

static void
shoald_engine_class_init (ShoaldEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_engine_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_engine_finalize;
  signals[SIGNAL_CHANGED] = add_signal (klass, "changed");
  signals[SIGNAL_SETTINGS_CHANGED] = add_signal (klass, "settings-changed");
  signals[SIGNAL_IDLE_CHANGED] = add_signal (klass, "idle-changed");
}

static void
shoald_engine_init (ShoaldEngine *engine)
{
  engine->peers = shoald_peers_new ();
  engine->start_cancellable = g_cancellable_new ();
  shoald_throttle_init (&engine->throttle, changed_cb, engine);
}

ShoaldEngine *
shoald_engine_new (ShoaldConfig *config, const char *config_path, ShoaldPolicy *policy)
{
  ShoaldEngine *engine = g_object_new (SHOALD_TYPE_ENGINE, NULL);

  engine->config = config;
  engine->config_path = g_strdup (config_path);
  engine->policy = policy;
  engine->jobs
      = shoald_jobs_new (shoald_config_get_uint (config, SHOALD_CONFIG_MAX_TRANSFERS));
  engine->apps = shoald_apps_new ();
  engine->stats.master_state = "unknown";
  g_signal_connect_object (engine->jobs, "busy-changed", G_CALLBACK (busy_changed_cb),
                           engine, 0);
  g_signal_connect_object (engine->peers, "items-changed", G_CALLBACK (peers_changed_cb),
                           engine, 0);
  g_signal_connect_object (engine->apps, "busy-changed", G_CALLBACK (idle_changed),
                           engine, G_CONNECT_SWAPPED);
  g_signal_connect_object (policy, "changed", G_CALLBACK (policy_changed_cb), engine, 0);
  return engine;
}

ShoaldEngineState
shoald_engine_get_state (ShoaldEngine *engine)
{
  return engine->state;
}

const char *
shoald_engine_get_state_name (ShoaldEngine *engine)
{
  return state_names[engine->state];
}

gboolean
shoald_engine_check_running (ShoaldEngine *engine, GError **error)
{
  if (engine->state == SHOALD_ENGINE_RUNNING)
    return TRUE;
  if (engine->state == SHOALD_ENGINE_STARTING)
    g_set_error_literal (error, SHOALD_ERROR, SHOALD_ERROR_NOT_READY,
                         "Shoal is still starting. Try again in a moment");
  else
    g_set_error_literal (error, SHOALD_ERROR, SHOALD_ERROR_STOPPING, "Shoal is stopping");
  return FALSE;
}

const ShoaldConfig *
shoald_engine_get_config (ShoaldEngine *engine)
{
  return engine->config;
}

ShoaldPolicy *
shoald_engine_get_policy (ShoaldEngine *engine)
{
  return engine->policy;
}

ShoaldJobs *
shoald_engine_get_jobs (ShoaldEngine *engine)
{
  return engine->jobs;
}

ShoaldPeers *
shoald_engine_get_peers (ShoaldEngine *engine)
{
  return engine->peers;
}

ShoaldApps *
shoald_engine_get_apps (ShoaldEngine *engine)
{
  return engine->apps;
}

const ShoaldEngineStats *
shoald_engine_get_stats (ShoaldEngine *engine)
{
  return &engine->stats;
}

MeshNode *
shoald_engine_get_node (ShoaldEngine *engine)
{
  return engine->state == SHOALD_ENGINE_RUNNING ? engine->node : NULL;
}

gboolean
shoald_engine_is_idle (ShoaldEngine *engine)
{
  return engine->state == SHOALD_ENGINE_RUNNING
         && shoald_jobs_count_active (engine->jobs) == 0
         && !shoald_apps_is_busy (engine->apps)
         && mesh_node_get_config (engine->node)->sharing
                < MESH_NODE_SHARING_DOWNLOAD_ONLY;
}
