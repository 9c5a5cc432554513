/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-addrs.h"

#include "base/mesh-protobuf.h"

#include "kad-fixture.h"

static void
test_scopes (void)
{
  static const struct
  {
    const char *text;
    gboolean wan, lan;
  } cases[] = {
    { "/ip4/8.8.8.8/tcp/4001", TRUE, FALSE },
    { "/ip4/10.1.2.3/tcp/4001", FALSE, TRUE },
    { "/ip4/172.15.0.1/tcp/4001", TRUE, FALSE },
    { "/ip4/172.31.0.1/tcp/4001", FALSE, TRUE },
    { "/ip4/192.168.1.1/udp/4001/quic-v1", FALSE, TRUE },
    { "/ip4/127.0.0.1/tcp/1", FALSE, TRUE },
    { "/ip4/169.254.3.4/tcp/1", FALSE, TRUE },
    { "/ip4/100.64.0.1/tcp/1", FALSE, TRUE },
    { "/ip4/100.128.0.1/tcp/1", TRUE, FALSE },
    { "/ip4/198.18.0.1/tcp/1", FALSE, TRUE },
    { "/ip4/192.88.99.1/tcp/1", FALSE, FALSE },
    { "/ip6/64:ff9b::808:808/tcp/1", TRUE, FALSE },
    { "/ip6/2001:10::1/tcp/1", FALSE, FALSE },
    { "/ip4/0.0.0.0/tcp/1", FALSE, FALSE },
    { "/ip4/192.0.2.1/tcp/1", FALSE, FALSE },
    { "/ip4/198.51.100.1/tcp/1", FALSE, FALSE },
    { "/ip4/203.0.113.1/tcp/1", FALSE, FALSE },
    { "/ip4/224.0.0.251/udp/5353", FALSE, FALSE },
    { "/ip4/255.255.255.255/tcp/1", FALSE, FALSE },
    { "/ip6/2a00:1450:4001::1/tcp/1", TRUE, FALSE },
    { "/ip6/::1/tcp/1", FALSE, TRUE },
    { "/ip6/::/tcp/1", FALSE, FALSE },
    { "/ip6/fd00::1/tcp/1", FALSE, TRUE },
    { "/ip6/fe80::1/tcp/1", FALSE, TRUE },
    { "/ip6zone/eth0/ip6/fe80::1/tcp/1", FALSE, TRUE },
    { "/ip6/2001:db8::1/tcp/1", FALSE, FALSE },
    { "/ip6/ff02::fb/udp/5353", FALSE, FALSE },
    { "/ip6/::ffff:10.0.0.1/tcp/1", FALSE, TRUE },
    { "/dns4/node.example.org/tcp/443/wss", TRUE, FALSE },
    { "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC/p2p-circuit", FALSE, FALSE },
    { "/ip4/10.0.0.1/tcp/1/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC/"
      "p2p-circuit",
      FALSE, FALSE },
    { "/ip4/8.8.8.8/tcp/1/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC/p2p-circuit",
      TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (cases[i].text, &error);

      g_assert_no_error (error);
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (mesh_kad_addrs_is_admitted (MESH_KAD_SCOPE_WAN, addr), ==,
                       cases[i].wan);
      g_assert_cmpint (mesh_kad_addrs_is_admitted (MESH_KAD_SCOPE_LAN, addr), ==,
                       cases[i].lan);
    }
}

static void
test_filter (void)
{
  static const char *const texts[]
      = { "/ip4/10.0.0.1/tcp/1",
          "/ip4/8.8.8.8/tcp/1/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
          "/ip4/8.8.8.8/tcp/1", "/ip6/2a00:1450:4001::1/tcp/9", NULL };
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  g_autoptr (GPtrArray) list = fixture_addrs (texts);
  g_autoptr (MeshKadAddrs) wan = mesh_kad_addrs_new (pool, list, MESH_KAD_SCOPE_WAN);
  g_autoptr (MeshKadAddrs) lan = mesh_kad_addrs_new (pool, list, MESH_KAD_SCOPE_LAN);
  g_autoptr (GPtrArray) back = mesh_kad_addrs_dup_multiaddrs (wan);

  g_assert_cmpuint (mesh_kad_addrs_get_n (wan), ==, 2);
  g_assert_cmpuint (mesh_kad_addrs_get_n (lan), ==, 1);
  g_assert_cmpuint (back->len, ==, 2);
  g_assert_cmpstr (mesh_multiaddr_to_string (back->pdata[0]), ==, "/ip4/8.8.8.8/tcp/1");
  g_assert_cmpstr (mesh_multiaddr_to_string (back->pdata[1]), ==,
                   "/ip6/2a00:1450:4001::1/tcp/9");
}

/* A Peer message that a stranger filled as it liked. */
static void
test_hostile_message (void)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  g_autoptr (GByteArray) msg = g_byte_array_new ();
  g_autoptr (MeshKadAddrs) addrs = NULL, again = NULL;
  g_autoptr (MeshMultiaddr) good = mesh_multiaddr_parse ("/ip4/8.8.8.8/tcp/1", NULL);
  GBytes *bytes = mesh_multiaddr_get_bytes (good);
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  mesh_protobuf_append_bytes (msg, 2, (const guint8 *) "garbage", 7);
  mesh_protobuf_append_bytes (msg, 2, data, g_bytes_get_size (bytes));
  mesh_protobuf_append_bytes (msg, 1, (const guint8 *) "name", 4);
  mesh_protobuf_append_bytes (msg, 2, data, g_bytes_get_size (bytes));
  mesh_protobuf_append_varint (msg, 2, 5);
  for (guint8 i = 0; i < 50; i++)
    {
      guint8 one[8] = { 4, 9, 9, 9, i, 6, 0, 1 };

      mesh_protobuf_append_bytes (msg, 2, one, sizeof one);
    }
  addrs = mesh_kad_addrs_from_message (pool, msg->data, msg->len, MESH_KAD_SCOPE_WAN);
  again = mesh_kad_addrs_from_message (pool, msg->data, msg->len, MESH_KAD_SCOPE_WAN);
  g_assert_cmpuint (mesh_kad_addrs_get_n (addrs), ==, MESH_KAD_ADDRS_MAX);
  g_assert_true (addrs == again);

  /* Cut anywhere: what could be read counts, nothing else happens. */
  for (guint len = 0; len < msg->len; len++)
    {
      g_autoptr (MeshKadAddrs) cut
          = mesh_kad_addrs_from_message (pool, msg->data, len, MESH_KAD_SCOPE_WAN);

      g_assert_cmpuint (mesh_kad_addrs_get_n (cut), <=, MESH_KAD_ADDRS_MAX);
    }
}

/* What a table may know does not depend on what another table of the node has seen. */
static void
test_pool_and_scope (void)
{
  static const char *const texts[] = { "/ip4/10.0.0.1/tcp/1", NULL };
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  g_autoptr (GPtrArray) list = fixture_addrs (texts);
  g_autoptr (MeshKadAddrs) lan = mesh_kad_addrs_new (pool, list, MESH_KAD_SCOPE_LAN);
  gsize len;
  const guint8 *packed = mesh_kad_addrs_get_packed (lan, &len);
  g_autoptr (MeshKadAddrs) first
      = mesh_kad_addrs_from_message (pool, packed, len, MESH_KAD_SCOPE_LAN);
  g_autoptr (MeshKadAddrs) second
      = mesh_kad_addrs_from_message (pool, packed, len, MESH_KAD_SCOPE_LAN);
  g_autoptr (MeshKadAddrs) wan
      = mesh_kad_addrs_from_message (pool, packed, len, MESH_KAD_SCOPE_WAN);

  g_assert_true (lan == first && first == second);
  g_assert_cmpuint (mesh_kad_addrs_get_n (wan), ==, 0);
}

static void
test_groups (void)
{
  static const char *const a[] = { "/ip4/8.8.1.1/tcp/1", NULL };
  static const char *const b[] = { "/ip4/8.8.200.1/tcp/7", "/ip4/9.9.9.9/tcp/1", NULL };
  static const char *const c[] = { "/ip4/8.9.1.1/tcp/1", NULL };
  static const char *const d[] = { "/ip6/2a00:1450:4001::1/tcp/1", NULL };
  static const char *const e[] = { "/ip6/2a00:1450:ffff::9/tcp/1", NULL };
  static const char *const f[] = { "/dns4/example.org/tcp/1", NULL };
  static const char *const *const sets[] = { a, b, c, d, e, f, NULL };
  guint64 groups[6];
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_autoptr (GPtrArray) list = fixture_addrs (sets[i]);
      g_autoptr (MeshKadAddrs) addrs
          = mesh_kad_addrs_new (pool, list, MESH_KAD_SCOPE_WAN);

      groups[i] = mesh_kad_addrs_get_group (addrs);
    }
  g_assert_cmphex (groups[0], ==, groups[1]);
  g_assert_cmphex (groups[0], !=, groups[2]);
  g_assert_cmphex (groups[3], ==, groups[4]);
  g_assert_cmphex (groups[3], !=, groups[0]);
  g_assert_cmphex (groups[5], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-addrs/scopes", test_scopes);
  g_test_add_func ("/kad-addrs/filter", test_filter);
  g_test_add_func ("/kad-addrs/hostile-message", test_hostile_message);
  g_test_add_func ("/kad-addrs/pool-and-scope", test_pool_and_scope);
  g_test_add_func ("/kad-addrs/groups", test_groups);
  return g_test_run ();
}
