/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-schedule.h"

#define DEFAULT_RATE_BPS (10u << 20)

/* The rate that the slowest of the fastest few has. */
static guint64
get_threshold (const MeshBitswapCandidate *candidates,
               gsize n,
               MeshBitswapStanding standing,
               guint64 default_rate)
{
  guint64 fastest[MESH_BITSWAP_SCHEDULE_N_FASTEST] = { 0 }; /* descending */

  for (gsize i = 0; i < n; i++)
    {
      guint64 rate = candidates[i].rate_bps > 0 ? candidates[i].rate_bps : default_rate;

      if (candidates[i].standing != standing)
        continue;
      for (guint k = 0; k < G_N_ELEMENTS (fastest); k++)
        if (rate > fastest[k])
          {
            guint64 slower = fastest[k];

            fastest[k] = rate;
            rate = slower;
          }
    }
  return fastest[G_N_ELEMENTS (fastest) - 1];
}

gssize
mesh_bitswap_schedule_pick (const MeshBitswapCandidate *candidates,
                            gsize n,
                            gsize block_bytes,
                            gsize first)
{
  MeshBitswapStanding standing = MESH_BITSWAP_STANDING_NO;
  guint64 default_rate = DEFAULT_RATE_BPS, threshold;
  gdouble best_time = 0;
  gssize best = -1;

  for (gsize i = 0; i < n; i++)
    {
      standing = MAX (standing, candidates[i].standing);
      default_rate = MAX (default_rate, candidates[i].rate_bps);
    }
  if (standing == MESH_BITSWAP_STANDING_NO)
    return -1;
  threshold = get_threshold (candidates, n, standing, default_rate);
  for (gsize k = 0; k < n; k++)
    {
      gsize i = (first + k) % n;
      const MeshBitswapCandidate *candidate = &candidates[i];
      guint64 rate = candidate->rate_bps > 0 ? candidate->rate_bps : default_rate;
      gdouble bytes = (gdouble) candidate->in_flight_bytes + (gdouble) block_bytes;
      gdouble time
          = (gdouble) candidate->latency_us / G_USEC_PER_SEC + bytes / (gdouble) rate;

      if (candidate->standing != standing || rate < threshold)
        continue;
      if (best < 0 || time < best_time)
        {
          best = (gssize) i;
          best_time = time;
        }
    }
  return best;
}
