/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-rng.h"

static void
test_repeats (void)
{
  MeshRng a, b, c;

  mesh_rng_init (&a, 1);
  mesh_rng_init (&b, 1);
  mesh_rng_init (&c, 2);
  for (guint i = 0; i < 100; i++)
    {
      guint64 value = mesh_rng_next (&a);

      g_assert_cmpuint (value, ==, mesh_rng_next (&b));
      g_assert_cmpuint (value, !=, mesh_rng_next (&c));
    }
}

static void
test_below (void)
{
  guint counts[10] = { 0 };
  MeshRng rng;

  mesh_rng_init (&rng, 3);
  for (guint i = 0; i < 100000; i++)
    counts[mesh_rng_below (&rng, G_N_ELEMENTS (counts))]++;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_true (counts[i] > 9500 && counts[i] < 10500);
  g_assert_cmpuint (mesh_rng_below (&rng, 1), ==, 0);
}

static void
test_fill (void)
{
  guint8 a[13] = { 0 }, b[16] = { 0 };
  MeshRng rng;

  mesh_rng_init (&rng, 4);
  mesh_rng_fill (&rng, a, sizeof a);
  mesh_rng_init (&rng, 4);
  mesh_rng_fill (&rng, b, sizeof b);
  g_assert_cmpmem (a, sizeof a, b, sizeof a);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/rng/repeats", test_repeats);
  g_test_add_func ("/base/rng/below", test_below);
  g_test_add_func ("/base/rng/fill", test_fill);
  return g_test_run ();
}
