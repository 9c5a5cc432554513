/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-bloom.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

/* Worked out by hand from docs/protocols/caps.md with another SipHash-2-4: what other
 * machines compute. */
static void
test_known_bits (void)
{
  static const guint8 want[] = { 0x00, 0x04, 0x00, 0x01, 0x48, 0x00, 0x02, 0x90 };
  guint8 zeros[8] = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshBloom) bloom
      = mesh_bloom_from_bytes (zeros, sizeof zeros, 7, 0x0123456789abcdef, &error);
  gsize len;

  g_assert_no_error (error);
  mesh_bloom_add (bloom, (const guint8 *) "shoal", 5);
  g_assert_cmpmem (mesh_bloom_get_bytes (bloom, &len), 8, want, sizeof want);
  g_assert_cmpuint (len, ==, 8);
  g_assert_cmpuint (mesh_bloom_get_n_set (bloom), ==, 7);
}

static void
make_key (MeshRng *rng, guint8 key[34])
{
  key[0] = 0x12;
  key[1] = 32;
  mesh_rng_fill (rng, key + 2, 32);
}

/* What was added is there; what was not is there no more often than was asked for. */
static void
test_false_positives (void)
{
  static const gsize sizes[] = { 1, 10, 100, 1000, 12000 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr (MeshBloom) bloom = mesh_bloom_new (sizes[s], 0.01, 1 << 20, s);
      guint n_wrong = 0;
      MeshRng rng;
      guint8 key[34];
      gsize len;

      mesh_rng_init (&rng, s);
      for (gsize i = 0; i < sizes[s]; i++)
        {
          make_key (&rng, key);
          mesh_bloom_add (bloom, key, sizeof key);
        }
      mesh_rng_init (&rng, s);
      for (gsize i = 0; i < sizes[s]; i++)
        {
          make_key (&rng, key);
          g_assert_true (mesh_bloom_contains (bloom, key, sizeof key));
        }
      for (guint i = 0; i < 20000; i++)
        {
          make_key (&rng, key);
          n_wrong += mesh_bloom_contains (bloom, key, sizeof key) ? 1 : 0;
        }
      g_assert_cmpuint (n_wrong, <, 20000 * 2 / 100);
      mesh_bloom_get_bytes (bloom, &len);
      g_assert_cmpuint (len, <=, MAX (sizes[s] * 10 / 8 + 2, 32));
    }
}

/* Too little room: as good as that room can be, and still never a wrong "not there". */
static void
test_capped (void)
{
  g_autoptr (MeshBloom) bloom = mesh_bloom_new (100000, 0.01, 15 * 1024, 7);
  MeshRng rng;
  guint8 key[34];
  gsize len;

  mesh_bloom_get_bytes (bloom, &len);
  g_assert_cmpuint (len, ==, 15 * 1024);
  g_assert_cmpuint (mesh_bloom_get_n_hashes (bloom), ==, 1);
  mesh_rng_init (&rng, 5);
  for (guint i = 0; i < 1000; i++)
    {
      make_key (&rng, key);
      mesh_bloom_add (bloom, key, sizeof key);
      g_assert_true (mesh_bloom_contains (bloom, key, sizeof key));
    }
}

static void
test_bytes (void)
{
  g_autoptr (MeshBloom) bloom = mesh_bloom_new (50, 0.01, 1024, G_MAXUINT64);
  g_autoptr (MeshBloom) copy = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *data = mesh_bloom_get_bytes (bloom, &len);

  /* Keys of every length up to three words of the hash. */
  for (gsize n = 0; n <= 24; n++)
    mesh_bloom_add (bloom, (const guint8 *) "abcdefghijklmnopqrstuvwx", n);
  copy = mesh_bloom_from_bytes (data, len, mesh_bloom_get_n_hashes (bloom),
                                mesh_bloom_get_salt (bloom), &error);
  g_assert_no_error (error);
  g_assert_true (mesh_bloom_equal (bloom, copy));
  for (gsize n = 0; n <= 24; n++)
    g_assert_true (
        mesh_bloom_contains (copy, (const guint8 *) "abcdefghijklmnopqrstuvwx", n));
  mesh_bloom_add (copy, (const guint8 *) "other", 5);
  g_assert_false (mesh_bloom_equal (bloom, copy));
}

static void
test_refused (void)
{
  static const struct
  {
    gsize len;
    guint n_hashes;
  } cases[] = { { 0, 7 },
                { 8, 0 },
                { 8, MESH_BLOOM_MAX_HASHES + 1 },
                { 8, G_MAXUINT },
                { MESH_BLOOM_MAX_BYTES + 1, 7 } };
  g_autofree guint8 *data = g_malloc0 (MESH_BLOOM_MAX_BYTES + 1);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          mesh_bloom_from_bytes (data, cases[i].len, cases[i].n_hashes, 0, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bloom/known-bits", test_known_bits);
  g_test_add_func ("/bloom/false-positives", test_false_positives);
  g_test_add_func ("/bloom/capped", test_capped);
  g_test_add_func ("/bloom/bytes", test_bytes);
  g_test_add_func ("/bloom/refused", test_refused);
  return g_test_run ();
}
