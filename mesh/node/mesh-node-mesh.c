/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Each of these objects keeps to itself; what one learns that another needs is carried
 * over by the handlers here. */
#include "config.h"

#include "node/mesh-node-mesh.h"

#include "base/mesh-error.h"
#include "node/mesh-node-private.h"

/* The peer's score as gossip sees it (P5): 5 for the best, -5 for the worst. */
#define APP_SCORE_WEIGHT 10.0

static void dht_changed_cb (MeshDht *dht, gpointer user_data);
static void
network_changed_cb (GNetworkMonitor *monitor, gboolean is_available, gpointer user_data);

/* What the parts tell each other. */

static void
caps_changed_cb (MeshCapsService *caps, MeshPeerId *peer, gpointer user_data)
{
  MeshNode *node = user_data;
  const MeshCaps *said = mesh_caps_service_get_caps (caps, peer);

  if (said != NULL)
    mesh_peer_book_set_roles (node->book, peer, said->roles);
}

static void
peer_changed_cb (MeshPeerBook *book, MeshPeerId *peer, gpointer user_data)
{
  MeshNode *node = user_data;
  double score = mesh_peer_book_get_score (book, peer);

  mesh_gossip_service_set_app_score (
      node->gossip, peer, (score - MESH_PEER_SCORE_NEUTRAL) * APP_SCORE_WEIGHT);
}

static void
peer_exchange_cb (MeshGossipService *gossip,
                  const char *topic,
                  GPtrArray *peers,
                  gpointer user_data)
{
  MeshNode *node = user_data;

  for (guint i = 0; i < peers->len; i++)
    {
      const MeshGossipPx *px = g_ptr_array_index (peers, i);

      if (px->record != NULL)
        mesh_peer_book_add_hearsay (
            node->book, px->peer_id,
            (GPtrArray *) mesh_peer_record_get_addrs (px->record));
    }
}

static void
graylisted_cb (MeshGossipService *gossip, MeshPeerId *peer, gpointer user_data)
{
  MeshNode *node = user_data;

  g_message ("Peer %s spoils the gossip and is not listened to",
             mesh_peer_id_to_string (peer));
  mesh_peer_book_note_bad (node->book, peer);
}

static void
peer_found_cb (MeshMdns *mdns, MeshPeerId *peer, GPtrArray *addrs, gpointer user_data)
{
  MeshNode *node = user_data;

  mesh_peer_keeper_peer_found (node->keeper, peer, addrs);
}

static gboolean
keeps_cb (MeshPeerId *peer, gpointer user_data)
{
  MeshNode *node = user_data;
  MeshGossipPeerStats stats;

  if (mesh_node_is_bootstrap (node, peer))
    return TRUE;
  return mesh_gossip_service_get_peer_stats (node->gossip, peer, &stats)
         && stats.n_mesh > 0;
}

/* Building. */

static void
build_dht (MeshNode *node)
{
  g_autofree char *path = g_build_filename (node->config->data_dir, "dht.db", NULL);
  MeshDhtOptions options = MESH_DHT_OPTIONS_DEFAULT;

  options.prefix = node->config->dht_prefix;
  options.db_path = path;
  options.mode = MESH_DHT_MODE_CLIENT;
  node->dht = mesh_dht_new (node->host, &options);
  mesh_dht_set_active (node->dht, FALSE);
  g_signal_connect (node->dht, "changed", G_CALLBACK (dht_changed_cb), node);
}

static gboolean
build_gossip (MeshNode *node, GError **error)
{
  MeshGossipServiceOptions options = MESH_GOSSIP_SERVICE_OPTIONS_DEFAULT;

  node->gossip = mesh_gossip_service_new (node->host, node->identity, &options, error);
  if (node->gossip == NULL)
    {
      g_prefix_error (error, "Gossip: ");
      return FALSE;
    }
  g_signal_connect (node->gossip, "peer-exchange", G_CALLBACK (peer_exchange_cb), node);
  g_signal_connect (node->gossip, "graylisted", G_CALLBACK (graylisted_cb), node);
  return TRUE;
}

/* A node that listens on loopback alone is one of several on this machine. */
static gboolean
is_on_loopback (const MeshNodeConfig *config)
{
  for (char **addr = config->listen; *addr != NULL; addr++)
    if (!g_str_has_prefix (*addr, "/ip4/127.") && !g_str_has_prefix (*addr, "/ip6/::1/"))
      return FALSE;
  return *config->listen != NULL;
}

static void
build_discovery (MeshNode *node)
{
  MeshMdnsOptions options = MESH_MDNS_OPTIONS_DEFAULT;

  node->caps = mesh_caps_service_new (node->host, MESH_CAPS_SERVICE_INTERVAL_US);
  g_signal_connect (node->caps, "caps-changed", G_CALLBACK (caps_changed_cb), node);
  node->exchange = mesh_peer_exchange_new (node->host, node->book, FALSE);
  node->keeper = mesh_peer_keeper_new (node->host, node->book, node->exchange,
                                       MESH_PEER_KEEPER_MIN_CONNECTIONS);
  options.enabled = FALSE;
  options.allow_loopback = is_on_loopback (node->config);
  node->mdns = mesh_mdns_new (node->host, &options);
  g_signal_connect (node->mdns, "peer-found", G_CALLBACK (peer_found_cb), node);
}

gboolean
mesh_node_mesh_build (MeshNode *node, GError **error)
{
  build_dht (node);
  if (!build_gossip (node, error))
    return FALSE;
  build_discovery (node);
  g_signal_connect (node->book, "peer-changed", G_CALLBACK (peer_changed_cb), node);
  g_signal_connect (g_network_monitor_get_default (), "network-changed",
                    G_CALLBACK (network_changed_cb), node);
  node->roots = mesh_node_roots_new (node->store, node->caps, node->dht);
  node->trim = mesh_node_trim_new (node->host, node->book, keeps_cb, node);
  node->figures = mesh_node_figures_new (node->bitswap, node->book);
  return TRUE;
}

void
mesh_node_mesh_tear_down (MeshNode *node)
{
  g_signal_handlers_disconnect_by_data (g_network_monitor_get_default (), node);
  g_clear_handle_id (&node->network_id, g_source_remove);
  g_clear_handle_id (&node->alone_id, g_source_remove);
  g_clear_pointer (&node->figures, mesh_node_figures_free);
  g_clear_pointer (&node->trim, mesh_node_trim_free);
  g_clear_pointer (&node->roots, mesh_node_roots_free);
  if (node->book != NULL)
    g_signal_handlers_disconnect_by_data (node->book, node);
  if (node->mdns != NULL)
    {
      g_signal_handlers_disconnect_by_data (node->mdns, node);
      mesh_mdns_set_enabled (node->mdns, FALSE);
    }
  g_clear_object (&node->mdns);
  if (node->keeper != NULL)
    mesh_peer_keeper_set_active (node->keeper, FALSE);
  g_clear_object (&node->keeper);
  g_clear_object (&node->exchange);
  if (node->caps != NULL)
    g_signal_handlers_disconnect_by_data (node->caps, node);
  g_clear_object (&node->caps);
  if (node->gossip != NULL)
    {
      g_signal_handlers_disconnect_by_data (node->gossip, node);
      mesh_gossip_service_stop (node->gossip);
    }
  g_clear_object (&node->gossip);
  if (node->dht != NULL)
    g_signal_handlers_disconnect_by_data (node->dht, node);
}

/* Settings. */

static MeshDhtMode
choose_dht_mode (const MeshNodeConfig *config)
{
  if (config->sharing != MESH_NODE_SHARING_ON || config->is_serving_paused
      || config->dht == MESH_NODE_DHT_CLIENT)
    return MESH_DHT_MODE_CLIENT;
  return config->dht == MESH_NODE_DHT_SERVER ? MESH_DHT_MODE_SERVER : MESH_DHT_MODE_AUTO;
}

static guint
choose_roles (MeshNode *node)
{
  const MeshNodeConfig *config = node->config;
  guint roles = 0;
  MeshDhtStats stats = { 0 };

  if (config->sharing != MESH_NODE_SHARING_ON)
    return 0;
  if (node->dht != NULL)
    mesh_dht_get_stats (node->dht, &stats);
  if (!config->is_serving_paused)
    roles |= MESH_CAPS_ROLE_SEEDER;
  if (stats.wan.is_server)
    roles |= MESH_CAPS_ROLE_DHT_SERVER;
  if (config->is_mini_master)
    roles |= MESH_CAPS_ROLE_MINI_MASTER | MESH_CAPS_ROLE_BOOTSTRAP;
  return roles;
}

/* A node serves the hash table from the moment it can be reached. */
static void
dht_changed_cb (MeshDht *dht, gpointer user_data)
{
  MeshNode *node = user_data;

  mesh_caps_service_set_roles (node->caps, choose_roles (node));
}

void
mesh_node_mesh_apply (MeshNode *node)
{
  const MeshNodeConfig *config = node->config;
  gboolean is_on = config->sharing == MESH_NODE_SHARING_ON;
  gboolean is_serving = is_on && !config->is_serving_paused;
  gboolean is_out = config->sharing >= MESH_NODE_SHARING_DOWNLOAD_ONLY;

  if (node->keeper == NULL)
    return;
  if (node->dht != NULL)
    {
      mesh_dht_set_mode (node->dht, choose_dht_mode (config));
      mesh_dht_set_active (node->dht, is_out && config->dht != MESH_NODE_DHT_OFF);
    }
  if (node->mdns != NULL)
    mesh_mdns_set_enabled (node->mdns, is_out && config->has_mdns);
  mesh_peer_exchange_set_serving (node->exchange, is_on);
  mesh_caps_service_set_roles (node->caps, choose_roles (node));
  mesh_caps_service_set_limits (node->caps, config->upload_bps, config->download_bps);
  mesh_node_roots_set_telling (node->roots, is_serving,
                               is_serving && config->is_announcing
                                   && config->dht != MESH_NODE_DHT_OFF);
  if (config->is_mini_master)
    mesh_node_trim_set_marks (node->trim, MESH_NODE_TRIM_SERVER_LOW,
                              MESH_NODE_TRIM_SERVER_HIGH);
  else
    mesh_node_trim_set_marks (node->trim, MESH_NODE_TRIM_LOW, MESH_NODE_TRIM_HIGH);
}

/* The network comes and goes. */

static gboolean
alone_cb (gpointer user_data)
{
  MeshNode *node = user_data;
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (node->host);
  g_autoptr (GPtrArray) good = NULL;

  node->alone_id = 0;
  if (connections->len >= MESH_NODE_MESH_ALONE || node->dht == NULL)
    return G_SOURCE_REMOVE;
  good = mesh_dht_dup_good_peers (node->dht);
  for (guint i = 0; i < MIN (good->len, MESH_NODE_MESH_GOOD_PEERS); i++)
    {
      guint other = (guint) g_random_int_range ((gint32) i, (gint32) good->len);
      MeshDhtPeer *peer = g_ptr_array_index (good, other);

      good->pdata[other] = good->pdata[i];
      good->pdata[i] = peer;
      mesh_dht_add_peer (node->dht, peer->id, peer->addrs);
    }
  return G_SOURCE_REMOVE;
}

void
mesh_node_mesh_set_wanted (MeshNode *node, gboolean is_wanted)
{
  gboolean is_held = is_wanted && node->config->dht != MESH_NODE_DHT_OFF
                     && node->config->sharing < MESH_NODE_SHARING_DOWNLOAD_ONLY;

  if (node->keeper == NULL)
    return;
  if (node->dht != NULL && is_held != node->is_dht_held)
    {
      node->is_dht_held = is_held;
      if (is_held)
        mesh_dht_hold (node->dht);
      else
        mesh_dht_release (node->dht);
    }
  if (is_wanted == node->is_wanted)
    return;
  node->is_wanted = is_wanted;
  mesh_peer_keeper_set_active (node->keeper, is_wanted);
  g_clear_handle_id (&node->alone_id, g_source_remove);
  if (is_wanted)
    node->alone_id = g_timeout_add (MESH_NODE_MESH_ALONE_MS, alone_cb, node);
}

void
mesh_node_mesh_reconnect (MeshNode *node)
{
  if (node->keeper == NULL || !node->is_wanted)
    return;
  mesh_node_bootstrap_retry (node->bootstrap);
  mesh_peer_keeper_set_active (node->keeper, FALSE);
  mesh_peer_keeper_set_active (node->keeper, TRUE);
  g_clear_handle_id (&node->alone_id, g_source_remove);
  node->alone_id = g_timeout_add (MESH_NODE_MESH_ALONE_MS, alone_cb, node);
}

static gboolean
network_cb (gpointer user_data)
{
  MeshNode *node = user_data;

  node->network_id = 0;
  mesh_node_mesh_reconnect (node);
  return G_SOURCE_REMOVE;
}

static void
network_changed_cb (GNetworkMonitor *monitor, gboolean is_available, gpointer user_data)
{
  MeshNode *node = user_data;

  g_clear_handle_id (&node->network_id, g_source_remove);
  if (is_available)
    node->network_id = g_timeout_add (MESH_NODE_MESH_NETWORK_MS, network_cb, node);
}

void
mesh_node_mesh_note_bad (MeshNode *node, MeshPeerId *peer)
{
  if (node->book != NULL)
    mesh_peer_book_note_bad (node->book, peer);
}
