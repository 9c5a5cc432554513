/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A node with a DHT for the interoperability tests, driven by lines on stdin:
 *   connect ADDR     → "connected PEER": and identified
 *   tables           → "tables WAN LAN": peers in each
 *   provide CID      → "provided CID"
 *   providers CID    → "providers CID PEER…"
 *   put KEY VALUE    → "put KEY"
 *   get KEY          → "got KEY VALUE"
 *   find PEER        → "found PEER ADDR"
 *   closest KEY      → "closest KEY PEER…"
 * or "error CODE MESSAGE". Words have no blanks. Arguments: the mode (client or server),
 * the network (wan: "/ipfs/kad/1.0.0" with any address; lan: "/ipfs/lan/kad/1.0.0"), and
 * an address to listen at, for which it first prints "listening ADDR". Ends at the end of
 * stdin. */
#include "config.h"

#include <stdio.h>

#include "dht-node.h"
#include "interop-probe.h"

static void
say_peers (const char *answer, const char *argument, const GPtrArray *peers)
{
  printf ("%s %s", answer, argument);
  for (guint i = 0; i < peers->len; i++)
    printf (" %s", mesh_peer_id_to_string (((const MeshDhtPeer *) peers->pdata[i])->id));
  printf ("\n");
}

static void
provided_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_auto (GStrv) words = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_dht_provide_finish (MESH_DHT (source), result, &error))
    printf ("provided %s\n", words[1]);
  else
    interop_probe_say_error (error);
}

static void
providers_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_auto (GStrv) words = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) peers
      = mesh_dht_find_providers_finish (MESH_DHT (source), result, &error);

  if (peers != NULL)
    say_peers ("providers", words[1], peers);
  else
    interop_probe_say_error (error);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_auto (GStrv) words = user_data;
  g_autoptr (GError) error = NULL;

  if (mesh_dht_put_value_finish (MESH_DHT (source), result, &error))
    printf ("put %s\n", words[1]);
  else
    interop_probe_say_error (error);
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_auto (GStrv) words = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) value
      = mesh_dht_get_value_finish (MESH_DHT (source), result, &error);

  if (value != NULL)
    printf ("got %s %.*s\n", words[1], (int) g_bytes_get_size (value),
            (const char *) g_bytes_get_data (value, NULL));
  else
    interop_probe_say_error (error);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_auto (GStrv) words = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshDhtPeer) peer
      = mesh_dht_find_peer_finish (MESH_DHT (source), result, &error);

  if (peer != NULL)
    printf ("found %s %s\n", mesh_peer_id_to_string (peer->id),
            peer->addrs->len > 0 ? mesh_multiaddr_to_string (peer->addrs->pdata[0])
                                 : "-");
  else
    interop_probe_say_error (error);
}

static void
closest_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_auto (GStrv) words = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) peers
      = mesh_dht_get_closest_finish (MESH_DHT (source), result, &error);

  if (peers != NULL)
    say_peers ("closest", words[1], peers);
  else
    interop_probe_say_error (error);
}

/* @words: (transfer full), as below */
static void
run_with_cid (MeshDht *dht, GStrv owned)
{
  g_auto (GStrv) words = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshCid) cid = mesh_cid_parse (words[1], &error);

  if (cid == NULL)
    interop_probe_say_error (error);
  else if (g_str_equal (words[0], "provide"))
    mesh_dht_provide_async (dht, cid, NULL, provided_cb, g_steal_pointer (&words));
  else
    mesh_dht_find_providers_async (dht, cid, 0, NULL, NULL, NULL, providers_cb,
                                   g_steal_pointer (&words));
}

static void
run_with_key (MeshDht *dht, GStrv words)
{
  g_autoptr (GBytes) key = g_bytes_new (words[1], strlen (words[1]));
  g_autoptr (GBytes) value = NULL;

  if (g_str_equal (words[0], "put"))
    {
      value = g_bytes_new (words[2], strlen (words[2]));
      mesh_dht_put_value_async (dht, key, value, NULL, put_cb, words);
    }
  else if (g_str_equal (words[0], "get"))
    mesh_dht_get_value_async (dht, key, NULL, got_cb, words);
  else
    mesh_dht_get_closest_async (dht, key, NULL, closest_cb, words);
}

static void
run_find (MeshDht *dht, GStrv owned)
{
  g_auto (GStrv) words = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshPeerId) id = mesh_peer_id_parse (words[1], &error);

  if (id == NULL)
    interop_probe_say_error (error);
  else
    mesh_dht_find_peer_async (dht, id, NULL, found_cb, g_steal_pointer (&words));
}

static void
run_command (const char *line, gpointer user_data)
{
  DhtNode *node = user_data;
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  const MeshDhtStats stats = dht_node_stats (node);
  const char *verb = words[0];
  guint n = g_strv_length (words);

  if (n == 1 && g_str_equal (verb, "tables"))
    printf ("tables %u %u\n", stats.wan.kad.n_peers, stats.lan.kad.n_peers);
  else if (n == 2 && g_str_equal (verb, "connect"))
    interop_probe_connect (node->net.host, words[1], TRUE);
  else if (n == 2 && (g_str_equal (verb, "provide") || g_str_equal (verb, "providers")))
    run_with_cid (node->dht, g_steal_pointer (&words));
  else if (n == 2 && g_str_equal (verb, "find"))
    run_find (node->dht, g_steal_pointer (&words));
  else if ((n == 3 && g_str_equal (verb, "put"))
           || (n == 2 && (g_str_equal (verb, "get") || g_str_equal (verb, "closest"))))
    run_with_key (node->dht, g_steal_pointer (&words));
  else
    printf ("error Invalid %s\n", line);
}

int
main (int argc, char **argv)
{
  MeshDhtOptions options = dht_test_options ();
  DhtNode node = { 0 };
  gboolean is_wan;

  if (argc != 4)
    return 2;
  is_wan = g_str_equal (argv[2], "wan");
  options.mode
      = g_str_equal (argv[1], "client") ? MESH_DHT_MODE_CLIENT : MESH_DHT_MODE_SERVER;
  options.use_wan = options.is_closed = is_wan;
  options.use_lan = !is_wan;
  node.net = interop_probe_node (argv + 3);
  dht_node_start (&node, &options);
  interop_probe_say_listening (node.net.host);
  interop_probe_run (run_command, &node);
  dht_node_clear (&node);
  return 0;
}
