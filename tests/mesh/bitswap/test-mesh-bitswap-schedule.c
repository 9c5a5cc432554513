/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-schedule.h"

static void
test_best_standing_first (void)
{
  const MeshBitswapCandidate candidates[] = {
    { MESH_BITSWAP_STANDING_UNKNOWN, 100 << 20, 1, 0 },
    { MESH_BITSWAP_STANDING_NO, 0, 0, 0 },
    { MESH_BITSWAP_STANDING_HOLDER, 1 << 20, 1000, 0 },
    { MESH_BITSWAP_STANDING_GIVEN, 100 << 20, 1, 0 },
  };

  for (gsize first = 0; first < 4; first++)
    g_assert_cmpint (mesh_bitswap_schedule_pick (candidates, 4, 1000, first), ==, 2);
  g_assert_cmpint (mesh_bitswap_schedule_pick (candidates + 1, 1, 1000, 0), ==, -1);
  g_assert_cmpint (mesh_bitswap_schedule_pick (candidates, 0, 1000, 0), ==, -1);
}

/* Ten blocks over three holders: shares as their rates. */
static void
test_spread (void)
{
  MeshBitswapCandidate candidates[] = {
    { MESH_BITSWAP_STANDING_HOLDER, 1 << 20, 1000, 0 },
    { MESH_BITSWAP_STANDING_HOLDER, 4 << 20, 1000, 0 },
    { MESH_BITSWAP_STANDING_HOLDER, 5 << 20, 1000, 0 },
  };
  guint n[3] = { 0 };

  for (guint i = 0; i < 10; i++)
    {
      gssize k = mesh_bitswap_schedule_pick (candidates, 3, 1 << 20, i);

      n[k]++;
      candidates[k].in_flight_bytes += 1 << 20;
    }
  g_assert_cmpuint (n[0], ==, 1);
  g_assert_cmpuint (n[1], ==, 4);
  g_assert_cmpuint (n[2], ==, 5);
}

static void
test_only_the_fastest (void)
{
  MeshBitswapCandidate candidates[8];
  gboolean used[8] = { FALSE };

  for (guint i = 0; i < 8; i++)
    candidates[i]
        = (MeshBitswapCandidate){ MESH_BITSWAP_STANDING_HOLDER, (i + 1) * 1000, 0, 0 };
  for (guint i = 0; i < 200; i++)
    {
      gssize k = mesh_bitswap_schedule_pick (candidates, 8, 1000, i);

      used[k] = TRUE;
      candidates[k].in_flight_bytes += 1000;
    }
  for (guint i = 0; i < 8; i++)
    g_assert_cmpint (used[i], ==, i >= 8 - MESH_BITSWAP_SCHEDULE_N_FASTEST);
}

static void
test_equals_are_spread (void)
{
  MeshBitswapCandidate candidates[5];

  for (guint i = 0; i < 5; i++)
    candidates[i] = (MeshBitswapCandidate){ MESH_BITSWAP_STANDING_UNKNOWN, 0, 0, 0 };
  for (gsize first = 0; first < 5; first++)
    g_assert_cmpint (mesh_bitswap_schedule_pick (candidates, 5, 1000, first), ==,
                     (gssize) first);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/schedule/best-standing-first", test_best_standing_first);
  g_test_add_func ("/bitswap/schedule/spread", test_spread);
  g_test_add_func ("/bitswap/schedule/only-the-fastest", test_only_the_fastest);
  g_test_add_func ("/bitswap/schedule/equals-are-spread", test_equals_are_spread);
  return g_test_run ();
}
