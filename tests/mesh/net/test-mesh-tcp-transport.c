/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/transport/mesh-tcp-transport.h"

#include "base/mesh-error.h"

#include "net-test.h"

static void
test_can_dial (void)
{
  static const struct
  {
    const char *text;
    gboolean can;
  } cases[] = {
    { "/ip4/192.0.2.1/tcp/1", TRUE },
    { "/ip6/2001:db8::1/tcp/1", TRUE },
    { "/ip6zone/lo/ip6/fe80::1/tcp/1", TRUE },
    { "/dns/example.org/tcp/1", TRUE },
    { "/dns4/example.org/tcp/1/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
      TRUE },
    { "/dns6/example.org/tcp/1", TRUE },
    { "/dnsaddr/example.org", FALSE },
    { "/ip4/192.0.2.1", FALSE },
    { "/ip4/192.0.2.1/udp/1", FALSE },
    { "/ip4/192.0.2.1/udp/1/quic-v1", FALSE },
    { "/ip4/192.0.2.1/tcp/1/ws", FALSE },
    { "/ip4/192.0.2.1/tcp/1/p2p-circuit", FALSE },
    { "/ip6zone/lo/ip4/192.0.2.1/tcp/1", FALSE },
    { "/tcp/1", FALSE },
  };
  g_autoptr (MeshTransport) transport = mesh_tcp_transport_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (cases[i].text, NULL);

      g_assert_cmpint (mesh_transport_can_dial (transport, addr), ==, cases[i].can);
    }
}

static void
take_link (MeshListener *listener, MeshLink *link, gpointer user_data)
{
  MeshLink **slot = user_data;

  g_assert_null (*slot);
  *slot = link;
}

static MeshLink *
dial (MeshTransport *transport, const char *text, GError **error)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (text, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  mesh_transport_dial_async (transport, addr, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return mesh_transport_dial_finish (transport, result, error);
}

/* Both ends see the same addresses, by number and by name. */
static void
test_dial (gconstpointer listen)
{
  g_autoptr (MeshTransport) transport = mesh_tcp_transport_new ();
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (listen, NULL);
  g_autoptr (MeshLink) accepted = NULL, dialed = NULL, by_name = NULL;
  g_autoptr (GError) error = NULL, exists = NULL;
  g_autoptr (MeshListener) listener = NULL, second = NULL;
  g_autoptr (GPtrArray) addrs = NULL;
  g_autofree char *named = NULL;
  g_auto (GStrv) parts = NULL;

  if (!net_test_has (listen))
    return;
  listener = mesh_transport_listen (transport, addr, take_link, &accepted, &error);
  g_assert_no_error (error);
  addrs = mesh_listener_dup_addresses (listener);
  g_assert_cmpuint (addrs->len, ==, 1);
  dialed = dial (transport, mesh_multiaddr_to_string (addrs->pdata[0]), &error);
  g_assert_no_error (error);
  net_test_wait (accepted != NULL);
  g_assert_true (mesh_multiaddr_equal (dialed->remote_addr, accepted->local_addr));
  g_assert_true (mesh_multiaddr_equal (dialed->local_addr, accepted->remote_addr));
  second
      = mesh_transport_listen (transport, addrs->pdata[0], take_link, &accepted, &exists);
  g_assert_null (second);
  g_assert_error (exists, MESH_ERROR, MESH_ERROR_EXISTS);

  g_clear_pointer (&accepted, mesh_link_free);
  parts = g_strsplit (mesh_multiaddr_to_string (addrs->pdata[0]), "/", -1);
  named = g_strdup_printf ("/dns/localhost/tcp/%s", parts[4]);
  by_name = dial (transport, named, &error);
  if (g_str_equal (parts[1], "ip4"))
    {
      g_assert_no_error (error);
      net_test_wait (accepted != NULL);
    }
  mesh_listener_close (listener);
  g_clear_pointer (&addrs, g_ptr_array_unref);
  addrs = mesh_listener_dup_addresses (listener);
  g_assert_cmpuint (addrs->len, ==, 0);
}

static void
test_errors (void)
{
  g_autoptr (MeshTransport) transport = mesh_tcp_transport_new ();
  g_autoptr (MeshMultiaddr) name = mesh_multiaddr_parse ("/dns/localhost/tcp/0", NULL);
  g_autoptr (MeshMultiaddr) foreign = mesh_multiaddr_parse ("/ip4/192.0.2.1/tcp/1", NULL);
  g_autoptr (GError) refused = NULL, unsupported = NULL, listen = NULL, io = NULL;
  MeshLink *none = NULL;

  g_assert_null (dial (transport, "/ip4/127.0.0.1/tcp/1", &refused));
  g_assert_error (refused, MESH_ERROR, MESH_ERROR_UNREACHABLE);
  g_assert_null (dial (transport, "/ip4/127.0.0.1/udp/1", &unsupported));
  g_assert_error (unsupported, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_assert_null (mesh_transport_listen (transport, name, take_link, &none, &listen));
  g_assert_error (listen, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  g_assert_null (mesh_transport_listen (transport, foreign, take_link, &none, &io));
  g_assert_error (io, MESH_ERROR, MESH_ERROR_IO);
}

/* An unspecified address is told as those of the interfaces. */
static void
test_unspecified (void)
{
  g_autoptr (MeshTransport) transport = mesh_tcp_transport_new ();
  g_autoptr (MeshMultiaddr) any = mesh_multiaddr_parse ("/ip4/0.0.0.0/tcp/0", NULL);
  MeshLink *none = NULL;
  g_autoptr (MeshListener) listener
      = mesh_transport_listen (transport, any, take_link, &none, NULL);
  g_autoptr (GPtrArray) addrs = mesh_listener_dup_addresses (listener);
  gboolean has_loopback = FALSE;

  for (guint i = 0; i < addrs->len; i++)
    {
      const char *text = mesh_multiaddr_to_string (addrs->pdata[i]);

      g_assert_false (g_str_has_prefix (text, "/ip4/0.0.0.0/"));
      g_assert_false (g_str_has_suffix (text, "/tcp/0"));
      has_loopback |= g_str_has_prefix (text, "/ip4/127.0.0.1/");
    }
  g_assert_true (has_loopback);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/tcp-transport/can-dial", test_can_dial);
  g_test_add_data_func ("/net/tcp-transport/dial/ip4", "/ip4/127.0.0.1/tcp/0", test_dial);
  g_test_add_data_func ("/net/tcp-transport/dial/ip6", "/ip6/::1/tcp/0", test_dial);
  g_test_add_func ("/net/tcp-transport/errors", test_errors);
  g_test_add_func ("/net/tcp-transport/unspecified", test_unspecified);
  return g_test_run ();
}
