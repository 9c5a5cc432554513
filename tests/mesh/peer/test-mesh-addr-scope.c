/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-addr-scope.h"

static const struct
{
  const char *text;
  MeshAddrScope scope;
  gboolean is_relayed;
} cases[] = {
  { "/ip4/0.0.0.0/tcp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip4/0.1.2.3/tcp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip4/127.0.0.1/tcp/1", MESH_ADDR_SCOPE_LOOPBACK },
  { "/ip4/127.255.0.9/udp/1/quic-v1", MESH_ADDR_SCOPE_LOOPBACK },
  { "/ip4/169.254.1.1/tcp/1", MESH_ADDR_SCOPE_LINK },
  { "/ip4/169.253.1.1/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip4/10.0.0.1/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip4/11.0.0.1/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip4/172.15.255.255/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip4/172.16.0.0/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip4/172.31.255.255/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip4/172.32.0.0/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip4/192.168.255.1/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip4/192.169.0.1/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip4/100.63.0.1/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip4/100.64.0.1/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip4/100.127.0.1/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip4/100.128.0.1/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip4/192.0.2.1/tcp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip4/203.0.113.1/tcp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip4/223.255.255.255/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip4/224.0.0.251/udp/5353", MESH_ADDR_SCOPE_NONE },
  { "/ip4/255.255.255.255/udp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip4/8.8.8.8/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip6/::/tcp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip6/::1/tcp/1", MESH_ADDR_SCOPE_LOOPBACK },
  { "/ip6/::2/tcp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip6/fe80::1/tcp/1", MESH_ADDR_SCOPE_LINK },
  { "/ip6zone/eth0/ip6/fe80::1/tcp/1", MESH_ADDR_SCOPE_LINK },
  { "/ip6/febf::1/tcp/1", MESH_ADDR_SCOPE_LINK },
  { "/ip6/fec0::1/tcp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip6/fd00::1/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip6/fc00::1/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip6/2001:db8::1/tcp/1", MESH_ADDR_SCOPE_NONE },
  { "/ip6/2a00:1450::1/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip6/ff02::fb/udp/5353", MESH_ADDR_SCOPE_NONE },
  { "/ip6/::ffff:10.0.0.1/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/ip6/::ffff:8.8.8.8/tcp/1", MESH_ADDR_SCOPE_PUBLIC },
  { "/ip6/64:ff9b::c0a8:1/tcp/1", MESH_ADDR_SCOPE_PRIVATE },
  { "/dns4/example.org/tcp/443", MESH_ADDR_SCOPE_NAME },
  { "/dnsaddr/example.org", MESH_ADDR_SCOPE_NAME },
  { "/unix/tmp%2Fsocket", MESH_ADDR_SCOPE_NONE },
  { "/ip4/8.8.8.8/tcp/1/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5/"
    "p2p-circuit",
    MESH_ADDR_SCOPE_PUBLIC, TRUE },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (cases[i].text, &error);

      g_assert_no_error (error);
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (mesh_addr_scope_of (addr), ==, cases[i].scope);
      g_assert_cmpint (mesh_addr_scope_is_relayed (addr), ==, cases[i].is_relayed);
    }
}

static void
test_lan (void)
{
  g_assert_false (mesh_addr_scope_is_lan (MESH_ADDR_SCOPE_NONE));
  g_assert_true (mesh_addr_scope_is_lan (MESH_ADDR_SCOPE_LOOPBACK));
  g_assert_true (mesh_addr_scope_is_lan (MESH_ADDR_SCOPE_LINK));
  g_assert_true (mesh_addr_scope_is_lan (MESH_ADDR_SCOPE_PRIVATE));
  g_assert_false (mesh_addr_scope_is_lan (MESH_ADDR_SCOPE_PUBLIC));
  g_assert_false (mesh_addr_scope_is_lan (MESH_ADDR_SCOPE_NAME));
  g_assert_cmpint (mesh_addr_scope_of_ip ((const guint8 *) "abc", 3), ==,
                   MESH_ADDR_SCOPE_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/addr-scope/table", test_table);
  g_test_add_func ("/addr-scope/lan", test_lan);
  return g_test_run ();
}
