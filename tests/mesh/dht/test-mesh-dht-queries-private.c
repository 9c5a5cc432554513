/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-queries-private.h"

#include "dht-node.h"

static void
nodes_init (DhtNode *nodes, guint n)
{
  MeshDhtOptions options = dht_test_options ();

  for (guint i = 0; i < n; i++)
    dht_node_init (&nodes[i], (guint8) (i + 1), &options);
  dht_node_star (nodes, n);
}

static void
nodes_clear (DhtNode *nodes, guint n)
{
  for (guint i = 0; i < n; i++)
    dht_node_clear (&nodes[i]);
}

/* Cancelled at once, in the middle, and by the end of it all. */
static void
test_ends (void)
{
  DhtNode nodes[3];
  g_autoptr (MeshCid) cid = dht_test_cid ("a file");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) cancelled = NULL, closed = NULL, after = NULL;
  g_autoptr (GError) error = NULL;

  nodes_init (nodes, 3);
  mesh_dht_find_providers_async (nodes[1].dht, cid, 0, NULL, NULL, cancellable,
                                 net_test_result_cb, &cancelled);
  g_cancellable_cancel (cancellable);
  net_test_wait (cancelled != NULL);
  g_assert_null (mesh_dht_find_providers_finish (nodes[1].dht, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&cancelled);
  mesh_dht_find_providers_async (nodes[1].dht, cid, 0, NULL, NULL, cancellable,
                                 net_test_result_cb, &cancelled);
  net_test_wait (cancelled != NULL);
  g_assert_null (mesh_dht_find_providers_finish (nodes[1].dht, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&cancelled);

  mesh_dht_find_providers_async (nodes[1].dht, cid, 0, NULL, NULL, NULL,
                                 net_test_result_cb, &closed);
  {
    DHT_RUN (stopped, mesh_dht_stop_async, nodes[1].dht);
    g_assert_true (mesh_dht_stop_finish (nodes[1].dht, stopped, &error));
  }
  net_test_wait (closed != NULL);
  g_assert_null (mesh_dht_find_providers_finish (nodes[1].dht, closed, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_error (&error);
  mesh_dht_find_providers_async (nodes[1].dht, cid, 0, NULL, NULL, NULL,
                                 net_test_result_cb, &after);
  net_test_wait (after != NULL);
  g_assert_null (mesh_dht_find_providers_finish (nodes[1].dht, after, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_object (&closed);
  g_clear_object (&after);
  nodes_clear (nodes, 3);
}

/* What both tables find is named once; a closed network on loopback uses both. */
static void
test_merged (void)
{
  DhtNode nodes[3];
  MeshDhtOptions options = dht_test_options ();
  g_autoptr (MeshCid) cid = dht_test_cid ("a file");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;

  options.is_closed = TRUE;
  options.mode = MESH_DHT_MODE_SERVER;
  for (guint i = 0; i < 3; i++)
    dht_node_init (&nodes[i], (guint8) (i + 1), &options);
  dht_node_star (nodes, 3);
  net_test_wait (dht_node_stats (&nodes[0]).wan.kad.n_peers == 2);
  for (guint i = 1; i < 3; i++)
    net_test_wait (dht_node_stats (&nodes[i]).wan.kad.n_peers >= 1);
  for (guint i = 0; i < 2; i++)
    g_assert_true (dht_node_provide (&nodes[i], cid, &error));
  g_assert_no_error (error);
  net_test_wait (dht_node_stats (&nodes[0]).wan.kad.n_providers == 1);
  net_test_wait (dht_node_stats (&nodes[0]).lan.kad.n_providers == 1);
  found = dht_node_find (&nodes[2], cid, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  nodes_clear (nodes, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-queries/ends", test_ends);
  g_test_add_func ("/dht-queries/merged", test_merged);
  return g_test_run ();
}
