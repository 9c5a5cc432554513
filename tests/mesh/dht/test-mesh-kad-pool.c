/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-pool.h"

#include "kad-fixture.h"

static void
test_same_pointer (void)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (MeshPeerId) id = fixture_peer_id (&rng);
      gsize len;
      const guint8 *data = mesh_peer_id_get_bytes (id, &len);
      g_autoptr (MeshKadPeer) a = mesh_kad_pool_get_peer_by_bytes (pool, data, len);
      g_autoptr (MeshKadPeer) b = mesh_kad_pool_get_peer (pool, id);
      MeshKadKey key;

      g_assert_true (a == b);
      g_assert_true (mesh_peer_id_equal (a->id, id));
      mesh_kad_key_init (&key, data, len);
      g_assert_cmpint (mesh_kad_key_compare (&key, &a->key), ==, 0);
      g_assert_cmpuint (mesh_kad_pool_get_n_peers (pool), ==, 1);
    }
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (pool), ==, 0);
}

static void
test_garbage (void)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  MeshRng rng;

  mesh_rng_init (&rng, 2);
  for (guint i = 0; i < 10000; i++)
    {
      guint8 data[64] = { 0 };
      gsize len = mesh_rng_below (&rng, sizeof data);
      MeshKadPeer *peer;

      mesh_rng_fill (&rng, data + 1, len);
      peer = mesh_kad_pool_get_peer_by_bytes (pool, data, len);
      g_assert_null (peer);
    }
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (pool), ==, 0);
}

/* A peer outlives the one who made the pool. */
static void
test_outlives (void)
{
  MeshKadPool *pool = mesh_kad_pool_new ();
  g_autoptr (MeshKadPeer) peer = NULL;
  g_autoptr (MeshKadAddrs) addrs = NULL;
  g_autoptr (GPtrArray) none = fixture_addrs (NULL);
  g_autoptr (MeshPeerId) id = NULL;
  MeshRng rng;

  mesh_rng_init (&rng, 3);
  id = fixture_peer_id (&rng);
  peer = mesh_kad_pool_get_peer (pool, id);
  addrs = mesh_kad_addrs_new (pool, none, MESH_KAD_SCOPE_ANY);
  mesh_kad_pool_unref (pool);
  g_assert_cmpuint (mesh_kad_pool_get_n_peers (peer->pool), ==, 1);
  g_assert_cmpuint (mesh_kad_addrs_get_n (addrs), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-pool/same-pointer", test_same_pointer);
  g_test_add_func ("/kad-pool/garbage", test_garbage);
  g_test_add_func ("/kad-pool/outlives", test_outlives);
  return g_test_run ();
}
