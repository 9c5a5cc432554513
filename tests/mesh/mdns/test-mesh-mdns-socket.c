/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-socket.h"

#include "net-test.h"
#include "own-net.h"

typedef struct
{
  guint n;
  guint8 source[16];
  gsize source_len;
  char text[32];
} Heard;

static void
heard_cb (MeshMdnsSocket *socket,
          const guint8 *source,
          gsize source_len,
          const guint8 *data,
          gsize len,
          gpointer user_data)
{
  Heard *heard = user_data;

  heard->n++;
  heard->source_len = source_len;
  memcpy (heard->source, source, source_len);
  g_assert_cmpuint (len, <, sizeof heard->text);
  memcpy (heard->text, data, len);
  heard->text[len] = '\0';
}

static MeshInterface
get_interface (const char *name)
{
  g_autoptr (GArray) list = mesh_interfaces_list ();

  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (g_array_index (list, MeshInterface, i).name, name))
      return g_array_index (list, MeshInterface, i);
  return (MeshInterface){ 0 };
}

/* A new IPv6 interface is not ready at once: until then nothing can be sent. */
static gboolean
send_cb (gpointer user_data)
{
  g_autoptr (GBytes) packet = g_bytes_new_static ("hello", 5);
  g_autoptr (GError) error = NULL;

  if (mesh_mdns_socket_send (user_data, packet, &error))
    return G_SOURCE_REMOVE;
  g_test_message ("%s", error->message);
  return G_SOURCE_CONTINUE;
}

/* Two sockets on one port both hear what one of them says. */
static void
check_family (const MeshInterface *interface, GSocketFamily family)
{
  Heard heard_a = { 0 }, heard_b = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshMdnsSocket) a
      = mesh_mdns_socket_new (interface, family, 5353, heard_cb, &heard_a, &error);
  g_autoptr (MeshMdnsSocket) b = NULL;

  g_assert_no_error (error);
  b = mesh_mdns_socket_new (interface, family, 5353, heard_cb, &heard_b, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mesh_mdns_socket_get_link (a), ==,
                    mesh_mdns_socket_make_link (interface, family));
  g_timeout_add (20, send_cb, a);
  net_test_wait (heard_a.n == 1 && heard_b.n == 1);
  g_assert_cmpstr (heard_b.text, ==, "hello");
  g_assert_cmpuint (heard_b.source_len, ==, family == G_SOCKET_FAMILY_IPV6 ? 16 : 4);
}

static void
test_ip4 (void)
{
  MeshInterface lo = get_interface ("lo");

  check_family (&lo, G_SOCKET_FAMILY_IPV4);
}

static void
test_ip6 (void)
{
  MeshInterface interface;

  if (!own_net_ip ("link add shoal0 type veth peer name shoal1")
      || !own_net_ip ("link set shoal0 up") || !own_net_ip ("link set shoal1 up")
      || !own_net_ip ("addr add fd98::5/64 dev shoal0 nodad"))
    {
      g_test_skip ("no interface with IPv6 can be made here");
      return;
    }
  interface = get_interface ("shoal0");
  g_assert_true (interface.has_ip6);
  check_family (&interface, G_SOCKET_FAMILY_IPV6);
  g_assert_true (own_net_ip ("link del shoal0"));
}

/* What is not multicast does not reach it. */
static void
test_unicast (void)
{
  MeshInterface lo = get_interface ("lo");
  Heard heard = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshMdnsSocket) socket
      = mesh_mdns_socket_new (&lo, G_SOCKET_FAMILY_IPV4, 5353, heard_cb, &heard, &error);
  g_autoptr (GSocket) plain = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                            G_SOCKET_PROTOCOL_UDP, &error);
  g_autoptr (GSocketAddress) to
      = g_inet_socket_address_new_from_string ("127.0.0.1", 5353);
  g_autoptr (GBytes) packet = g_bytes_new_static ("multi", 5);

  g_assert_no_error (error);
  g_socket_send_to (plain, to, "unicast", 7, NULL, NULL);
  g_assert_true (mesh_mdns_socket_send (socket, packet, NULL));
  net_test_wait (heard.n > 0);
  g_assert_cmpuint (heard.n, ==, 1);
  g_assert_cmpstr (heard.text, ==, "multi");
}

int
main (int argc, char **argv)
{
  if (!own_net_enter ())
    return 0;
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mdns-socket/ip4", test_ip4);
  g_test_add_func ("/mdns-socket/ip6", test_ip6);
  g_test_add_func ("/mdns-socket/unicast", test_unicast);
  return g_test_run ();
}
