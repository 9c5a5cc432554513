/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-reach-private.h"

#include "kad-fixture.h"

static gboolean
add (MeshDhtReach *reach, const char *remote, const char *observed, GPtrArray *listen)
{
  g_autoptr (MeshMultiaddr) from = mesh_multiaddr_parse (remote, NULL);
  g_autoptr (MeshMultiaddr) dialed = mesh_multiaddr_parse (observed, NULL);

  return mesh_dht_reach_add (reach, from, dialed, listen);
}

static void
test_reach (void)
{
  static const char *const texts[]
      = { "/ip4/9.9.9.9/tcp/4001", "/ip4/192.168.1.2/tcp/4001", NULL };
  g_autoptr (MeshDhtReach) reach = mesh_dht_reach_new ();
  g_autoptr (GPtrArray) listen = fixture_addrs (texts);
  g_autoptr (GPtrArray) confirmed = NULL;

  /* Not from the internet, or not at an address of it. */
  g_assert_false (add (reach, "/ip4/10.0.0.1/tcp/1", "/ip4/9.9.9.9/tcp/4001", listen));
  g_assert_false (add (reach, "/ip4/8.8.8.8/tcp/1", "/ip4/192.168.1.2/tcp/4001", listen));
  g_assert_false (
      add (reach, "/ip4/8.8.8.8/tcp/1", "/dns4/example.org/tcp/4001", listen));
  g_assert_false (mesh_dht_reach_is_reachable (reach));
  /* Where we listen: one peer is enough. */
  g_assert_true (add (reach, "/ip4/8.8.8.8/tcp/1", "/ip4/9.9.9.9/tcp/4001", listen));
  g_assert_false (add (reach, "/ip4/7.7.7.7/tcp/1", "/ip4/9.9.9.9/tcp/4001", listen));
  g_assert_true (mesh_dht_reach_is_reachable (reach));
  mesh_dht_reach_clear (reach);
  g_assert_false (mesh_dht_reach_is_reachable (reach));
  /* Elsewhere: two of different networks. */
  g_assert_false (add (reach, "/ip4/8.8.8.8/tcp/1", "/ip4/5.5.5.5/tcp/7", listen));
  g_assert_false (add (reach, "/ip4/8.8.8.8/tcp/1", "/ip4/5.5.5.5/tcp/7", listen));
  g_assert_false (add (reach, "/ip4/8.8.4.4/tcp/1", "/ip4/5.5.5.5/tcp/7", listen));
  g_assert_true (add (reach, "/ip4/7.7.7.7/tcp/1", "/ip4/5.5.5.5/tcp/7", listen));
  confirmed = mesh_dht_reach_dup_addrs (reach);
  g_assert_cmpuint (confirmed->len, ==, 1);
  g_assert_cmpstr (mesh_multiaddr_to_string (confirmed->pdata[0]), ==,
                   "/ip4/5.5.5.5/tcp/7");
}

static void
test_bounds (void)
{
  g_autoptr (MeshDhtReach) reach = mesh_dht_reach_new ();
  g_autoptr (GPtrArray) none = fixture_addrs (NULL);
  g_autoptr (GPtrArray) confirmed = NULL;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *observed
          = g_strdup_printf ("/ip4/5.5.%u.%u/tcp/7", i / 250, i % 250);

      add (reach, "/ip4/8.8.8.8/tcp/1", observed, none);
      if (i % 2 == 0)
        add (reach, "/ip4/7.7.7.7/tcp/1", observed, none);
    }
  confirmed = mesh_dht_reach_dup_addrs (reach);
  g_assert_cmpuint (confirmed->len, ==, MESH_DHT_REACH_MAX_ADDRS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-reach/reach", test_reach);
  g_test_add_func ("/dht-reach/bounds", test_bounds);
  return g_test_run ();
}
