/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-multiaddr.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

#include "hex.h"

#define ID "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC"
#define ID_HEX "221220d52ebb89d85b02a284948203a62ff28389c57c9f42beec4ec20db76a68911c0b"
#define CERT "uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g"
#define CERT_HEX "221220c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2"

/* Most from go-multiaddr's and js-multiaddr's own tables. */
static void
test_vectors (void)
{
  static const struct
  {
    const char *text;
    const char *hex;
  } cases[] = {
    { "/ip4/127.0.0.1/udp/1234", "047f000001910204d2" },
    { "/ip4/127.0.0.1/tcp/4321", "047f0000010610e1" },
    { "/ip4/0.0.0.0/tcp/0", "0400000000060000" },
    { "/ip6/::1/tcp/80", "2900000000000000000000000000000001060050" },
    { "/ip6/2001:db8::ff00:42:8329", "2920010db8000000000000ff0000428329" },
    { "/ip6zone/x/ip6/fe80::1", "2a017829fe800000000000000000000000000001" },
    { "/ip4/127.0.0.1/udp/1234/quic-v1", "047f000001910204d2cd03" },
    { "/dns4/example.com/tcp/443/wss", "360b6578616d706c652e636f6d0601bbde03" },
    { "/dns/a/tcp/1/ws", "350161060001dd03" },
    { "/dnsaddr/ipfs.io", "3807697066732e696f" },
    { "/dns6/a.b./tcp/1/tls/sni/b.c/ws", "3704612e622e060001c003c10303622e63dd03" },
    { "/p2p/" ID, "a503" ID_HEX },
    { "/ip4/127.0.0.1/tcp/9090/http/p2p-circuit", "047f000001062382e003a202" },
    { "/ip4/1.2.3.4/tcp/80/p2p/" ID "/p2p-circuit",
      "0401020304060050a503" ID_HEX "a202" },
    { "/ip4/1.2.3.4/udp/1/webrtc-direct/certhash/" CERT "/webrtc",
      "04010203049102"
      "0001"
      "9802d203" CERT_HEX "9902" },
    { "/unix/a/b/c/d/e", "90030a2f612f622f632f642f65" },
    { "/ip4/127.0.0.1/tcp/443/https", "047f0000010601bbbb03" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (cases[i].text, &error);
      g_autoptr (GBytes) bytes = hex_bytes (cases[i].hex);
      g_autoptr (MeshMultiaddr) again = NULL;

      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (mesh_multiaddr_get_bytes (addr), bytes));
      again = mesh_multiaddr_from_bytes (g_bytes_get_data (bytes, NULL),
                                         g_bytes_get_size (bytes), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (mesh_multiaddr_to_string (again), ==, cases[i].text);
      g_assert_true (mesh_multiaddr_equal (addr, again));
    }
}

static void
test_refused_text (void)
{
  static const struct
  {
    const char *text;
    MeshError code;
  } cases[] = {
    { "", MESH_ERROR_INVALID },
    { "/", MESH_ERROR_INVALID },
    { "ip4/1.2.3.4", MESH_ERROR_INVALID },
    { "/ip4", MESH_ERROR_INVALID },
    { "/ip4/", MESH_ERROR_INVALID },
    { "/ip4/1.2.3", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.256", MESH_ERROR_INVALID },
    { "/ip4/01.2.3.4", MESH_ERROR_INVALID },
    { "/ip4/::1", MESH_ERROR_INVALID },
    { "/ip6/1.2.3.4", MESH_ERROR_INVALID },
    { "/ip6/fe80::1%eth0", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.4/tcp", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.4/tcp/65536", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.4/tcp/-1", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.4/tcp/+1", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.4/tcp/01", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.4/tcp/1/", MESH_ERROR_INVALID },
    { "//ip4/1.2.3.4", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.4//tcp/1", MESH_ERROR_INVALID },
    { "/ip4/1.2.3.4/ws/1", MESH_ERROR_UNSUPPORTED },
    { "/ip5/1.2.3.4", MESH_ERROR_UNSUPPORTED },
    { "/dns/exa mple.com", MESH_ERROR_INVALID },
    { "/dns/a..b", MESH_ERROR_INVALID },
    { "/dns/.", MESH_ERROR_INVALID },
    { "/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNK", MESH_ERROR_INVALID },
    { "/certhash/" ID, MESH_ERROR_INVALID },
    { "/certhash/uEiDDq4_xNyDorZ!H3TlGazyJdOWSwvo4PUo5YHFMrvDE8g", MESH_ERROR_INVALID },
    { "/unix", MESH_ERROR_INVALID },
    { "/unix/", MESH_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mesh_multiaddr_parse (cases[i].text, &error));
      g_assert_error (error, MESH_ERROR, (int) cases[i].code);
    }
}

static void
test_refused_bytes (void)
{
  static const struct
  {
    const char *hex;
    MeshError code;
  } cases[] = {
    { "", MESH_ERROR_INVALID },
    { "047f0000", MESH_ERROR_INVALID },
    { "80", MESH_ERROR_INVALID },
    { "8400", MESH_ERROR_INVALID }, /* code not minimal */
    { "3502", MESH_ERROR_INVALID },
    { "3500", MESH_ERROR_INVALID },       /* empty name */
    { "3503612f62", MESH_ERROR_INVALID }, /* a slash in a name */
    { "900302"
      "2f61"
      "047f000001",
      MESH_ERROR_INVALID }, /* behind a path */
    { "a50300", MESH_ERROR_INVALID },
    { "d2030412", MESH_ERROR_INVALID },
    { "05", MESH_ERROR_UNSUPPORTED },
  };
  guint8 many[(MESH_MULTIADDR_MAX_COMPONENTS + 1) * 2];
  g_autofree guint8 *huge = g_malloc0 (MESH_MULTIADDR_MAX_BYTES + 1);
  g_autoptr (GError) too_many = NULL, too_long = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = hex_bytes (cases[i].hex);

      g_assert_null (mesh_multiaddr_from_bytes (g_bytes_get_data (bytes, NULL),
                                                g_bytes_get_size (bytes), &error));
      g_assert_error (error, MESH_ERROR, (int) cases[i].code);
    }
  for (guint i = 0; i < sizeof many; i += 2)
    memcpy (many + i, "\xdd\x03", 2);
  g_assert_null (mesh_multiaddr_from_bytes (many, sizeof many, &too_many));
  g_assert_error (too_many, MESH_ERROR, MESH_ERROR_LIMIT);
  g_assert_null (
      mesh_multiaddr_from_bytes (huge, MESH_MULTIADDR_MAX_BYTES + 1, &too_long));
  g_assert_error (too_long, MESH_ERROR, MESH_ERROR_LIMIT);
}

static void
test_peer_id (void)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/ip4/1.2.3.4/tcp/80", NULL);
  g_autoptr (MeshMultiaddr) alias
      = mesh_multiaddr_parse ("/ip4/1.2.3.4/tcp/80/ipfs/" ID, NULL);
  g_autoptr (MeshMultiaddr) relayed
      = mesh_multiaddr_parse ("/ip4/1.2.3.4/tcp/80/p2p/" ID "/p2p-circuit", NULL);
  g_autoptr (MeshPeerId) id = mesh_peer_id_parse (ID, NULL);
  g_autoptr (MeshPeerId) none = mesh_multiaddr_dup_peer_id (addr);
  g_autoptr (MeshPeerId) middle = mesh_multiaddr_dup_peer_id (relayed);
  g_autoptr (MeshPeerId) found = mesh_multiaddr_dup_peer_id (alias);
  g_autoptr (MeshMultiaddr) with = mesh_multiaddr_with_peer_id (addr, id);
  g_autoptr (MeshMultiaddr) twice = mesh_multiaddr_with_peer_id (with, id);
  g_autoptr (MeshMultiaddr) without = mesh_multiaddr_without_peer_id (with);
  g_autoptr (MeshMultiaddr) bare = mesh_multiaddr_parse ("/p2p/" ID, NULL);
  g_autoptr (MeshMultiaddr) nothing = mesh_multiaddr_without_peer_id (bare);

  g_assert_null (none);
  g_assert_null (middle);
  g_assert_null (nothing);
  g_assert_true (mesh_peer_id_equal (found, id));
  g_assert_true (mesh_multiaddr_equal (with, alias));
  g_assert_true (mesh_multiaddr_equal (with, twice));
  g_assert_true (mesh_multiaddr_equal (without, addr));
  g_assert_cmpuint (mesh_multiaddr_hash (with), ==, mesh_multiaddr_hash (twice));
}

static void
test_components (void)
{
  static const guint8 ip[] = { 192, 0, 2, 1 };
  g_autoptr (MeshMultiaddr) addr
      = mesh_multiaddr_new_ip (ip, sizeof ip, MESH_MULTIADDR_TCP, 4001);
  MeshMultiaddrComponent component;

  g_assert_cmpstr (mesh_multiaddr_to_string (addr), ==, "/ip4/192.0.2.1/tcp/4001");
  g_assert_cmpuint (mesh_multiaddr_get_n_components (addr), ==, 2);
  mesh_multiaddr_get_component (addr, 0, &component);
  g_assert_cmpint (component.protocol, ==, MESH_MULTIADDR_IP4);
  g_assert_cmpmem (component.data, component.len, ip, sizeof ip);
  g_assert_true (mesh_multiaddr_find (addr, MESH_MULTIADDR_TCP, &component));
  g_assert_cmpmem (component.data, component.len, "\x0f\xa1", 2);
  g_assert_false (mesh_multiaddr_find (addr, MESH_MULTIADDR_UDP, NULL));
}

/* Whatever bytes are accepted: their text gives the same bytes again. */
static void
test_property (void)
{
  static const guint8 codes[][2]
      = { { 0x04 },       { 0x06 },       { 0x29 },       { 0x35 }, { 0x91, 0x02 },
          { 0xdd, 0x03 }, { 0x90, 0x03 }, { 0xd2, 0x03 }, { 0x2a } };
  MeshRng rng;
  guint n_accepted = 0;

  mesh_rng_init (&rng, 3);
  for (guint i = 0; i < 10000; i++)
    {
      guint8 bytes[48];
      gsize len = 0, n_parts = 1 + mesh_rng_below (&rng, 3);
      g_autoptr (MeshMultiaddr) addr = NULL, again = NULL;

      for (gsize k = 0; k < n_parts; k++)
        {
          const guint8 *code = codes[mesh_rng_below (&rng, G_N_ELEMENTS (codes))];
          gsize n_value = mesh_rng_below (&rng, 6);

          bytes[len++] = code[0];
          if (code[1] != 0)
            bytes[len++] = code[1];
          for (gsize v = 0; v < n_value; v++)
            bytes[len++] = v == 0 ? (guint8) (n_value - 1)
                                  : (guint8) ("ab/.\x12\x01"[mesh_rng_below (&rng, 6)]);
        }
      addr = mesh_multiaddr_from_bytes (bytes, len, NULL);
      if (addr == NULL)
        continue;
      n_accepted++;
      again = mesh_multiaddr_parse (mesh_multiaddr_to_string (addr), NULL);
      g_assert_nonnull (again);
      g_assert_cmpmem (g_bytes_get_data (mesh_multiaddr_get_bytes (again), NULL),
                       g_bytes_get_size (mesh_multiaddr_get_bytes (again)), bytes, len);
    }
  g_assert_cmpuint (n_accepted, >, 300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer/multiaddr/vectors", test_vectors);
  g_test_add_func ("/peer/multiaddr/refused-text", test_refused_text);
  g_test_add_func ("/peer/multiaddr/refused-bytes", test_refused_bytes);
  g_test_add_func ("/peer/multiaddr/peer-id", test_peer_id);
  g_test_add_func ("/peer/multiaddr/components", test_components);
  g_test_add_func ("/peer/multiaddr/property", test_property);
  return g_test_run ();
}
