/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-cache.h"

#include <string.h>

#define S ((gint64) G_USEC_PER_SEC)

static MeshPeerId *
make_id (guint32 number)
{
  guint8 bytes[34] = { 0x12, 32 };

  memcpy (bytes + 2, &number, sizeof number);
  return mesh_peer_id_from_bytes (bytes, sizeof bytes, NULL);
}

static void
make_name (MeshDnsName *name, guint number)
{
  g_autofree char *text = g_strdup_printf ("peer%u._p2p._udp.local", number);

  g_assert_true (mesh_dns_name_parse (name, text));
}

static gboolean
hear (MeshMdnsCache *cache, guint name_number, guint32 id, guint port, gint64 now_us)
{
  g_autoptr (GPtrArray) addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autofree char *text = g_strdup_printf ("/ip4/10.0.0.1/tcp/%u", port);
  g_autoptr (MeshPeerId) peer = make_id (id);
  MeshDnsName name;

  make_name (&name, name_number);
  g_ptr_array_add (addrs, mesh_multiaddr_parse (text, NULL));
  return mesh_mdns_cache_hear (cache, &name, peer, addrs, 120, now_us);
}

static void
test_hear (void)
{
  g_autoptr (MeshMdnsCache) cache = mesh_mdns_cache_new ();

  g_assert_cmpint (mesh_mdns_cache_next_expiry_us (cache), ==, G_MAXINT64);
  g_assert_true (hear (cache, 1, 1, 1, 0));
  g_assert_false (hear (cache, 1, 1, 1, S));
  g_assert_true (hear (cache, 1, 1, 2, 2 * S));
  g_assert_false (hear (cache, 1, 1, 2, 2 * S + MESH_MDNS_CACHE_TELL_US - 1));
  g_assert_true (hear (cache, 1, 1, 2, 2 * S + MESH_MDNS_CACHE_TELL_US));
  g_assert_true (hear (cache, 1, 9, 2, 70 * S));
  g_assert_cmpuint (mesh_mdns_cache_get_n_peers (cache), ==, 1);
  g_assert_cmpint (mesh_mdns_cache_next_expiry_us (cache), ==, 190 * S);
}

static void
test_expire (void)
{
  g_autoptr (MeshMdnsCache) cache = mesh_mdns_cache_new ();
  g_autoptr (GPtrArray) none = NULL, gone = NULL;
  g_autoptr (MeshPeerId) peer = make_id (1);
  MeshDnsName name;

  hear (cache, 1, 1, 1, 0);
  hear (cache, 2, 2, 1, 5 * S);
  make_name (&name, 1);
  g_assert_true (mesh_mdns_cache_refresh (cache, &name, 120, 10 * S));
  none = mesh_mdns_cache_expire (cache, 125 * S - 1);
  g_assert_cmpuint (none->len, ==, 0);
  gone = mesh_mdns_cache_expire (cache, 130 * S);
  g_assert_cmpuint (gone->len, ==, 2);
  g_assert_false (mesh_mdns_cache_refresh (cache, &name, 120, 131 * S));
  g_assert_true (hear (cache, 1, 1, 1, 140 * S));
}

/* A peer that was started again has another name; it is gone with its last one. */
static void
test_two_names (void)
{
  g_autoptr (MeshMdnsCache) cache = mesh_mdns_cache_new ();
  g_autoptr (MeshPeerId) first = NULL, last = NULL;
  MeshDnsName name;

  hear (cache, 1, 7, 1, 0);
  hear (cache, 2, 7, 2, 0);
  make_name (&name, 1);
  first = mesh_mdns_cache_forget (cache, &name);
  g_assert_null (first);
  make_name (&name, 2);
  last = mesh_mdns_cache_forget (cache, &name);
  g_assert_nonnull (last);
  g_assert_null (mesh_mdns_cache_forget (cache, &name));
}

static void
test_full (void)
{
  g_autoptr (MeshMdnsCache) cache = mesh_mdns_cache_new ();

  for (guint i = 0; i < MESH_MDNS_CACHE_MAX; i++)
    g_assert_true (hear (cache, i, i, 1, 0));
  g_assert_false (hear (cache, MESH_MDNS_CACHE_MAX, 1, 1, 0));
  g_assert_true (hear (cache, 0, 0, 2, 0));
  g_assert_cmpuint (mesh_mdns_cache_get_n_peers (cache), ==, MESH_MDNS_CACHE_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mdns-cache/hear", test_hear);
  g_test_add_func ("/mdns-cache/expire", test_expire);
  g_test_add_func ("/mdns-cache/two-names", test_two_names);
  g_test_add_func ("/mdns-cache/full", test_full);
  return g_test_run ();
}
