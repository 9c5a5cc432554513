/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-latency.h"

#include "sim/sim-random.h"

/* One way between regions, milliseconds: halves of round trips as they are usual between
 * data centres of these regions. */
static const guint8 between_ms[SIM_LATENCY_N_REGIONS][SIM_LATENCY_N_REGIONS] = {
  { 12, 45, 72, 100, 118, 62, 135 }, { 45, 15, 33, 60, 88, 98, 103 },
  { 72, 33, 12, 88, 58, 112, 72 },   { 100, 60, 88, 15, 135, 150, 155 },
  { 118, 88, 58, 135, 22, 45, 58 },  { 62, 98, 112, 150, 45, 18, 75 },
  { 135, 103, 72, 155, 58, 75, 14 },
};

/* Of a hundred nodes, as crawls of public DHTs find them. */
static const guint8 share[SIM_LATENCY_N_REGIONS] = { 36, 20, 13, 4, 19, 4, 4 };

static void
seed_rng (MeshRng *rng, guint64 seed, guint64 name)
{
  mesh_rng_init (rng, sim_random_mix (seed ^ sim_random_mix (name)));
}

guint
sim_latency_get_region (guint64 seed, guint node)
{
  MeshRng rng;
  guint at, region = 0;

  seed_rng (&rng, seed, node);
  at = (guint) mesh_rng_below (&rng, 100);
  while (at >= share[region])
    at -= share[region++];
  return region;
}

/* From a node to its provider: fibre to mobile, median 6 ms. */
static gint64
last_mile_us (guint64 seed, guint node)
{
  MeshRng rng;

  seed_rng (&rng, ~seed, node);
  return MIN ((gint64) sim_random_lognormal (&rng, 6000, 0.8), 80000);
}

gint64
sim_latency_get_us (const SimLatency *latency, guint64 seed, guint node_a, guint node_b)
{
  guint low = MIN (node_a, node_b), high = MAX (node_a, node_b);
  MeshRng rng;

  seed_rng (&rng, seed,
            ((guint64) high << 32 | low) + G_GUINT64_CONSTANT (1) + (1ull << 63));
  switch (latency->kind)
    {
    case SIM_LATENCY_UNIFORM:
      return sim_random_between (&rng, latency->min_us, latency->max_us);
    case SIM_LATENCY_LOGNORMAL:
      return CLAMP (
          (gint64) sim_random_lognormal (&rng, (double) latency->min_us, latency->sigma),
          1, latency->max_us);
    case SIM_LATENCY_GEO:
      return 1000
                 * (gint64) between_ms[sim_latency_get_region (seed, low)]
                                      [sim_latency_get_region (seed, high)]
             + last_mile_us (seed, low) + last_mile_us (seed, high);
    case SIM_LATENCY_FIXED:
    default:
      return latency->min_us;
    }
}
