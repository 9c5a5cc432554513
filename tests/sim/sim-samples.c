/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-samples.h"

#include <math.h>

void
sim_samples_init (SimSamples *samples)
{
  samples->values = g_array_new (FALSE, FALSE, sizeof (double));
  samples->is_sorted = FALSE;
}

void
sim_samples_clear (SimSamples *samples)
{
  g_clear_pointer (&samples->values, g_array_unref);
}

void
sim_samples_add (SimSamples *samples, double value)
{
  g_array_append_val (samples->values, value);
  samples->is_sorted = FALSE;
}

guint
sim_samples_get_n (const SimSamples *samples)
{
  return samples->values->len;
}

double
sim_samples_get_mean (const SimSamples *samples)
{
  double sum = 0;

  for (guint i = 0; i < samples->values->len; i++)
    sum += g_array_index (samples->values, double, i);
  return samples->values->len == 0 ? 0 : sum / samples->values->len;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
sim_samples_get_quantile (SimSamples *samples, double share)
{
  guint n = samples->values->len;
  guint at = (guint) MAX (ceil (share * n), 1);

  if (n == 0)
    return 0;
  if (!samples->is_sorted)
    g_array_sort (samples->values, compare_doubles);
  samples->is_sorted = TRUE;
  return g_array_index (samples->values, double, MIN (at, n) - 1);
}

double
sim_samples_get_max (SimSamples *samples)
{
  return sim_samples_get_quantile (samples, 1);
}

double
sim_samples_fit (const double *x, const double *y, gsize n, double *a, double *b)
{
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0;

  for (gsize i = 0; i < n; i++)
    {
      mean_x += x[i] / (double) n;
      mean_y += y[i] / (double) n;
    }
  for (gsize i = 0; i < n; i++)
    {
      xx += (x[i] - mean_x) * (x[i] - mean_x);
      xy += (x[i] - mean_x) * (y[i] - mean_y);
      yy += (y[i] - mean_y) * (y[i] - mean_y);
    }
  *b = xx > 0 ? xy / xx : 0;
  *a = mean_y - *b * mean_x;
  return xx > 0 && yy > 0 ? xy * xy / (xx * yy) : 0;
}
