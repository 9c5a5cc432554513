/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mesh/node/node-test.h"
#include "node/mesh-node-private.h"

static void
reconfigure (MeshNode *node, MeshNodeConfig *config)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_node_reconfigure (node, config, &error));
  g_assert_no_error (error);
}

static gboolean
is_dht_active (MeshNode *node)
{
  MeshDhtStats stats;

  mesh_dht_get_stats (mesh_node_get_dht (node), &stats);
  return stats.is_active;
}

static gboolean
is_mdns_off (MeshNode *node)
{
  return g_str_equal (mesh_mdns_get_backend (mesh_node_get_mdns (node)), "off");
}

static guint
get_roles (MeshNode *node)
{
  return mesh_caps_service_get_own (mesh_node_get_caps (node))->roles;
}

/* What is on follows from the sharing mode. */
static void
test_modes (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config
      = node_test_config (dir, "one", MESH_NODE_SHARING_OFF);
  g_autoptr (GError) error = NULL;
  MeshNode *node = node_test_start (config, &error);

  g_assert_no_error (error);
  g_assert_false (is_dht_active (node));
  g_assert_false (mesh_node_is_network_wanted (node));
  g_assert_cmpuint (get_roles (node), ==, 0);
  g_assert_true (is_mdns_off (node));

  config->sharing = MESH_NODE_SHARING_DOWNLOAD_ONLY;
  reconfigure (node, config);
  g_assert_true (is_dht_active (node));
  g_assert_true (mesh_node_is_network_wanted (node));
  g_assert_cmpuint (get_roles (node), ==, 0);

  config->sharing = MESH_NODE_SHARING_ON;
  config->is_mini_master = TRUE;
  reconfigure (node, config);
  g_assert_true ((get_roles (node) & MESH_CAPS_ROLE_SEEDER) != 0);
  g_assert_true ((get_roles (node) & MESH_CAPS_ROLE_MINI_MASTER) != 0);
  g_assert_true (is_mdns_off (node));

  config->dht = MESH_NODE_DHT_OFF;
  config->registry = MESH_NODE_REGISTRY_P2P;
  reconfigure (node, config);
  g_assert_false (is_dht_active (node));
  g_assert_cmpint (mesh_registry_get_mode (mesh_node_get_registry (node)), ==,
                   MESH_REGISTRY_MODE_P2P);

  config->sharing = MESH_NODE_SHARING_OFF;
  reconfigure (node, config);
  g_assert_cmpuint (get_roles (node), ==, 0);
  node_test_stop (node);
  node_test_remove_dir (dir);
}

static const MeshCaps *
get_caps_of (MeshNode *node, MeshNode *other)
{
  return mesh_caps_service_get_caps (mesh_node_get_caps (node),
                                     mesh_node_get_peer_id (other));
}

static gboolean
is_mini_master (MeshNode *node, MeshNode *other)
{
  MeshPeerBookEntry entry;

  return mesh_peer_book_lookup (mesh_node_get_peer_book (node),
                                mesh_node_get_peer_id (other), &entry)
         && entry.peer_class == MESH_PEER_CLASS_MINI_MASTER;
}

/* What a peer says of itself comes into the book. */
static void
test_roles (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) one_config
      = node_test_config (dir, "one", MESH_NODE_SHARING_ON);
  g_autoptr (MeshNodeConfig) two_config
      = node_test_config (dir, "two", MESH_NODE_SHARING_ON);
  g_autoptr (GError) error = NULL;
  MeshNode *one, *two;

  one_config->is_mini_master = TRUE;
  one_config->upload_bps = 123456;
  one = node_test_start (one_config, &error);
  g_assert_no_error (error);
  node_test_set_bootstrap (two_config, one);
  two = node_test_start (two_config, &error);
  g_assert_no_error (error);
  node_test_wait (is_mini_master (two, one));
  g_assert_cmpuint (get_caps_of (two, one)->up_bps, ==, 123456);
  node_test_wait (get_caps_of (one, two) != NULL);
  g_assert_false (is_mini_master (one, two));
  node_test_stop (two);
  node_test_stop (one);
  node_test_remove_dir (dir);
}

static void
change_network (gboolean is_available)
{
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed",
                         is_available);
}

/* The network changes: once it has come to rest the peers are looked for again, without
 * waiting for their turn; and where no network is wanted, nobody is. */
static void
test_network (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "one", MESH_NODE_SHARING_ON);
  g_autoptr (MeshNodeConfig) other_config
      = node_test_config (dir, "two", MESH_NODE_SHARING_DOWNLOAD_ONLY);
  g_autoptr (MeshNodeConfig) quiet_config
      = node_test_config (dir, "quiet", MESH_NODE_SHARING_OFF);
  g_autoptr (MeshMultiaddr) addr = NULL;
  g_autoptr (MeshMultiaddr) bare = NULL;
  MeshNode *node = node_test_start (config, NULL);
  MeshNode *quiet = node_test_start (quiet_config, NULL);
  MeshNode *other;

  node_test_set_bootstrap (other_config, node);
  other = node_test_start (other_config, NULL);
  node_test_wait (node_test_count_connections (other) == 1);
  node_test_wait (other->alone_id == 0); /* what the start looks for is over */

  /* It goes, with the peer, and comes back with it; changes in a row count once. */
  change_network (FALSE);
  g_assert_cmpuint (other->network_id, ==, 0);
  node_test_stop (node);
  node_test_wait (node_test_count_connections (other) == 0);
  change_network (TRUE);
  g_assert_cmpuint (other->network_id, !=, 0);
  change_network (FALSE);
  g_assert_cmpuint (other->network_id, ==, 0);
  addr = mesh_multiaddr_parse (other_config->bootstrap[0], NULL);
  bare = mesh_multiaddr_without_peer_id (addr);
  g_free (config->listen[0]);
  config->listen[0] = g_strdup (mesh_multiaddr_to_string (bare));
  node = node_test_start (config, NULL);
  change_network (TRUE);
  change_network (TRUE);
  g_assert_cmpuint (other->alone_id, ==, 0);
  node_test_wait (other->network_id == 0);
  g_assert_cmpuint (other->alone_id, !=, 0); /* it looks again whether anyone is there */
  node_test_wait (node_test_count_connections (other) == 1);
  node_test_wait (quiet->network_id == 0);
  g_assert_cmpuint (quiet->alone_id, ==, 0);
  g_assert_cmpuint (node_test_count_connections (quiet), ==, 0);
  node_test_stop (other);
  node_test_stop (quiet);
  node_test_stop (node);
  node_test_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node-mesh/modes", test_modes);
  g_test_add_func ("/node-mesh/roles", test_roles);
  g_test_add_func ("/node-mesh/network", test_network);
  return g_test_run ();
}
