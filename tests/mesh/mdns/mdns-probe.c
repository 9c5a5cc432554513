/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A host with mDNS for the interoperability tests: listens at the addresses given, prints
 * "peer ID" and "listening ADDR" for each, then "found PEER ADDR…" and "lost PEER"; dials
 * whom it finds and prints "connected PEER". Ends at the end of stdin. */
#include "config.h"

#include <stdio.h>

#include "interop-probe.h"
#include "mdns/mesh-mdns.h"

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection
      = mesh_host_connect_finish (MESH_HOST (source), result, &error);

  if (connection != NULL)
    printf ("connected %s\n",
            mesh_peer_id_to_string (mesh_connection_get_peer_id (connection)));
  else
    printf ("error %s\n", error->message);
}

static void
found_cb (MeshMdns *mdns, MeshPeerId *peer, GPtrArray *addrs, gpointer user_data)
{
  printf ("found %s", mesh_peer_id_to_string (peer));
  for (guint i = 0; i < addrs->len; i++)
    printf (" %s", mesh_multiaddr_to_string (g_ptr_array_index (addrs, i)));
  printf ("\n");
  mesh_host_connect_async (user_data, peer, addrs, NULL, connected_cb, NULL);
}

static void
lost_cb (MeshMdns *mdns, MeshPeerId *peer, gpointer user_data)
{
  printf ("lost %s\n", mesh_peer_id_to_string (peer));
}

static void
ignore_command (const char *line, gpointer user_data)
{
}

int
main (int argc, char **argv)
{
  MeshMdnsOptions options = MESH_MDNS_OPTIONS_DEFAULT;
  NetTestNode node = interop_probe_node (argv + 1);
  g_autoptr (MeshMdns) mdns = NULL;

  printf ("peer %s\n", mesh_peer_id_to_string (mesh_host_get_peer_id (node.host)));
  interop_probe_say_listening (node.host);
  options.use_avahi = FALSE;
  mdns = mesh_mdns_new (node.host, &options);
  g_signal_connect (mdns, "peer-found", G_CALLBACK (found_cb), node.host);
  g_signal_connect (mdns, "peer-lost", G_CALLBACK (lost_cb), NULL);
  interop_probe_run (ignore_command, NULL);
  g_clear_object (&mdns);
  net_test_node_clear (&node);
  return 0;
}
