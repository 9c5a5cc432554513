/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-crowd-private.h"

#include <stdlib.h>
#include <string.h>

#include "base/mesh-rng.h"

#define N_PEERS 1000
#define K 20

static void
draw (MeshRng *rng, MeshKadKey *place)
{
  for (guint i = 0; i < 4; i++)
    place->words[i] = mesh_rng_next (rng);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return mesh_kad_key_compare (a, b);
}

/* Whether the k nearest of evenly spread peers, and @n_sybils next to the key, look like
 * a crowd to somebody who takes the network for @estimate peers. */
static gboolean
looks_crowded (MeshRng *rng, guint n_sybils, double estimate)
{
  MeshKadKey key, distances[N_PEERS], place;

  draw (rng, &key);
  for (guint i = 0; i < N_PEERS; i++)
    {
      draw (rng, &place);
      if (i < n_sybils)
        place.words[0]
            = (key.words[0] & ~G_GUINT64_CONSTANT (0xfffffffffff)) | place.words[0] >> 20;
      mesh_kad_key_distance (&place, &key, &distances[i]);
    }
  qsort (distances, N_PEERS, sizeof *distances, compare);
  return mesh_kad_crowd_is_suspicious (estimate, K, &distances[K - 1]);
}

static void
test_suspicious (void)
{
  guint n_false = 0, n_seen = 0, n_low = 0;
  MeshRng rng;

  mesh_rng_init (&rng, 1);
  for (guint i = 0; i < 2000; i++)
    {
      n_false += looks_crowded (&rng, 0, N_PEERS);
      n_low += looks_crowded (&rng, 0, N_PEERS / 1.5);
      n_seen += looks_crowded (&rng, K, N_PEERS);
    }
  g_assert_cmpuint (n_false, ==, 0);
  g_assert_cmpuint (n_low, <, 40);
  g_assert_cmpuint (n_seen, ==, 2000);
}

static void
test_too_few (void)
{
  MeshKadKey near = { { 0, 0, 0, 1 } };

  g_assert_false (mesh_kad_crowd_is_suspicious (1000, 9, &near));
  g_assert_false (mesh_kad_crowd_is_suspicious (0, 20, &near));
  g_assert_false (mesh_kad_crowd_is_suspicious (39, 20, &near));
  g_assert_true (mesh_kad_crowd_is_suspicious (40, 20, &near));
  g_assert_true (mesh_kad_crowd_is_suspicious (1000, 10, &near));
}

static gboolean
make (guint64 key, double size, guint which, guint8 name[MESH_KAD_CROWD_NAME_BYTES])
{
  return mesh_kad_crowd_make_detour ((const guint8 *) &key, sizeof key, size, K, which,
                                     name);
}

/* Detours leave the branch of the key where about k peers live, each somewhere else. */
static void
test_detours (void)
{
  for (guint64 key = 0; key < 50; key++)
    for (guint which = 0; which < MESH_KAD_CROWD_MAX_DETOURS; which++)
      {
        guint8 name[MESH_KAD_CROWD_NAME_BYTES], again[MESH_KAD_CROWD_NAME_BYTES];
        MeshKadKey place, detour;

        g_assert_true (make (key, 20 * 64, which, name));
        g_assert_true (make (key, 20 * 64, which, again));
        g_assert_cmpmem (name, sizeof name, again, sizeof again);
        g_assert_cmpuint (name[0], ==, 0x12);
        g_assert_cmpuint (name[1], ==, 32);
        mesh_kad_key_init (&place, (const guint8 *) &key, sizeof key);
        mesh_kad_key_init (&detour, name, sizeof name);
        g_assert_cmpuint (mesh_kad_key_common_prefix (&place, &detour), >=, 3);
        g_assert_cmpuint (mesh_kad_key_common_prefix (&place, &detour), <=, 6);
      }
}

/* Who announces and who looks for it need not agree on the size of the network. */
static void
test_detours_meet (void)
{
  static const double sizes[] = { 500, 1000, 2000, 4000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
      {
        guint n_common = 0;

        for (guint a = 0; a < MESH_KAD_CROWD_MAX_DETOURS; a++)
          for (guint b = 0; b < MESH_KAD_CROWD_MAX_DETOURS; b++)
            {
              guint8 x[MESH_KAD_CROWD_NAME_BYTES], y[MESH_KAD_CROWD_NAME_BYTES];

              if (make (7, sizes[i], a, x) && make (7, sizes[k], b, y)
                  && memcmp (x, y, sizeof x) == 0)
                n_common++;
            }
        g_assert_cmpuint (n_common, >=, 1);
      }
}

static void
test_small_network (void)
{
  guint8 name[MESH_KAD_CROWD_NAME_BYTES];
  guint n = 0;

  for (guint which = 0; which < MESH_KAD_CROWD_MAX_DETOURS; which++)
    n += make (1, 25, which, name);
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht/kad-crowd/suspicious", test_suspicious);
  g_test_add_func ("/dht/kad-crowd/too-few", test_too_few);
  g_test_add_func ("/dht/kad-crowd/detours", test_detours);
  g_test_add_func ("/dht/kad-crowd/detours-meet", test_detours_meet);
  g_test_add_func ("/dht/kad-crowd/small-network", test_small_network);
  return g_test_run ();
}
