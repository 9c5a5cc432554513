/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns.h"

#include "net-test.h"
#include "own-net.h"

/* Counts, and finds a peer by its id. */
typedef struct
{
  GHashTable *peers; /* (owned): set of MeshPeerId (owned) */
  guint n_addrs;
} Seen;

static void
found_cb (MeshMdns *mdns, MeshPeerId *peer, GPtrArray *addrs, gpointer user_data)
{
  Seen *seen = user_data;

  g_hash_table_add (seen->peers, mesh_peer_id_ref (peer));
  seen->n_addrs = addrs->len;
}

static void
lost_cb (MeshMdns *mdns, MeshPeerId *peer, gpointer user_data)
{
  g_hash_table_remove (((Seen *) user_data)->peers, peer);
}

static Seen
follow (MeshMdns *mdns, Seen *seen)
{
  seen->peers = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                       (GDestroyNotify) mesh_peer_id_unref, NULL);
  g_signal_connect (mdns, "peer-found", G_CALLBACK (found_cb), seen);
  g_signal_connect (mdns, "peer-lost", G_CALLBACK (lost_cb), seen);
  return *seen;
}

static gboolean
has (Seen *seen, NetTestNode *node)
{
  return g_hash_table_contains (seen->peers, mesh_host_get_peer_id (node->host));
}

static guint
count_sockets (void)
{
  g_autofree char *udp = NULL, *udp6 = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/net/udp", &udp, NULL, NULL));
  for (const char *c = udp; *c != '\0'; c++)
    n += *c == '\n' ? 1 : 0;
  if (g_file_get_contents ("/proc/net/udp6", &udp6, NULL, NULL))
    for (const char *c = udp6; *c != '\0'; c++)
      n += *c == '\n' ? 1 : 0;
  return n;
}

/* Two nodes of one machine that listen on the loopback alone. */
static void
test_loopback (void)
{
  MeshMdnsOptions options = MESH_MDNS_OPTIONS_DEFAULT;
  NetTestNode a = net_test_node (1, NULL, "/ip4/127.0.0.1/tcp/0");
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshMdns) mdns_a = NULL, mdns_b = NULL;
  g_autoptr (MeshMultiaddr) addr = NULL;
  Seen seen_a, seen_b;
  guint n_sockets = count_sockets ();

  options.use_avahi = FALSE;
  options.allow_loopback = TRUE;
  mdns_a = mesh_mdns_new (a.host, &options);
  follow (mdns_a, &seen_a);
  g_assert_cmpstr (mesh_mdns_get_backend (mdns_a), ==, "socket");
  options.enabled = FALSE;
  g_assert_cmpuint (count_sockets (), >, n_sockets);
  n_sockets = count_sockets ();
  mdns_b = mesh_mdns_new (b.host, &options);
  follow (mdns_b, &seen_b);
  /* Off: no socket. */
  g_assert_cmpstr (mesh_mdns_get_backend (mdns_b), ==, "off");
  g_assert_cmpuint (count_sockets (), ==, n_sockets);
  mesh_mdns_set_enabled (mdns_b, TRUE);
  net_test_wait (has (&seen_a, &b) && has (&seen_b, &a));
  g_assert_cmpuint (mesh_mdns_get_n_peers (mdns_a), ==, 1);
  g_assert_cmpuint (seen_a.n_addrs, ==, 1);
  /* It listens on one more address, which is told. */
  addr = mesh_multiaddr_parse ("/ip4/127.0.0.2/tcp/0", NULL);
  g_assert_true (mesh_host_listen (b.host, addr, NULL));
  net_test_wait (seen_a.n_addrs == 2);
  /* Off again: goodbye, and the sockets are gone. */
  mesh_mdns_set_enabled (mdns_b, FALSE);
  g_assert_cmpuint (count_sockets (), ==, n_sockets);
  net_test_wait (!has (&seen_a, &b));
  g_clear_object (&mdns_a);
  g_clear_object (&mdns_b);
  g_hash_table_unref (seen_a.peers);
  g_hash_table_unref (seen_b.peers);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* Without a network there is nobody; when one comes, there is. */
static void
test_interface_comes (void)
{
  MeshMdnsOptions options = MESH_MDNS_OPTIONS_DEFAULT;
  NetTestNode a = net_test_node (1, NULL, "/ip4/0.0.0.0/tcp/0");
  NetTestNode b = net_test_node (2, NULL, "/ip4/0.0.0.0/tcp/0");
  guint n_sockets = count_sockets ();
  g_autoptr (MeshMdns) mdns_a = NULL, mdns_b = NULL;
  Seen seen_a, seen_b;

  options.use_avahi = FALSE;
  mdns_a = mesh_mdns_new (a.host, &options);
  mdns_b = mesh_mdns_new (b.host, &options);
  follow (mdns_a, &seen_a);
  follow (mdns_b, &seen_b);
  g_assert_cmpuint (count_sockets (), ==, n_sockets);
  if (own_net_ip ("link add shoal0 type veth peer name shoal1"))
    {
      g_assert_true (own_net_ip ("addr add 10.98.76.5/24 dev shoal0"));
      g_assert_true (own_net_ip ("link set shoal0 up multicast on"));
      g_assert_true (own_net_ip ("link set shoal1 up multicast on"));
      net_test_wait (has (&seen_a, &b) && has (&seen_b, &a));
      g_assert_true (own_net_ip ("link del shoal0"));
      net_test_wait (count_sockets () == n_sockets);
    }
  else
    g_test_skip ("no interface can be made here");
  g_clear_object (&mdns_a);
  g_clear_object (&mdns_b);
  g_hash_table_unref (seen_a.peers);
  g_hash_table_unref (seen_b.peers);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* A handler that switches the thing off. */
static void
off_cb (MeshMdns *mdns, MeshPeerId *peer, GPtrArray *addrs, gpointer user_data)
{
  mesh_mdns_set_enabled (mdns, FALSE);
  *(gboolean *) user_data = TRUE;
}

static void
test_off_inside (void)
{
  MeshMdnsOptions options = MESH_MDNS_OPTIONS_DEFAULT;
  NetTestNode a = net_test_node (1, NULL, "/ip4/127.0.0.1/tcp/0");
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshMdns) mdns_a = NULL, mdns_b = NULL;
  gboolean is_off = FALSE;

  options.use_avahi = FALSE;
  options.allow_loopback = TRUE;
  mdns_a = mesh_mdns_new (a.host, &options);
  mdns_b = mesh_mdns_new (b.host, &options);
  g_signal_connect (mdns_a, "peer-found", G_CALLBACK (off_cb), &is_off);
  net_test_wait (is_off);
  g_assert_cmpstr (mesh_mdns_get_backend (mdns_a), ==, "off");
  g_assert_cmpuint (mesh_mdns_get_n_peers (mdns_a), ==, 0);
  g_clear_object (&mdns_a);
  g_clear_object (&mdns_b);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* No system bus: the socket is used. */
static void
test_no_bus (void)
{
  MeshMdnsOptions options = MESH_MDNS_OPTIONS_DEFAULT;
  NetTestNode a = net_test_node (1, NULL, NULL);
  g_autoptr (MeshMdns) mdns = NULL;

  mdns = mesh_mdns_new (a.host, &options);
  g_assert_cmpstr (mesh_mdns_get_backend (mdns), ==, "starting");
  net_test_wait (g_str_equal (mesh_mdns_get_backend (mdns), "socket"));
  g_clear_object (&mdns);
  /* Ended while it still looks for the bus. */
  mdns = mesh_mdns_new (a.host, &options);
  mesh_mdns_set_enabled (mdns, FALSE);
  net_test_wait (G_OBJECT (mdns)->ref_count == 1);
  g_clear_object (&mdns);
  net_test_node_clear (&a);
}

int
main (int argc, char **argv)
{
  if (!own_net_enter ())
    return 0;
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mdns/loopback", test_loopback);
  g_test_add_func ("/mdns/interface-comes", test_interface_comes);
  g_test_add_func ("/mdns/off-inside", test_off_inside);
  g_test_add_func ("/mdns/no-bus", test_no_bus);
  return g_test_run ();
}
