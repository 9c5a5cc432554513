/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node-test.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node-mesh/modes", test_modes);
  g_test_add_func ("/node-mesh/roles", test_roles);
  return g_test_run ();
}
