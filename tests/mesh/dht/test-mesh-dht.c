/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht.h"

#include "dht-node.h"

#define N 6

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

static void
test_providers (void)
{
  DhtNode nodes[N];
  g_autoptr (MeshCid) cid = dht_test_cid ("a file");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  const MeshDhtPeer *peer;

  nodes_init (nodes, N);
  g_assert_true (dht_node_provide (&nodes[1], cid, &error));
  g_assert_no_error (error);
  found = dht_node_find (&nodes[N - 1], cid, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  peer = found->pdata[0];
  g_assert_true (
      mesh_peer_id_equal (peer->id, mesh_host_get_peer_id (nodes[1].net.host)));
  g_assert_cmpuint (peer->addrs->len, ==, 1);

  g_clear_pointer (&found, g_ptr_array_unref);
  g_clear_pointer (&cid, mesh_cid_unref);
  cid = dht_test_cid ("another file");
  found = dht_node_find (&nodes[N - 1], cid, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 0);
  nodes_clear (nodes, N);
}

static void
count_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint *n_ended = user_data;

  if (!mesh_dht_provide_finish (MESH_DHT (source), result, &error))
    g_assert_error (error, MESH_ERROR, MESH_ERROR_BUSY);
  (*n_ended)++;
}

/* More than can be asked at once: all of it is announced in time. */
static void
test_many_keys (void)
{
  DhtNode nodes[2];
  guint n = MESH_DHT_MAX_QUERIES + 20, n_ended = 0;

  nodes_init (nodes, 2);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("file %u", i);
      g_autoptr (MeshCid) cid = dht_test_cid (text);

      mesh_dht_provide_async (nodes[1].dht, cid, NULL, count_cb, &n_ended);
    }
  net_test_wait (n_ended == n);
  g_assert_cmpuint (dht_node_stats (&nodes[1]).lan.kad.n_provided, ==, n);
  net_test_wait (dht_node_stats (&nodes[0]).lan.kad.n_providers == n);
  nodes_clear (nodes, 2);
}

/* The finder looks at each, and goes on until one works. */
typedef struct
{
  MeshPeerId *good;
  guint n_named;
} Judge;

static void
judge_cb (MeshDht *dht, guint64 query, const MeshDhtPeer *provider, gpointer user_data)
{
  Judge *judge = user_data;

  judge->n_named++;
  mesh_dht_report_provider (dht, query, provider->id,
                            mesh_peer_id_equal (provider->id, judge->good));
}

static void
test_reported (void)
{
  DhtNode nodes[N];
  g_autoptr (MeshCid) cid = dht_test_cid ("a file");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  Judge judge = { 0 };

  nodes_init (nodes, N);
  for (guint i = 1; i < N - 1; i++)
    {
      g_assert_true (dht_node_provide (&nodes[i], cid, &error));
      g_assert_no_error (error);
    }
  judge.good = mesh_host_get_peer_id (nodes[2].net.host);
  {
    DHT_RUN (result, mesh_dht_find_providers_async, nodes[N - 1].dht, cid, 1, judge_cb,
             &judge);
    found = mesh_dht_find_providers_finish (nodes[N - 1].dht, result, &error);
  }
  g_assert_no_error (error);
  g_assert_cmpuint (judge.n_named, >=, 1);
  g_assert_cmpuint (found->len, ==, judge.n_named);
  for (guint i = 0; i < found->len && judge.good != NULL; i++)
    if (mesh_peer_id_equal (((MeshDhtPeer *) found->pdata[i])->id, judge.good))
      judge.good = NULL;
  g_assert_null (judge.good);
  nodes_clear (nodes, N);
}

static void
test_values (void)
{
  DhtNode nodes[N];
  g_autoptr (GBytes) key = g_bytes_new_static ("/test/key", 9);
  g_autoptr (GBytes) old = g_bytes_new_static ("v1", 2);
  g_autoptr (GBytes) new = g_bytes_new_static ("v2", 2);
  g_autoptr (GBytes) bad = g_bytes_new_static ("no", 2);
  g_autoptr (GBytes) other_key = g_bytes_new_static ("/none/key", 9);
  g_autoptr (GBytes) got = NULL;
  g_autoptr (GError) error = NULL;

  nodes_init (nodes, N);
  for (guint i = 0; i < 2; i++)
    {
      DHT_RUN (result, mesh_dht_put_value_async, nodes[1 + i].dht, key,
               i == 0 ? old : new);
      g_assert_true (mesh_dht_put_value_finish (nodes[1 + i].dht, result, &error));
      g_assert_no_error (error);
    }
  {
    DHT_RUN (result, mesh_dht_get_value_async, nodes[4].dht, key);
    got = mesh_dht_get_value_finish (nodes[4].dht, result, &error);
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (got, new));
  }
  {
    DHT_RUN (result, mesh_dht_put_value_async, nodes[1].dht, key, bad);
    g_assert_false (mesh_dht_put_value_finish (nodes[1].dht, result, &error));
    g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    g_clear_error (&error);
  }
  {
    DHT_RUN (result, mesh_dht_get_value_async, nodes[4].dht, other_key);
    g_assert_null (mesh_dht_get_value_finish (nodes[4].dht, result, &error));
    g_assert_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND);
  }
  nodes_clear (nodes, N);
}

static void
test_peers (void)
{
  DhtNode nodes[N];
  g_autoptr (GError) error = NULL;
  MeshPeerId *sought;
  g_autoptr (MeshDhtPeer) peer = NULL;
  g_autoptr (GPtrArray) closest = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("x", 1);

  nodes_init (nodes, N);
  /* The first knows them all once each has looked around. */
  net_test_wait (dht_node_stats (&nodes[0]).lan.kad.n_peers == N - 1);
  sought = mesh_host_get_peer_id (nodes[3].net.host);
  {
    DHT_RUN (result, mesh_dht_find_peer_async, nodes[5].dht, sought);
    peer = mesh_dht_find_peer_finish (nodes[5].dht, result, &error);
    g_assert_no_error (error);
    g_assert_true (mesh_peer_id_equal (peer->id, sought));
    g_assert_cmpuint (peer->addrs->len, ==, 1);
  }
  {
    DHT_RUN (result, mesh_dht_get_closest_async, nodes[5].dht, key);
    closest = mesh_dht_get_closest_finish (nodes[5].dht, result, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (closest->len, ==, N - 1);
  }
  nodes_clear (nodes, N);
}

static void
test_modes (void)
{
  DhtNode nodes[2];
  MeshDhtOptions options = dht_test_options ();
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/ip4/127.0.0.1/tcp/0", NULL);
  g_auto (GStrv) protocols = NULL;

  options.mode = MESH_DHT_MODE_CLIENT;
  dht_node_init (&nodes[0], 1, &options);
  options.mode = MESH_DHT_MODE_AUTO;
  dht_node_init (&nodes[1], 2, &options);
  dht_node_connect (&nodes[0], &nodes[1]);
  net_test_wait (dht_node_stats (&nodes[0]).lan.kad.n_peers == 1);
  g_assert_false (dht_node_stats (&nodes[0]).lan.is_server);
  g_assert_true (dht_node_stats (&nodes[1]).lan.is_server);
  /* Nobody of the internet has reached us. */
  g_assert_false (dht_node_stats (&nodes[1]).wan.is_server);
  g_assert_cmpuint (dht_node_stats (&nodes[1]).lan.kad.n_peers, ==, 0);
  protocols = mesh_host_dup_protocols (nodes[0].net.host);
  g_assert_false (g_strv_contains ((const char *const *) protocols,
                                   MESH_DHT_PREFIX MESH_DHT_LAN_SUFFIX));

  /* A client that becomes a server says so, and is taken in. */
  mesh_dht_set_mode (nodes[0].dht, MESH_DHT_MODE_AUTO);
  net_test_wait (dht_node_stats (&nodes[1]).lan.kad.n_peers == 1);
  /* And when it does not listen any more it is taken out. */
  mesh_host_unlisten (nodes[0].net.host);
  net_test_wait (dht_node_stats (&nodes[1]).lan.kad.n_peers == 0);
  mesh_dht_set_mode (nodes[1].dht, MESH_DHT_MODE_SERVER);
  g_assert_true (dht_node_stats (&nodes[1]).wan.is_server);
  nodes_clear (nodes, 2);
}

static void
test_inactive (void)
{
  DhtNode nodes[2];
  g_autoptr (MeshCid) cid = dht_test_cid ("a file");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;

  nodes_init (nodes, 2);
  g_assert_true (dht_node_provide (&nodes[0], cid, &error));
  g_assert_no_error (error);
  mesh_dht_set_active (nodes[1].dht, FALSE);
  g_assert_false (dht_node_stats (&nodes[1]).lan.is_server);
  g_assert_null (dht_node_find (&nodes[1], cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_REFUSED);
  g_clear_error (&error);
  mesh_dht_hold (nodes[1].dht);
  found = dht_node_find (&nodes[1], cid, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_false (dht_node_stats (&nodes[1]).lan.is_server);
  mesh_dht_release (nodes[1].dht);
  g_assert_null (dht_node_find (&nodes[1], cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_REFUSED);
  nodes_clear (nodes, 2);
}

static void
test_alone (void)
{
  DhtNode node;
  MeshDhtOptions options = dht_test_options ();
  g_autoptr (MeshCid) cid = dht_test_cid ("a file");
  g_autoptr (GError) error = NULL;

  dht_node_init (&node, 1, &options);
  g_assert_null (dht_node_find (&node, cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_false (dht_node_provide (&node, cid, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_assert_cmpuint (dht_node_stats (&node).lan.kad.n_provided, ==, 1);
  g_assert_true (mesh_dht_unprovide (node.dht, cid));
  g_assert_false (mesh_dht_unprovide (node.dht, cid));
  dht_node_clear (&node);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht/providers", test_providers);
  g_test_add_func ("/dht/many-keys", test_many_keys);
  g_test_add_func ("/dht/reported", test_reported);
  g_test_add_func ("/dht/values", test_values);
  g_test_add_func ("/dht/peers", test_peers);
  g_test_add_func ("/dht/modes", test_modes);
  g_test_add_func ("/dht/inactive", test_inactive);
  g_test_add_func ("/dht/alone", test_alone);
  return g_test_run ();
}
