/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-side.h"

#include "dht-node.h"

#define PROTOCOL "/test/kad/1.0.0"

typedef struct
{
  NetTestNode net;
  MeshDhtSide *side;
  guint n_done;
  guint n_closest;
} Node;

static void
event_cb (MeshDhtSide *side, const MeshKadEvent *event, gpointer user_data)
{
  Node *node = user_data;

  g_assert_cmpint (event->type, !=, MESH_KAD_EVENT_SEND);
  if (event->type != MESH_KAD_EVENT_DONE)
    return;
  node->n_done++;
  node->n_closest = event->result->closest->len;
}

static void
node_init (Node *node, guint8 fill)
{
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;

  config.scope = MESH_KAD_SCOPE_LAN;
  *node = (Node){ .net = net_test_node (fill, NULL, "/ip4/127.0.0.1/tcp/0") };
  node->side
      = mesh_dht_side_new (node->net.host, PROTOCOL, &config, fill, event_cb, node);
}

static void
node_clear (Node *node)
{
  mesh_dht_side_free (node->side);
  net_test_node_clear (&node->net);
}

static guint
count_peers (Node *node)
{
  MeshKadStats stats;

  mesh_kad_get_stats (mesh_dht_side_get_kad (node->side), &stats);
  return stats.n_peers;
}

/* Servers that connect enter the table, clients do not, and one that changes its mind
 * leaves. */
static void
test_peers (void)
{
  Node a, b;
  g_autoptr (MeshConnection) connection = NULL;

  node_init (&a, 1);
  node_init (&b, 2);
  mesh_dht_side_set_server (b.side, TRUE);
  g_assert_true (mesh_dht_side_is_server (b.side));
  connection = net_test_connect (&a.net, &b.net, NULL);
  net_test_wait (count_peers (&a) == 1);
  net_test_wait (mesh_connection_get_peer_info (connection) != NULL);
  g_assert_cmpuint (count_peers (&b), ==, 0);
  mesh_dht_side_set_server (a.side, TRUE);
  net_test_wait (count_peers (&b) == 1);
  mesh_dht_side_set_server (b.side, FALSE);
  net_test_wait (count_peers (&a) == 0);
  node_clear (&a);
  node_clear (&b);
}

/* A lookup over sockets, and one that nobody answers. */
static void
test_lookup (void)
{
  Node a, b;
  g_autoptr (MeshConnection) connection = NULL;
  gint64 now_us;

  node_init (&a, 1);
  node_init (&b, 2);
  mesh_dht_side_set_server (b.side, TRUE);
  connection = net_test_connect (&a.net, &b.net, NULL);
  net_test_wait (count_peers (&a) == 1);
  now_us = g_get_monotonic_time ();
  g_assert_cmpuint (mesh_kad_find_closest (mesh_dht_side_get_kad (a.side),
                                           (const guint8 *) "x", 1, now_us),
                    !=, 0);
  mesh_dht_side_pump (a.side);
  net_test_wait (a.n_done == 1);
  g_assert_cmpuint (a.n_closest, ==, 1);

  mesh_host_unlisten (b.net.host);
  mesh_host_disconnect (b.net.host, mesh_host_get_peer_id (a.net.host));
  net_test_wait (mesh_connection_is_closed (connection));
  now_us = g_get_monotonic_time ();
  g_assert_cmpuint (mesh_kad_find_closest (mesh_dht_side_get_kad (a.side),
                                           (const guint8 *) "x", 1, now_us),
                    !=, 0);
  mesh_dht_side_pump (a.side);
  net_test_wait (a.n_done == 2);
  g_assert_cmpuint (a.n_closest, ==, 0);
  node_clear (&a);
  node_clear (&b);
}

/* Peers that were connected before. */
static void
test_connected_before (void)
{
  Node a, b;
  g_autoptr (MeshConnection) connection = NULL;
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;

  node_init (&a, 1);
  node_init (&b, 2);
  mesh_dht_side_set_server (b.side, TRUE);
  connection = net_test_connect (&a.net, &b.net, NULL);
  net_test_wait (count_peers (&a) == 1);
  mesh_dht_side_free (a.side);
  config.scope = MESH_KAD_SCOPE_LAN;
  a.side = mesh_dht_side_new (a.net.host, PROTOCOL, &config, 1, event_cb, &a);
  g_assert_cmpuint (count_peers (&a), ==, 0);
  mesh_dht_side_take_in_connected (a.side);
  g_assert_cmpuint (count_peers (&a), ==, 1);
  node_clear (&a);
  node_clear (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-side/peers", test_peers);
  g_test_add_func ("/dht-side/lookup", test_lookup);
  g_test_add_func ("/dht-side/connected-before", test_connected_before);
  return g_test_run ();
}
