/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The order in which a node is built. A failure keeps its error, stops what was built
 * and then reports. */
#include "config.h"

#include <sodium.h>

#include "base/mesh-error.h"
#include "node/mesh-node-identity.h"
#include "node/mesh-node-mesh.h"
#include "node/mesh-node-private.h"

typedef enum
{
  STEP_IDENTITY,
  STEP_STORE,
  STEP_HOST,
  STEP_BOOK,
  STEP_MESH,
  STEP_REGISTRY,
  STEP_UPDATES,
  STEP_NETWORK,
} Step;

typedef struct
{
  MeshNode *node; /* (owned) */
  Step step;
  GError *error; /* (owned) (nullable): kept while what was built is stopped */
} StartData;

static void advance (GTask *task);

static void
start_data_free (gpointer user_data)
{
  StartData *data = user_data;

  g_clear_object (&data->node);
  g_clear_error (&data->error);
  g_free (data);
}

static void
undone_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  StartData *data = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!mesh_node_stop_finish (data->node, result, &error))
    g_debug ("Stopping a node that did not start: %s", error->message);
  g_task_return_error (task, g_steal_pointer (&data->error));
}

/* Takes @error and the caller's reference of @task. */
static void
undo (GTask *task, GError *error)
{
  StartData *data = g_task_get_task_data (task);

  data->error = error;
  mesh_node_stop_async (data->node, undone_cb, task);
}

static void
step_done (GTask *task, Step next, GError *error)
{
  StartData *data = g_task_get_task_data (task);

  if (error != NULL)
    {
      undo (g_object_ref (task), error);
      return;
    }
  data->step = next;
  advance (task);
}

static void
identity_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  StartData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->node->identity = mesh_node_identity_load_finish (result, &error);
  step_done (task, STEP_STORE, error);
}

static void
store_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  StartData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->node->store = mesh_store_open_finish (result, &error);
  step_done (task, STEP_HOST, error);
}

static void
bitswap_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!mesh_bitswap_start_finish (MESH_BITSWAP (object), result, &error))
    g_prefix_error (&error, "Block exchange: ");
  step_done (task, STEP_BOOK, error);
}

static void
book_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  StartData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->node->book = mesh_peer_book_open_finish (result, &error);
  if (data->node->book == NULL)
    g_prefix_error (&error, "Peer book: ");
  step_done (task, STEP_MESH, error);
}

static void
dht_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!mesh_dht_start_finish (MESH_DHT (object), result, &error))
    g_prefix_error (&error, "Hash table: ");
  step_done (task, STEP_REGISTRY, error);
}

static void
registry_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  StartData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->node->registry = mesh_registry_open_finish (result, &error);
  if (data->node->registry == NULL)
    g_prefix_error (&error, "Registry: ");
  step_done (task, STEP_UPDATES, error);
}

static void
updates_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  StartData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->node->updates = mesh_update_engine_open_finish (result, &error);
  step_done (task, STEP_NETWORK, error);
}

static void
open_store (GTask *task, MeshNode *node)
{
  g_autofree char *dir = g_build_filename (node->config->data_dir, "blocks", NULL);
  MeshStoreOptions options = { .limit_bytes = node->config->cache_limit_bytes };

  mesh_store_open_async (dir, node->pool, &options, g_task_get_cancellable (task),
                         store_cb, g_object_ref (task));
}

static void
build_host (GTask *task, MeshNode *node)
{
  g_autofree char *ledger = g_build_filename (node->config->data_dir, "ledger", NULL);
  MeshHostOptions options = MESH_HOST_OPTIONS_DEFAULT;
  guint64 seed;

  options.max_connections = node->config->max_connections;
  options.max_inbound_connections = MAX (1, node->config->max_connections * 3 / 4);
  options.agent_version = node->config->agent_version;
  node->host = mesh_host_new (node->identity, &options);
  node->services = mesh_services_new (node->host);
  node->bootstrap = mesh_node_bootstrap_new (node->host);
  node->origin
      = mesh_node_origin_new (node->config->data_dir, node->pool, node->bootstrap);
  randombytes_buf (&seed, sizeof seed);
  node->bitswap = mesh_bitswap_new (node->host, node->store, node->pool, seed);
  mesh_node_watch_private (node);
  mesh_bitswap_start_async (node->bitswap, ledger, g_task_get_cancellable (task),
                            bitswap_cb, g_object_ref (task));
}

static void
open_book (GTask *task, MeshNode *node)
{
  g_autofree char *path = g_build_filename (node->config->data_dir, "peers.db", NULL);

  mesh_peer_book_open_async (node->host, path, node->pool, g_task_get_cancellable (task),
                             book_cb, g_object_ref (task));
}

/* Its mode, and whether it shares, are set with the other settings. */
static void
open_registry (GTask *task, MeshNode *node)
{
  MeshRegistryOptions options = {
    .data_dir = node->config->data_dir,
    .pool = node->pool,
    .host = node->host,
    .master = node->master,
    .dht = node->dht,
    .gossip = node->gossip,
    .mode = MESH_REGISTRY_MODE_HYBRID,
    .is_sharing = FALSE,
  };

  mesh_registry_open_async (&options, g_task_get_cancellable (task), registry_cb,
                            g_object_ref (task));
}

/* The update engine is stopped before the node goes. */
static MeshSourceChain *
new_source (MeshCid *root, gpointer user_data, GError **error)
{
  return mesh_node_new_source (user_data, root, error);
}

static void
open_updates (GTask *task, MeshNode *node)
{
  const MeshNodeConfig *config = node->config;
  MeshUpdateOptions options = {
    .data_dir = config->data_dir,
    .desktop_dir = config->desktop_dir,
    .store = node->store,
    .new_source = new_source,
    .new_source_data = node,
    .master = node->master,
    .host = node->host,
    .registry = node->registry,
    .poll_interval_s = config->poll_interval_s,
    .is_auto_staging = config->is_auto_staging,
    .is_sharing = FALSE,
  };

  mesh_update_engine_open_async (&options, g_task_get_cancellable (task), updates_cb,
                                 g_object_ref (task));
}

static void
advance (GTask *task)
{
  StartData *data = g_task_get_task_data (task);
  MeshNode *node = data->node;
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    {
      undo (g_object_ref (task), error);
      return;
    }
  switch (data->step)
    {
    case STEP_IDENTITY:
      {
        g_autofree char *path
            = g_build_filename (node->config->data_dir, "identity.key", NULL);

        mesh_node_identity_load_async (path, node->pool, g_task_get_cancellable (task),
                                       identity_cb, g_object_ref (task));
        return;
      }
    case STEP_STORE:
      open_store (task, node);
      return;
    case STEP_HOST:
      build_host (task, node);
      return;
    case STEP_BOOK:
      open_book (task, node);
      return;
    case STEP_MESH:
      if (!mesh_node_mesh_build (node, &error)
          || !mesh_node_set_servers_private (node, node->config, &error))
        undo (g_object_ref (task), error);
      else
        mesh_dht_start_async (node->dht, g_task_get_cancellable (task), dht_cb,
                              g_object_ref (task));
      return;
    case STEP_REGISTRY:
      open_registry (task, node);
      return;
    case STEP_UPDATES:
      open_updates (task, node);
      return;
    case STEP_NETWORK:
      if (!mesh_node_apply_private (node, node->config, &error))
        {
          undo (g_object_ref (task), error);
          return;
        }
      node->is_running = TRUE;
      g_task_return_pointer (task, g_steal_pointer (&data->node), g_object_unref);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_node_start_async (const MeshNodeConfig *config,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  StartData *data = g_new0 (StartData, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, mesh_node_start_async);
  g_task_set_task_data (task, data, start_data_free);
  if (!mesh_node_config_validate (config, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  data->node = mesh_node_new_private (config);
  data->node->lock = mesh_node_lock_take (config->data_dir, &error);
  if (data->node->lock == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  data->step = STEP_IDENTITY;
  advance (task);
}

MeshNode *
mesh_node_start_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, mesh_node_start_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
