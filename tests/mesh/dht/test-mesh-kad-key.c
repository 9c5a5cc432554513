/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-key.h"

#include "base/mesh-rng.h"

/* FIPS 180-2: SHA-256 of "abc". */
static void
test_hash (void)
{
  MeshKadKey key;

  mesh_kad_key_init (&key, (const guint8 *) "abc", 3);
  g_assert_cmphex (key.words[0], ==, 0xba7816bf8f01cfea);
  g_assert_cmphex (key.words[1], ==, 0x414140de5dae2223);
  g_assert_cmphex (key.words[2], ==, 0xb00361a396177a9c);
  g_assert_cmphex (key.words[3], ==, 0xb410ff61f20015ad);
}

static void
test_prefix (void)
{
  MeshKadKey zero = { { 0 } };

  g_assert_cmpuint (mesh_kad_key_common_prefix (&zero, &zero), ==, MESH_KAD_KEY_BITS);
  for (guint bit = 0; bit < MESH_KAD_KEY_BITS; bit++)
    {
      MeshKadKey key = { { 0 } };

      key.words[bit / 64] = G_GUINT64_CONSTANT (1) << (63 - bit % 64);
      g_assert_cmpuint (mesh_kad_key_common_prefix (&zero, &key), ==, bit);
      key.words[3] |= 1;
      g_assert_cmpuint (mesh_kad_key_common_prefix (&key, &zero), ==, bit);
    }
}

static void
test_fraction (void)
{
  MeshKadKey half = { { G_GUINT64_CONSTANT (1) << 63 } };
  MeshKadKey small = { { 0, G_GUINT64_CONSTANT (1) << 63 } };

  g_assert_cmpfloat_with_epsilon (mesh_kad_key_to_fraction (&half), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (mesh_kad_key_to_fraction (&small) * 0x1p64, 0.5, 1e-12);
}

/* XOR is a metric in which each place has one partner at each distance. */
static void
test_metric (void)
{
  MeshRng rng;

  mesh_rng_init (&rng, 7);
  for (guint i = 0; i < 10000; i++)
    {
      MeshKadKey a, b, c, ab, ba, ac, bc, sum;

      mesh_rng_fill (&rng, (guint8 *) &a, sizeof a);
      mesh_rng_fill (&rng, (guint8 *) &b, sizeof b);
      mesh_rng_fill (&rng, (guint8 *) &c, sizeof c);
      mesh_kad_key_distance (&a, &b, &ab);
      mesh_kad_key_distance (&b, &a, &ba);
      mesh_kad_key_distance (&a, &c, &ac);
      mesh_kad_key_distance (&b, &c, &bc);
      g_assert_cmpint (mesh_kad_key_compare (&ab, &ba), ==, 0);
      mesh_kad_key_distance (&ab, &bc, &sum);
      g_assert_cmpint (mesh_kad_key_compare (&sum, &ac), ==, 0);
      g_assert_cmpfloat (mesh_kad_key_to_fraction (&ac), <=,
                         mesh_kad_key_to_fraction (&ab) + mesh_kad_key_to_fraction (&bc));
      if (mesh_kad_key_common_prefix (&a, &b) > mesh_kad_key_common_prefix (&a, &c))
        g_assert_cmpint (mesh_kad_key_compare (&ab, &ac), <, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kad-key/hash", test_hash);
  g_test_add_func ("/kad-key/prefix", test_prefix);
  g_test_add_func ("/kad-key/fraction", test_fraction);
  g_test_add_func ("/kad-key/metric", test_metric);
  return g_test_run ();
}
