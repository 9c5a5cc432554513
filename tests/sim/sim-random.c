/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-random.h"

#include <math.h>

double
sim_random_unit (MeshRng *rng)
{
  return (double) (mesh_rng_next (rng) >> 11) * 0x1p-53;
}

gint64
sim_random_between (MeshRng *rng, gint64 min, gint64 max)
{
  g_assert (max >= min);
  return min + (gint64) mesh_rng_below (rng, (guint64) (max - min) + 1);
}

gboolean
sim_random_chance (MeshRng *rng, double probability)
{
  return sim_random_unit (rng) < probability;
}

double
sim_random_normal (MeshRng *rng)
{
  double a = 1 - sim_random_unit (rng); /* (0, 1] */
  double b = sim_random_unit (rng);

  return sqrt (-2 * log (a)) * cos (2 * G_PI * b);
}

double
sim_random_exponential (MeshRng *rng, double mean)
{
  return -mean * log (1 - sim_random_unit (rng));
}

double
sim_random_lognormal (MeshRng *rng, double median, double sigma)
{
  return median * exp (sigma * sim_random_normal (rng));
}

double
sim_random_weibull (MeshRng *rng, double shape, double scale)
{
  return scale * pow (-log (1 - sim_random_unit (rng)), 1 / shape);
}

double
sim_random_gamma (MeshRng *rng, double shape)
{
  /* G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", 2000. */
  double d = shape - 1.0 / 3, c = 1 / sqrt (9 * d);

  g_assert (shape >= 1);
  for (;;)
    {
      double x = sim_random_normal (rng);
      double v = 1 + c * x;

      if (v <= 0)
        continue;
      v = v * v * v;
      if (log (1 - sim_random_unit (rng)) < x * x / 2 + d - d * v + d * log (v))
        return d * v;
    }
}

guint64
sim_random_mix (guint64 value)
{
  value += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ (value >> 31);
}

void
sim_random_shuffle (MeshRng *rng, guint *items, gsize n)
{
  for (gsize i = n; i > 1; i--)
    {
      gsize other = mesh_rng_below (rng, i);
      guint swap = items[i - 1];

      items[i - 1] = items[other];
      items[other] = swap;
    }
}
