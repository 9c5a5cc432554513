/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* What a running node answers and how it changes its mind. One main context; ends after
 * mesh_node_stop_async() with its last reference. mesh-node-start.c and mesh-node-stop.c
 * hold the order of building and taking down. */
#include "config.h"

#include "node/mesh-node.h"

#include "base/mesh-error.h"
#include "bitswap/mesh-bitswap-session.h"
#include "node/mesh-node-mesh.h"
#include "node/mesh-node-private.h"
#include "node/mesh-node-swarm.h"

G_DEFINE_FINAL_TYPE (MeshNode, mesh_node, G_TYPE_OBJECT)

enum
{
  SIGNAL_LISTEN_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static gboolean
wants_network (MeshNode *node)
{
  return node->config->sharing >= MESH_NODE_SHARING_DOWNLOAD_ONLY || node->n_holds > 0;
}

/* Follows n_holds and the sharing mode. */
static void
follow_network (MeshNode *node)
{
  g_autoptr (GPtrArray) connections = NULL;
  gboolean is_wanted = wants_network (node);

  if (node->bootstrap == NULL)
    return;
  mesh_node_bootstrap_set_active (node->bootstrap, is_wanted);
  mesh_node_origin_set_active (node->origin, is_wanted);
  mesh_node_mesh_set_wanted (node, is_wanted);
  if (is_wanted)
    return;
  connections = mesh_host_dup_connections (node->host);
  for (guint i = 0; i < connections->len; i++)
    mesh_connection_close (g_ptr_array_index (connections, i), NULL);
}

/* Holding. The data of a hold that waits is its timeout, which keeps the task: it must go
 * when the wait is over, or the node would live on with it. */

static void
stop_waiting (GTask *task)
{
  g_source_destroy (g_task_get_task_data (task));
}

static void
resolve_holders (MeshNode *node)
{
  g_autoptr (GPtrArray) ready = g_steal_pointer (&node->holders);

  node->holders = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < ready->len; i++)
    {
      GTask *task = g_ptr_array_index (ready, i);

      stop_waiting (task);
      if (g_task_return_error_if_cancelled (task))
        mesh_node_release (node);
      else
        g_task_return_boolean (task, TRUE);
    }
}

void
mesh_node_fail_holders_private (MeshNode *node)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&node->holders);

  node->holders = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      stop_waiting (task);
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                               "The node is stopping");
    }
}

static void
settled_cb (MeshNodeBootstrap *bootstrap, gpointer user_data)
{
  resolve_holders (MESH_NODE (user_data));
}

/* One hold waited long enough, or was cancelled. */
static gboolean
holder_cb (gpointer user_data)
{
  GTask *task = user_data;
  MeshNode *node = g_task_get_source_object (task);
  guint index;

  if (!g_ptr_array_find (node->holders, task, &index))
    return G_SOURCE_REMOVE;
  g_object_ref (task);
  g_ptr_array_remove_index (node->holders, index);
  if (g_task_return_error_if_cancelled (task))
    mesh_node_release (node);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static gboolean
holder_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  return holder_cb (user_data);
}

static void
wait_for_bootstrap (MeshNode *node, GTask *task)
{
  GSource *timeout = g_timeout_source_new_seconds (MESH_NODE_HOLD_TIMEOUT_S);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    {
      g_autoptr (GSource) child = g_cancellable_source_new (cancellable);

      g_source_set_callback (child, G_SOURCE_FUNC (holder_cancelled_cb), task, NULL);
      g_source_add_child_source (timeout, child);
    }
  g_ptr_array_add (node->holders, g_object_ref (task));
  g_task_attach_source (task, timeout, holder_cb);
  g_task_set_task_data (task, timeout, (GDestroyNotify) g_source_unref);
}

void
mesh_node_hold_async (MeshNode *node,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (node, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_node_hold_async);
  if (!node->is_running)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                               "The node is not running");
      return;
    }
  node->n_holds++;
  follow_network (node);
  if (mesh_node_bootstrap_is_settled (node->bootstrap))
    g_task_return_boolean (task, TRUE);
  else
    wait_for_bootstrap (node, task);
}

void
mesh_node_set_leaving (MeshNode *node, gboolean is_leaving)
{
  if (node->lock != NULL)
    mesh_node_lock_set_leaving (node->lock, is_leaving);
}

gboolean
mesh_node_hold_finish (MeshNode *node, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, node), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mesh_node_release (MeshNode *node)
{
  g_return_if_fail (node->n_holds > 0);

  node->n_holds--;
  if (node->n_holds == 0)
    follow_network (node);
}

/* Sources. */

static void
chain_block_cb (MeshSourceChain *chain,
                MeshCid *cid,
                guint64 size,
                guint kind,
                gpointer user_data)
{
  MeshNode *node = user_data;

  if (kind == MESH_SOURCE_GATEWAY || kind == MESH_SOURCE_MASTER)
    node->http_received_bytes += size;
}

static void
chain_gone (gpointer data, GObject *where_the_object_was)
{
  g_autoptr (MeshNode) node = data;

  node->n_sources--;
  if (node->figures != NULL && node->n_sources == 0)
    mesh_node_figures_set_active (node->figures, FALSE);
  mesh_node_release (node);
}

MeshSourceChain *
mesh_node_new_source (MeshNode *node, MeshCid *root, GError **error)
{
  g_autoptr (MeshSourceChain) chain = NULL;
  g_autoptr (MeshBitswapSession) session = NULL;
  g_autoptr (MeshSwarmSource) swarm = NULL;
  MeshBlockSource *peers;

  if (node->bitswap == NULL || node->stop_tasks != NULL)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_CLOSED,
                           "The node is not running");
      return NULL;
    }
  if (node->n_sources >= MESH_NODE_MAX_SOURCES)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_BUSY,
                           "Too many transfers at once. Wait until one is done");
      return NULL;
    }
  chain = mesh_source_chain_new (node->store, node->scores);
  mesh_source_chain_set_strategy (chain, node->config->strategy);
  session = mesh_bitswap_session_new (node->bitswap, root);
  peers = MESH_BLOCK_SOURCE (session);
  if (root != NULL)
    {
      swarm = mesh_node_swarm_new (node, session, root);
      peers = MESH_BLOCK_SOURCE (swarm);
    }
  (void) mesh_source_chain_add (chain, peers, MESH_SOURCE_PEERS, "peers", FALSE);
  for (guint i = 0; i < node->gateways->len; i++)
    {
      MeshGatewaySource *gateway = g_ptr_array_index (node->gateways, i);

      (void) mesh_source_chain_add (chain, MESH_BLOCK_SOURCE (gateway),
                                    MESH_SOURCE_GATEWAY,
                                    mesh_gateway_source_get_url (gateway), FALSE);
    }
  if (node->fallback != NULL)
    (void) mesh_source_chain_add (chain, MESH_BLOCK_SOURCE (node->fallback),
                                  MESH_SOURCE_MASTER,
                                  mesh_gateway_source_get_url (node->fallback), FALSE);
  g_signal_connect_object (chain, "block", G_CALLBACK (chain_block_cb), node, 0);
  node->n_sources++;
  if (node->figures != NULL)
    mesh_node_figures_set_active (node->figures, TRUE);
  node->n_holds++;
  follow_network (node);
  g_object_weak_ref (G_OBJECT (chain), chain_gone, g_object_ref (node));
  return g_steal_pointer (&chain);
}

/* Settings. */

gboolean
mesh_node_set_servers_private (MeshNode *node,
                               const MeshNodeConfig *config,
                               GError **error)
{
  g_autoptr (GPtrArray) gateways = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (MeshMasterClient) master = NULL;
  g_autoptr (MeshGatewaySource) fallback = NULL;

  for (char **url = config->gateways; *url != NULL; url++)
    {
      MeshGatewaySource *gateway
          = mesh_gateway_source_new (*url, node->store, node->pool, error);

      if (gateway == NULL)
        return FALSE;
      g_ptr_array_add (gateways, gateway);
    }
  if (config->master_url != NULL)
    {
      master = mesh_master_client_new (config->master_url, error);
      if (master == NULL)
        return FALSE;
      fallback
          = mesh_gateway_source_new (config->master_url, node->store, node->pool, error);
      if (fallback == NULL)
        return FALSE;
    }
  g_ptr_array_unref (node->gateways);
  node->gateways = g_steal_pointer (&gateways);
  g_set_object (&node->master, master);
  g_set_object (&node->fallback, fallback);
  mesh_node_origin_set_master (node->origin, master);
  return TRUE;
}

static gboolean
listen_all (MeshNode *node, char **addresses, GError **error)
{
  for (char **text = addresses; *text != NULL; text++)
    {
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (*text, error);

      if (addr == NULL)
        return FALSE;
      if (!mesh_host_listen (node->host, addr, error))
        {
          g_prefix_error (error, "Can not listen on %s: ", *text);
          mesh_host_unlisten (node->host);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
set_listening (MeshNode *node, const MeshNodeConfig *config, GError **error)
{
  g_autoptr (GPtrArray) now = mesh_host_dup_addresses (node->host);
  gboolean is_wanted = config->sharing == MESH_NODE_SHARING_ON;
  g_autoptr (GError) ignored = NULL;

  if (!is_wanted)
    {
      mesh_host_unlisten (node->host);
      return TRUE;
    }
  if (now->len > 0
      && g_strv_equal ((const char *const *) config->listen,
                       (const char *const *) node->config->listen))
    return TRUE;
  mesh_host_unlisten (node->host);
  if (listen_all (node, config->listen, error))
    return TRUE;
  if (now->len > 0 && !listen_all (node, node->config->listen, &ignored))
    g_warning ("Can not go back to the old addresses: %s", ignored->message);
  return FALSE;
}

static const MeshRegistryMode registry_modes[] = {
  MESH_REGISTRY_MODE_CENTRAL,
  MESH_REGISTRY_MODE_P2P,
  MESH_REGISTRY_MODE_HYBRID,
};
G_STATIC_ASSERT (G_N_ELEMENTS (registry_modes) == MESH_NODE_N_REGISTRY);

gboolean
mesh_node_apply_private (MeshNode *node, const MeshNodeConfig *config, GError **error)
{
  gboolean is_serving
      = config->sharing == MESH_NODE_SHARING_ON && !config->is_serving_paused;
  gboolean has_new_bootstrap
      = !node->is_running
        || !g_strv_equal ((const char *const *) config->bootstrap,
                          (const char *const *) node->config->bootstrap);

  if (!set_listening (node, config, error))
    return FALSE;
  if (config != node->config)
    {
      g_autoptr (MeshNodeConfig) old = node->config;

      node->config = mesh_node_config_copy (config);
      g_free (node->config->data_dir);
      node->config->data_dir = g_steal_pointer (&old->data_dir);
      g_free (node->config->desktop_dir);
      node->config->desktop_dir = g_steal_pointer (&old->desktop_dir);
      g_free (node->config->dht_prefix);
      node->config->dht_prefix = g_steal_pointer (&old->dht_prefix);
      node->config->max_connections = old->max_connections;
    }
  mesh_store_set_limit (node->store, config->cache_limit_bytes);
  mesh_bitswap_set_rate_limits (node->bitswap, config->upload_bps, config->download_bps);
  mesh_bitswap_set_serving (node->bitswap, is_serving);
  mesh_update_engine_set_auto_staging (node->updates, config->is_auto_staging);
  mesh_update_engine_set_sharing (node->updates, is_serving);
  mesh_update_engine_set_poll_interval (node->updates, config->poll_interval_s);
  mesh_registry_set_mode (node->registry, registry_modes[config->registry]);
  mesh_registry_set_sharing (node->registry, is_serving && config->is_announcing);
  if (has_new_bootstrap)
    mesh_node_origin_set_own (node->origin, (const char *const *) config->bootstrap);
  mesh_node_mesh_apply (node);
  follow_network (node);
  return TRUE;
}

gboolean
mesh_node_reconfigure (MeshNode *node, const MeshNodeConfig *config, GError **error)
{
  g_return_val_if_fail (node->is_running, FALSE);

  if (!mesh_node_config_validate (config, error)
      || !mesh_node_apply_private (node, config, error))
    return FALSE;
  if (!mesh_node_set_servers_private (node, config, error))
    return FALSE;
  mesh_registry_set_master (node->registry, node->master);
  mesh_update_engine_set_master (node->updates, node->master);
  return TRUE;
}

/* Watching the host. */

static void
peer_disconnected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshNode *node = user_data;

  node->closed_sent_bytes += mesh_connection_get_bytes_out (connection);
  node->closed_received_bytes += mesh_connection_get_bytes_in (connection);
}

static void
peer_dropped_cb (MeshBitswap *bitswap,
                 MeshPeerId *peer_id,
                 GError *reason,
                 gpointer user_data)
{
  MeshNode *node = user_data;

  g_message ("Dropping peer %s: %s", mesh_peer_id_to_string (peer_id),
             reason != NULL ? reason->message : "it broke the rules");
  mesh_node_mesh_note_bad (node, peer_id);
  mesh_host_disconnect (node->host, peer_id);
}

static void
addresses_changed_cb (MeshHost *host, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_LISTEN_CHANGED], 0);
}

void
mesh_node_watch_private (MeshNode *node)
{
  g_signal_connect_object (node->host, "peer-disconnected",
                           G_CALLBACK (peer_disconnected_cb), node, 0);
  g_signal_connect_object (node->host, "addresses-changed",
                           G_CALLBACK (addresses_changed_cb), node, 0);
  g_signal_connect_object (node->bitswap, "peer-dropped", G_CALLBACK (peer_dropped_cb),
                           node, 0);
  g_signal_connect_object (node->bootstrap, "settled", G_CALLBACK (settled_cb), node, 0);
}

void
mesh_node_unwatch_private (MeshNode *node)
{
  if (node->host != NULL)
    g_signal_handlers_disconnect_by_data (node->host, node);
  if (node->bitswap != NULL)
    g_signal_handlers_disconnect_by_data (node->bitswap, node);
}

/* The object. */

static void
mesh_node_dispose (GObject *object)
{
  MeshNode *node = MESH_NODE (object);

  mesh_node_unwatch_private (node);
  g_clear_object (&node->updates);
  g_clear_object (&node->registry);
  mesh_node_mesh_tear_down (node);
  g_clear_object (&node->dht);
  g_clear_object (&node->book);
  g_clear_object (&node->origin);
  g_clear_object (&node->bootstrap);
  g_clear_object (&node->bitswap);
  g_clear_pointer (&node->services, mesh_services_free);
  g_clear_object (&node->host);
  g_clear_object (&node->fallback);
  g_clear_object (&node->master);
  g_clear_pointer (&node->gateways, g_ptr_array_unref);
  g_clear_pointer (&node->holders, g_ptr_array_unref);
  g_clear_object (&node->store);
  g_clear_object (&node->pool);
  G_OBJECT_CLASS (mesh_node_parent_class)->dispose (object);
}

static void
mesh_node_finalize (GObject *object)
{
  MeshNode *node = MESH_NODE (object);

  g_clear_pointer (&node->identity, mesh_keypair_unref);
  g_clear_pointer (&node->scores, mesh_source_scores_unref);
  g_clear_pointer (&node->lock, mesh_node_lock_free);
  g_clear_pointer (&node->config, mesh_node_config_free);
  G_OBJECT_CLASS (mesh_node_parent_class)->finalize (object);
}

static void
mesh_node_class_init (MeshNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mesh_node_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_node_finalize;
  signals[SIGNAL_LISTEN_CHANGED]
      = g_signal_new ("listen-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mesh_node_init (MeshNode *node)
{
  node->pool = mesh_work_pool_new (0);
  node->scores = mesh_source_scores_new ();
  node->gateways = g_ptr_array_new_with_free_func (g_object_unref);
  node->holders = g_ptr_array_new_with_free_func (g_object_unref);
}

MeshNode *
mesh_node_new_private (const MeshNodeConfig *config)
{
  MeshNode *node = g_object_new (MESH_TYPE_NODE, NULL);

  node->config = mesh_node_config_copy (config);
  return node;
}

const MeshNodeConfig *
mesh_node_get_config (MeshNode *node)
{
  return node->config;
}

MeshWorkPool *
mesh_node_get_pool (MeshNode *node)
{
  return node->pool;
}

MeshStore *
mesh_node_get_store (MeshNode *node)
{
  return node->store;
}

MeshHost *
mesh_node_get_host (MeshNode *node)
{
  return node->host;
}

MeshBitswap *
mesh_node_get_bitswap (MeshNode *node)
{
  return node->bitswap;
}

MeshUpdateEngine *
mesh_node_get_updates (MeshNode *node)
{
  return node->updates;
}

MeshDht *
mesh_node_get_dht (MeshNode *node)
{
  return node->dht;
}

MeshGossipService *
mesh_node_get_gossip (MeshNode *node)
{
  return node->gossip;
}

MeshRegistry *
mesh_node_get_registry (MeshNode *node)
{
  return node->registry;
}

MeshPeerBook *
mesh_node_get_peer_book (MeshNode *node)
{
  return node->book;
}

MeshCapsService *
mesh_node_get_caps (MeshNode *node)
{
  return node->caps;
}

MeshMdns *
mesh_node_get_mdns (MeshNode *node)
{
  return node->mdns;
}

guint
mesh_node_get_n_provided (MeshNode *node)
{
  return node->roots != NULL ? mesh_node_roots_get_n_provided (node->roots) : 0;
}

gboolean
mesh_node_is_network_wanted (MeshNode *node)
{
  return wants_network (node);
}

MeshMasterClient *
mesh_node_get_master (MeshNode *node)
{
  return node->master;
}

MeshPeerId *
mesh_node_get_peer_id (MeshNode *node)
{
  return mesh_host_get_peer_id (node->host);
}

char *
mesh_node_dup_did_key (MeshNode *node)
{
  return mesh_public_key_to_did (mesh_keypair_get_public_key (node->identity), NULL);
}

char **
mesh_node_dup_listen_addresses (MeshNode *node)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (node->host);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < addrs->len; i++)
    g_strv_builder_add (builder, mesh_multiaddr_to_string (g_ptr_array_index (addrs, i)));
  return g_strv_builder_end (builder);
}

char **
mesh_node_dup_bootstrap_addresses (MeshNode *node)
{
  return node->origin != NULL ? mesh_node_origin_dup_addresses (node->origin)
                              : g_new0 (char *, 1);
}

gboolean
mesh_node_is_bootstrap (MeshNode *node, MeshPeerId *peer_id)
{
  return node->bootstrap != NULL
         && mesh_node_bootstrap_contains (node->bootstrap, peer_id);
}

void
mesh_node_get_traffic (MeshNode *node, guint64 *sent_bytes, guint64 *received_bytes)
{
  guint64 sent = node->closed_sent_bytes;
  guint64 received = node->closed_received_bytes + node->http_received_bytes;

  if (node->host != NULL)
    {
      g_autoptr (GPtrArray) connections = mesh_host_dup_connections (node->host);

      for (guint i = 0; i < connections->len; i++)
        {
          MeshConnection *connection = g_ptr_array_index (connections, i);

          sent += mesh_connection_get_bytes_out (connection);
          received += mesh_connection_get_bytes_in (connection);
        }
    }
  *sent_bytes = sent;
  *received_bytes = received;
}
