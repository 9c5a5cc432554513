/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoald-mesh-status.h"

#include <string.h>

static void
put_dict (GVariantDict *to, const char *key, GVariantDict *value)
{
  g_variant_dict_insert_value (to, key, g_variant_dict_end (value));
}

static void
put_registry (GVariantDict *to, MeshNode *node)
{
  MeshRegistry *registry = mesh_node_get_registry (node);
  const char *warning = mesh_registry_get_master_warning (registry);
  MeshRegistryStats stats;
  GVariantDict dict;

  mesh_registry_get_stats (registry, &stats);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "mode", "s",
                         mesh_registry_mode_get_nick (mesh_registry_get_mode (registry)));
  g_variant_dict_insert (&dict, "listings", "t", stats.n_listings);
  g_variant_dict_insert (&dict, "received", "t", stats.n_announced);
  g_variant_dict_insert (&dict, "refused", "t", stats.n_refused);
  g_variant_dict_insert (&dict, "ignored", "t", stats.n_ignored);
  if (warning != NULL)
    g_variant_dict_insert (&dict, "master-warning", "s", warning);
  put_dict (to, "registry", &dict);
}

static void
put_table (GVariantDict *to,
           const char *key,
           const MeshDhtTableStats *table,
           const char *prefix,
           const char *suffix)
{
  g_autofree char *protocol = g_strconcat (prefix, suffix, NULL);
  GVariantDict dict;

  if (!table->is_used)
    return;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "protocol", "s", protocol);
  g_variant_dict_insert (&dict, "mode", "s", table->is_server ? "server" : "client");
  g_variant_dict_insert (&dict, "peers", "u", table->kad.n_peers);
  g_variant_dict_insert (&dict, "records", "u", table->kad.n_providers);
  g_variant_dict_insert (&dict, "lookups", "t", table->kad.n_lookups);
  g_variant_dict_insert (&dict, "requests-served", "t", table->kad.n_messages_in);
  g_variant_dict_insert (&dict, "network-size", "d", table->kad.network_size);
  put_dict (to, key, &dict);
}

static void
put_dht (GVariantDict *to, ShoaldEngine *engine, MeshNode *node)
{
  const MeshNodeConfig *config = mesh_node_get_config (node);
  MeshDhtStats stats;
  gboolean is_server;
  GVariantDict dict;

  mesh_dht_get_stats (mesh_node_get_dht (node), &stats);
  is_server = stats.wan.is_server || stats.lan.is_server;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "setting", "s",
                         shoald_config_get_string (shoald_engine_get_config (engine),
                                                   SHOALD_CONFIG_DHT_MODE));
  g_variant_dict_insert (&dict, "mode", "s",
                         !stats.is_active ? "off"
                         : is_server      ? "server"
                                          : "client");
  g_variant_dict_insert (&dict, "prefix", "s", config->dht_prefix);
  g_variant_dict_insert (&dict, "provided", "u",
                         MAX (stats.wan.kad.n_provided, stats.lan.kad.n_provided));
  put_table (&dict, "wan", &stats.wan, config->dht_prefix, MESH_DHT_WAN_SUFFIX);
  put_table (&dict, "lan", &stats.lan, config->dht_prefix, MESH_DHT_LAN_SUFFIX);
  put_dict (to, "dht", &dict);
}

static guint
count_speakers (MeshNode *node)
{
  g_autoptr (GPtrArray) connections
      = mesh_host_dup_connections (mesh_node_get_host (node));
  guint n = 0;

  for (guint i = 0; i < connections->len; i++)
    {
      MeshPeerId *peer = mesh_connection_get_peer_id (g_ptr_array_index (connections, i));
      MeshGossipPeerStats stats;

      n += mesh_gossip_service_get_peer_stats (mesh_node_get_gossip (node), peer, &stats);
    }
  return n;
}

static void
put_gossip (GVariantDict *to, MeshNode *node)
{
  MeshGossipService *gossip = mesh_node_get_gossip (node);
  g_auto (GStrv) topics = mesh_gossip_service_dup_topics (gossip);
  MeshGossipStats stats;
  GVariantBuilder builder;
  GVariantDict dict;

  mesh_gossip_service_get_stats (gossip, &stats);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; topics[i] != NULL && i < SHOALD_MESH_STATUS_MAX_TOPICS; i++)
    {
      g_autoptr (GPtrArray) mesh = mesh_gossip_service_dup_mesh_peers (gossip, topics[i]);
      g_autoptr (GPtrArray) peers
          = mesh_gossip_service_dup_subscribers (gossip, topics[i]);

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "topic", g_variant_new_string (topics[i]));
      g_variant_builder_add (&builder, "{sv}", "peers",
                             g_variant_new_uint32 (peers->len));
      g_variant_builder_add (&builder, "{sv}", "mesh", g_variant_new_uint32 (mesh->len));
      g_variant_builder_close (&builder);
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "peers", "u", count_speakers (node));
  g_variant_dict_insert_value (&dict, "topics", g_variant_builder_end (&builder));
  g_variant_dict_insert (&dict, "published", "t", stats.published);
  g_variant_dict_insert (&dict, "delivered", "t", stats.delivered);
  g_variant_dict_insert (&dict, "duplicates", "t", stats.duplicates);
  g_variant_dict_insert (&dict, "refused", "t",
                         stats.rejected + stats.bad_signature + stats.malformed);
  g_variant_dict_insert (&dict, "bytes-in", "t", stats.bytes_in);
  g_variant_dict_insert (&dict, "bytes-out", "t", stats.bytes_out);
  put_dict (to, "gossip", &dict);
}

static void
put_mdns (GVariantDict *to, MeshNode *node)
{
  MeshMdns *mdns = mesh_node_get_mdns (node);
  const char *backend = mesh_mdns_get_backend (mdns);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "enabled", "b", mesh_node_get_config (node)->has_mdns);
  g_variant_dict_insert (&dict, "backend", "s", backend);
  g_variant_dict_insert (&dict, "running", "b",
                         strcmp (backend, "avahi") == 0
                             || strcmp (backend, "socket") == 0);
  g_variant_dict_insert (&dict, "peers", "u", mesh_mdns_get_n_peers (mdns));
  put_dict (to, "mdns", &dict);
}

static const char *
name_bootstrap_state (MeshNode *node, MeshPeerId *peer)
{
  if (mesh_host_find_connection (mesh_node_get_host (node), peer) != NULL)
    return "connected";
  return mesh_node_is_network_wanted (node) ? "waiting" : "idle";
}

static void
put_bootstrap (GVariantDict *to, MeshNode *node)
{
  const char *const *own = (const char *const *) mesh_node_get_config (node)->bootstrap;
  g_auto (GStrv) addresses = mesh_node_dup_bootstrap_addresses (node);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (char **text = addresses; *text != NULL; text++)
    {
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (*text, NULL);
      g_autoptr (MeshPeerId) peer
          = addr != NULL ? mesh_multiaddr_dup_peer_id (addr) : NULL;

      if (peer == NULL)
        continue;
      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "address", g_variant_new_string (*text));
      g_variant_builder_add (&builder, "{sv}", "peer",
                             g_variant_new_string (mesh_peer_id_to_string (peer)));
      g_variant_builder_add (&builder, "{sv}", "state",
                             g_variant_new_string (name_bootstrap_state (node, peer)));
      g_variant_builder_add (
          &builder, "{sv}", "origin",
          g_variant_new_string (g_strv_contains (own, *text) ? "config" : "master"));
      g_variant_builder_close (&builder);
    }
  g_variant_dict_insert_value (to, "bootstrap", g_variant_builder_end (&builder));
}

static void
put_peers (GVariantDict *to, ShoaldEngine *engine, MeshNode *node)
{
  static const char *const kinds[] = { "lan", "internet", "relayed", "mini-master" };
  static const char *const keys[] = { "lan", "internet", "relayed", "mini-masters" };
  GListModel *peers = G_LIST_MODEL (shoald_engine_get_peers (engine));
  guint n_peers = g_list_model_get_n_items (peers);
  guint counts[G_N_ELEMENTS (kinds)] = { 0 };
  GVariantDict dict;

  for (guint i = 0; i < n_peers; i++)
    {
      g_autoptr (ShoaldPeer) peer = g_list_model_get_item (peers, i);

      for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
        counts[k] += strcmp (shoald_peer_get_kind (peer), kinds[k]) == 0;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "connected", "u", n_peers);
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    g_variant_dict_insert (&dict, keys[k], "u", counts[k]);
  g_variant_dict_insert (&dict, "known", "u",
                         mesh_peer_book_get_n_peers (mesh_node_get_peer_book (node)));
  put_dict (to, "peers", &dict);
}

static const char *
name_network (void)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  if (!g_network_monitor_get_network_available (monitor))
    return "none";
  return g_network_monitor_get_connectivity (monitor) == G_NETWORK_CONNECTIVITY_FULL
             ? "full"
             : "local";
}

GVariant *
shoald_mesh_status_build (ShoaldEngine *engine, GError **error)
{
  const char *const none[] = { NULL };
  MeshDhtStats stats;
  MeshNode *node;
  GVariantDict dict;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  node = shoald_engine_get_node (engine);
  g_variant_dict_init (&dict, NULL);
  put_registry (&dict, node);
  put_dht (&dict, engine, node);
  put_gossip (&dict, node);
  put_mdns (&dict, node);
  put_bootstrap (&dict, node);
  put_peers (&dict, engine, node);
  /* The hash table of the internet is served only by who can be reached from there. */
  mesh_dht_get_stats (mesh_node_get_dht (node), &stats);
  g_variant_dict_insert (&dict, "reachability", "s",
                         stats.wan.is_server ? "public" : "unknown");
  g_variant_dict_insert (&dict, "relays", "^as", none);
  g_variant_dict_insert (&dict, "network", "s", name_network ());
  return g_variant_dict_end (&dict);
}
