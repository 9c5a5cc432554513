/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A host with mDNS for the interoperability tests: listens at the addresses given, prints
 * "peer ID" and "listening ADDR" for each, then "found PEER ADDR…" and "lost PEER"; dials
 * whom it finds and prints "connected PEER". Ends at the end of stdin. */
#include "config.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <unistd.h>

#include "net-test.h"
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
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

int
main (int argc, char **argv)
{
  MeshMdnsOptions options = MESH_MDNS_OPTIONS_DEFAULT;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (MeshMdns) mdns = NULL;
  g_autoptr (GPtrArray) addrs = NULL;
  guint8 byte;
  NetTestNode node;

  setvbuf (stdout, NULL, _IOLBF, 0);
  node = net_test_node ((guint8) (getpid () & 0xff), NULL, NULL);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (argv[i], &error);

      if (addr == NULL || !mesh_host_listen (node.host, addr, &error))
        {
          g_printerr ("%s\n", error->message);
          return 2;
        }
    }
  printf ("peer %s\n", mesh_peer_id_to_string (mesh_host_get_peer_id (node.host)));
  addrs = mesh_host_dup_addresses (node.host);
  for (guint i = 0; i < addrs->len; i++)
    printf ("listening %s\n", mesh_multiaddr_to_string (g_ptr_array_index (addrs, i)));
  options.use_avahi = FALSE;
  mdns = mesh_mdns_new (node.host, &options);
  g_signal_connect (mdns, "peer-found", G_CALLBACK (found_cb), node.host);
  g_signal_connect (mdns, "peer-lost", G_CALLBACK (lost_cb), NULL);
  g_input_stream_read_async (stdin_stream, &byte, 1, G_PRIORITY_DEFAULT, NULL, ended_cb,
                             loop);
  g_main_loop_run (loop);
  g_clear_object (&mdns);
  net_test_node_clear (&node);
  return 0;
}
