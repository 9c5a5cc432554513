/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-addr-scope.h"

#include <string.h>

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

/* Each row of the registries by the addresses at its two ends and those beside them. */
static const struct
{
  const char *before; /* "": there is none */
  const char *first;
  const char *last;
  const char *after;
  MeshAddrScope scope, scope_before, scope_after;
} rows[] = {
#define NONE MESH_ADDR_SCOPE_NONE
#define PRIVATE MESH_ADDR_SCOPE_PRIVATE
#define PUBLIC MESH_ADDR_SCOPE_PUBLIC
#define LOOPBACK MESH_ADDR_SCOPE_LOOPBACK
#define LINK MESH_ADDR_SCOPE_LINK
  { "", "0.0.0.0", "0.255.255.255", "1.0.0.0", NONE, NONE, PUBLIC },
  { "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", PRIVATE, PUBLIC, PUBLIC },
  { "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0", PRIVATE, PUBLIC,
    PUBLIC },
  { "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0", LOOPBACK, PUBLIC,
    PUBLIC },
  { "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0", LINK, PUBLIC,
    PUBLIC },
  { "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", PRIVATE, PUBLIC,
    PUBLIC },
  { "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0", NONE, PUBLIC, PUBLIC },
  { "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0", NONE, PUBLIC, PUBLIC },
  { "192.31.195.255", "192.31.196.0", "192.31.196.255", "192.31.197.0", PUBLIC, PUBLIC,
    PUBLIC },
  { "192.52.192.255", "192.52.193.0", "192.52.193.255", "192.52.194.0", PUBLIC, PUBLIC,
    PUBLIC },
  { "192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0", NONE, PUBLIC,
    PUBLIC },
  { "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0", PRIVATE, PUBLIC,
    PUBLIC },
  { "192.175.47.255", "192.175.48.0", "192.175.48.255", "192.175.49.0", PUBLIC, PUBLIC,
    PUBLIC },
  { "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0", PRIVATE, PUBLIC,
    PUBLIC },
  { "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0", NONE, PUBLIC,
    PUBLIC },
  { "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0", NONE, PUBLIC,
    PUBLIC },
  { "223.255.255.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", NONE, PUBLIC, NONE },
  { "239.255.255.255", "240.0.0.0", "255.255.255.255", "", NONE, NONE, NONE },

  { "", "::", "::", "::1", NONE, NONE, LOOPBACK },
  { "::", "::1", "::1", "::2", LOOPBACK, NONE, NONE },
  /* IPv4 in IPv6, by the IPv4 address. */
  { "::fffe:ffff:ffff", "::ffff:0:0", "::ffff:0.255.255.255", "::ffff:1.0.0.0", NONE,
    NONE, PUBLIC },
  { "::ffff:9.255.255.255", "::ffff:10.0.0.0", "::ffff:10.255.255.255", "::ffff:11.0.0.0",
    PRIVATE, PUBLIC, PUBLIC },
  { "::ffff:223.255.255.255", "::ffff:224.0.0.0", "::ffff:255.255.255.255", "::1:0:0:0",
    NONE, PUBLIC, NONE },
  { "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "64:ff9b::", "64:ff9b::0.255.255.255",
    "64:ff9b::1.0.0.0", NONE, NONE, PUBLIC },
  { "64:ff9b::9.255.255.255", "64:ff9b::10.0.0.0", "64:ff9b::10.255.255.255",
    "64:ff9b::11.0.0.0", PRIVATE, PUBLIC, PUBLIC },
  { "64:ff9b::ffff:ffff", "64:ff9b::1:0:0", "64:ff9b:0:ffff:ffff:ffff:ffff:ffff",
    "64:ff9b:1::", NONE, NONE, PRIVATE },
  { "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "64:ff9b:1::",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "64:ff9b:2::", PRIVATE, NONE, NONE },
  { "ff:ffff::", "100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::", NONE, NONE, NONE },
  /* 2001::/23 and what is within it. */
  { "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "2001:1::", PUBLIC, NONE, NONE },
  { "2001:1:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", "2001:2:1::", PRIVATE, NONE, NONE },
  { "2001:2:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff", "2001:4::", PUBLIC, NONE, NONE },
  { "2001:4:111:ffff:ffff:ffff:ffff:ffff", "2001:4:112::",
    "2001:4:112:ffff:ffff:ffff:ffff:ffff", "2001:4:113::", PUBLIC, NONE, NONE },
  { "2001:f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:10::",
    "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:20::", NONE, NONE, PUBLIC },
  { "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:20::",
    "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:30::", PUBLIC, NONE, PUBLIC },
  { "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:30::",
    "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:40::", PUBLIC, PUBLIC, NONE },
  { "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", "2001:40::",
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::", NONE, PUBLIC, PUBLIC },
  { "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", NONE, PUBLIC, PUBLIC },
  /* 6to4, by the IPv4 address. */
  { "2001:ffff::", "2002::", "2002:ff:ffff:ffff:ffff:ffff:ffff:ffff", "2002:100::", NONE,
    PUBLIC, PUBLIC },
  { "2002:9ff:ffff::", "2002:a00::", "2002:aff:ffff::", "2002:b00::", NONE, PUBLIC,
    PUBLIC },
  { "2002:dfff:ffff::", "2002:e000::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2003::", NONE, PUBLIC, PUBLIC },
  { "2620:4f:7fff::", "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
    "2620:4f:8001::", PUBLIC, PUBLIC, PUBLIC },
  { "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", NONE, PUBLIC, PUBLIC },
  { "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f00::", NONE, PUBLIC, NONE },
  { "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::", PRIVATE, NONE, NONE },
  { "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::", LINK, NONE, NONE },
  { "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", NONE, NONE, NONE },
};

static void
assert_scope (const char *ip, MeshAddrScope scope)
{
  g_autofree char *text
      = g_strdup_printf (strchr (ip, ':') != NULL ? "/ip6/%s" : "/ip4/%s", ip);
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshMultiaddr) addr = NULL;

  if (*ip == '\0')
    return;
  addr = mesh_multiaddr_parse (text, &error);
  g_assert_no_error (error);
  g_test_message ("%s", text);
  g_assert_cmpint (mesh_addr_scope_of (addr), ==, scope);
}

static void
test_registries (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      assert_scope (rows[i].before, rows[i].scope_before);
      assert_scope (rows[i].first, rows[i].scope);
      assert_scope (rows[i].last, rows[i].scope);
      assert_scope (rows[i].after, rows[i].scope_after);
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
  g_test_add_func ("/addr-scope/registries", test_registries);
  g_test_add_func ("/addr-scope/lan", test_lan);
  return g_test_run ();
}
