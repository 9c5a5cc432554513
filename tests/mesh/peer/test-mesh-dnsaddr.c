/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-dnsaddr.h"

#define PEER_A "QmbLHAnMoJPWSCR5Zhtx6BHJX9KiKNN6tpvbUcqanj75Nb"
#define PEER_B "QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN"

static gboolean
add (MeshDnsaddr *dnsaddr, const char *text)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (text, NULL);

  g_assert_nonnull (addr);
  return mesh_dnsaddr_add (dnsaddr, addr);
}

static void
answer_one (MeshDnsaddr *dnsaddr, const char *record)
{
  const char *const records[] = { record, NULL };

  mesh_dnsaddr_answer (dnsaddr, records);
}

/* As the public bootstrap nodes of IPFS are given: a list of links, one for each node,
 * and behind each the addresses. */
static void
test_bootstrap (void)
{
  static const char *const list[] = {
    "dnsaddr=/dnsaddr/am6.bootstrap.example/p2p/" PEER_A,
    "dnsaddr=/dnsaddr/sg1.bootstrap.example/p2p/" PEER_B,
    NULL,
  };
  static const char *const node[] = {
    "dnsaddr=/dns6/am6.example/tcp/443/wss/p2p/" PEER_A,
    "dnsaddr=/ip6/2604:1380:4602:5c00::3/udp/4001/quic-v1/p2p/" PEER_A,
    "dnsaddr=/ip4/147.75.87.27/tcp/4001/p2p/" PEER_A,
    "dnsaddr=/ip4/147.75.87.27/tcp/4001/p2p/" PEER_A,
    "dnsaddr=/ip4/147.75.87.28/tcp/4001/p2p/" PEER_B,
    "dnsaddr=/ip4/147.75.87.28/tcp/4001",
    "dnsaddr=/nonsense",
    "dnsaddr=",
    "dnsaddr=/ip4/147.75.87.27/sctp/1/p2p/" PEER_A,
    "/ip4/147.75.87.29/tcp/4001/p2p/" PEER_A,
    "dnslink=/ipfs/QmX",
    "",
    NULL,
  };
  g_autoptr (MeshDnsaddr) dnsaddr = mesh_dnsaddr_new ();
  g_autoptr (GPtrArray) addrs = NULL;

  g_assert_null (mesh_dnsaddr_next (dnsaddr));
  g_assert_false (add (dnsaddr, "/ip4/127.0.0.1/tcp/1/p2p/" PEER_A));
  g_assert_false (add (dnsaddr, "/dns4/example.org/tcp/1"));
  g_assert_true (add (dnsaddr, "/dnsaddr/bootstrap.example/p2p/" PEER_A));
  g_assert_cmpstr (mesh_dnsaddr_next (dnsaddr), ==, "_dnsaddr.bootstrap.example");
  mesh_dnsaddr_answer (dnsaddr, list);
  g_assert_cmpstr (mesh_dnsaddr_next (dnsaddr), ==, "_dnsaddr.am6.bootstrap.example");
  mesh_dnsaddr_answer (dnsaddr, node);
  g_assert_null (mesh_dnsaddr_next (dnsaddr));
  addrs = mesh_dnsaddr_dup_addrs (dnsaddr);
  g_assert_cmpuint (addrs->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (mesh_multiaddr_to_string (addrs->pdata[i]), ==,
                     node[i] + sizeof "dnsaddr=" - 1);
}

/* Without a peer at its end a link gives all it has. */
static void
test_any_peer (void)
{
  static const char *const records[] = { "dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/" PEER_A,
                                         "dnsaddr=/ip4/192.0.2.2/tcp/1", NULL };
  g_autoptr (MeshDnsaddr) dnsaddr = mesh_dnsaddr_new ();
  g_autoptr (GPtrArray) addrs = NULL;

  g_assert_true (add (dnsaddr, "/dnsaddr/example.org"));
  mesh_dnsaddr_answer (dnsaddr, records);
  addrs = mesh_dnsaddr_dup_addrs (dnsaddr);
  g_assert_cmpuint (addrs->len, ==, 2);
}

/* Records that lead in a circle, to ever new names, or to a whole crowd. */
static void
test_bounds (void)
{
  g_autoptr (MeshDnsaddr) circle = mesh_dnsaddr_new ();
  g_autoptr (MeshDnsaddr) chain = mesh_dnsaddr_new ();
  g_autoptr (MeshDnsaddr) crowd = mesh_dnsaddr_new ();
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) addrs = NULL;
  g_autofree char *label = g_strnfill (63, 'a');
  g_autofree char *too_long
      = g_strdup_printf ("/dnsaddr/%s.%s.%s.%.61s", label, label, label, label);
  guint n = 0;

  g_assert_true (add (circle, "/dnsaddr/a"));
  answer_one (circle, "dnsaddr=/dnsaddr/b");
  answer_one (circle, "dnsaddr=/dnsaddr/a");
  g_assert_null (mesh_dnsaddr_next (circle));

  g_assert_true (add (chain, "/dnsaddr/a0"));
  for (; mesh_dnsaddr_next (chain) != NULL; n++)
    {
      g_autofree char *text = g_strdup_printf ("dnsaddr=/dnsaddr/a%u", n + 1);

      answer_one (chain, text);
    }
  g_assert_cmpuint (n, ==, MESH_DNSADDR_MAX_DEPTH + 1);

  for (guint i = 0; i < MESH_DNSADDR_MAX_RECORDS; i++)
    g_ptr_array_add (texts, i % 2 == 0
                                ? g_strdup_printf ("dnsaddr=/dnsaddr/n%u", i)
                                : g_strdup_printf ("dnsaddr=/ip4/192.0.2.%u/tcp/1", i));
  g_ptr_array_add (texts, g_strdup ("dnsaddr=/ip4/192.0.2.0/tcp/1"));
  g_ptr_array_add (texts, NULL);
  g_assert_true (add (crowd, "/dnsaddr/a"));
  for (n = 0; mesh_dnsaddr_next (crowd) != NULL; n++)
    mesh_dnsaddr_answer (crowd, (const char *const *) texts->pdata);
  g_assert_cmpuint (n, ==, MESH_DNSADDR_MAX_LOOKUPS);
  addrs = mesh_dnsaddr_dup_addrs (crowd);
  g_assert_cmpuint (addrs->len, ==, MESH_DNSADDR_MAX_ADDRS);

  /* A name too long for DNS is a link all the same, that leads nowhere. */
  g_assert_true (add (chain, too_long));
  g_assert_null (mesh_dnsaddr_next (chain));
}

static void
test_no_records (void)
{
  g_autoptr (MeshDnsaddr) dnsaddr = mesh_dnsaddr_new ();
  g_autoptr (GPtrArray) addrs = NULL;

  g_assert_true (add (dnsaddr, "/dnsaddr/a"));
  g_assert_true (add (dnsaddr, "/dnsaddr/a"));
  mesh_dnsaddr_answer (dnsaddr, NULL);
  g_assert_null (mesh_dnsaddr_next (dnsaddr));
  addrs = mesh_dnsaddr_dup_addrs (dnsaddr);
  g_assert_cmpuint (addrs->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dnsaddr/bootstrap", test_bootstrap);
  g_test_add_func ("/dnsaddr/any-peer", test_any_peer);
  g_test_add_func ("/dnsaddr/bounds", test_bounds);
  g_test_add_func ("/dnsaddr/no-records", test_no_records);
  return g_test_run ();
}
