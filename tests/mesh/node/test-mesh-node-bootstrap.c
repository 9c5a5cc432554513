/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-bootstrap.h"

#include "mesh/node/node-test.h"

/* The peer goes and comes back on the same port: it is dialled again by itself. */
static void
test_reconnect (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "a", MESH_NODE_SHARING_ON);
  g_autoptr (MeshNodeConfig) other_config
      = node_test_config (dir, "b", MESH_NODE_SHARING_DOWNLOAD_ONLY);
  g_autoptr (MeshMultiaddr) addr = NULL;
  g_autoptr (MeshMultiaddr) bare = NULL;
  MeshNode *node = node_test_start (config, NULL);
  MeshNode *other;

  node_test_set_bootstrap (other_config, node);
  other = node_test_start (other_config, NULL);
  node_test_wait (node_test_count_connections (other) == 1);
  g_assert_true (mesh_node_is_bootstrap (other, mesh_node_get_peer_id (node)));
  g_assert_false (mesh_node_is_bootstrap (node, mesh_node_get_peer_id (other)));
  node_test_stop (node);
  node_test_wait (node_test_count_connections (other) == 0);
  addr = mesh_multiaddr_parse (other_config->bootstrap[0], NULL);
  bare = mesh_multiaddr_without_peer_id (addr);
  g_free (config->listen[0]);
  config->listen[0] = g_strdup (mesh_multiaddr_to_string (bare));
  node = node_test_start (config, NULL);
  node_test_wait (node_test_count_connections (other) == 1);
  node_test_stop (other);
  node_test_stop (node);
  node_test_remove_dir (dir);
}

static void
settled_cb (MeshNodeBootstrap *bootstrap, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
test_settled (void)
{
  g_autofree char *dir = node_test_make_dir ();
  g_autoptr (MeshNodeConfig) config = node_test_config (dir, "a", MESH_NODE_SHARING_ON);
  MeshNode *node = node_test_start (config, NULL);
  g_autoptr (MeshNodeBootstrap) bootstrap
      = mesh_node_bootstrap_new (mesh_node_get_host (node));
  const char *const none[] = { NULL };
  /* Nobody listens on port 1; the second is no address and left out. */
  const char *const dead[]
      = { "/ip4/127.0.0.1/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
          "nonsense", NULL };
  guint n = 0;

  g_signal_connect (bootstrap, "settled", G_CALLBACK (settled_cb), &n);
  mesh_node_bootstrap_set_addresses (bootstrap, none);
  g_assert_false (mesh_node_bootstrap_is_settled (bootstrap));
  mesh_node_bootstrap_set_active (bootstrap, TRUE);
  g_assert_true (mesh_node_bootstrap_is_settled (bootstrap));
  g_assert_cmpuint (n, ==, 1);
  mesh_node_bootstrap_set_addresses (bootstrap, dead);
  g_assert_false (mesh_node_bootstrap_is_settled (bootstrap));
  node_test_wait (n == 2);
  mesh_node_bootstrap_set_active (bootstrap, FALSE);
  g_clear_object (&bootstrap);
  node_test_stop (node);
  node_test_remove_dir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/bootstrap/reconnect", test_reconnect);
  g_test_add_func ("/node/bootstrap/settled", test_settled);
  return g_test_run ();
}
