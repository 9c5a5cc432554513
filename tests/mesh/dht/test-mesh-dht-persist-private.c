/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-persist-private.h"

#include "dht-node.h"

static void
nodes_clear (DhtNode *nodes, guint n)
{
  for (guint i = 0; i < n; i++)
    dht_node_clear (&nodes[i]);
}

/* What a server keeps, what a provider announces and whom it knew are there after a
 * restart. */
static void
test_restart (void)
{
  DhtNode nodes[2];
  MeshDhtOptions options = dht_test_options ();
  g_autofree char *dir = g_dir_make_tmp ("dht-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "dht.db", NULL);
  g_autofree char *other_path = g_build_filename (dir, "other.db", NULL);
  g_autoptr (MeshCid) cid = dht_test_cid ("a file");
  g_autoptr (GBytes) key = g_bytes_new_static ("/test/key", 9);
  g_autoptr (GBytes) value = g_bytes_new_static ("v1", 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) good = NULL;
  MeshDhtStats stats;

  options.db_path = path;
  dht_node_init (&nodes[0], 1, &options);
  options.db_path = other_path;
  dht_node_init (&nodes[1], 2, &options);
  dht_node_star (nodes, 2);
  g_assert_true (dht_node_provide (&nodes[1], cid, &error));
  g_assert_no_error (error);
  {
    DHT_RUN (result, mesh_dht_put_value_async, nodes[1].dht, key, value);
    g_assert_true (mesh_dht_put_value_finish (nodes[1].dht, result, &error));
  }
  net_test_wait (dht_node_stats (&nodes[0]).lan.kad.n_providers == 1);
  net_test_wait (dht_node_stats (&nodes[0]).lan.kad.n_values == 1);
  dht_node_stop (&nodes[0]);
  dht_node_stop (&nodes[1]);
  mesh_host_disconnect (nodes[0].net.host, mesh_host_get_peer_id (nodes[1].net.host));
  net_test_wait (mesh_host_find_connection (nodes[1].net.host,
                                            mesh_host_get_peer_id (nodes[0].net.host))
                 == NULL);

  options.db_path = path;
  dht_node_start (&nodes[0], &options);
  stats = dht_node_stats (&nodes[0]);
  g_assert_cmpuint (stats.lan.kad.n_providers, ==, 1);
  g_assert_cmpuint (stats.lan.kad.n_values, ==, 1);
  good = mesh_dht_dup_good_peers (nodes[0].dht);
  g_assert_cmpuint (good->len, ==, 1);
  options.db_path = other_path;
  dht_node_start (&nodes[1], &options);
  g_assert_cmpuint (dht_node_stats (&nodes[1]).lan.kad.n_provided, ==, 1);
  /* They find each other again by themselves. */
  net_test_wait (dht_node_stats (&nodes[1]).lan.kad.n_peers == 1);
  net_test_wait (dht_node_stats (&nodes[0]).lan.kad.n_peers == 1);
  g_assert_true (mesh_dht_unprovide (nodes[1].dht, cid));
  dht_node_stop (&nodes[1]);
  dht_node_start (&nodes[1], &options);
  g_assert_cmpuint (dht_node_stats (&nodes[1]).lan.kad.n_provided, ==, 0);
  nodes_clear (nodes, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (g_unlink (i == 0 ? path : other_path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-persist/restart", test_restart);
  return g_test_run ();
}
