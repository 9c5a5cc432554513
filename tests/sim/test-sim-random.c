/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-random.h"

#include <math.h>

#include "sim/sim-churn.h"
#include "sim/sim-latency.h"
#include "sim/sim-samples.h"

#define N_DRAWS 40000
#define HOUR_US (3600 * (gint64) G_USEC_PER_SEC)

static void
test_means (void)
{
  double normal = 0, square = 0, exponential = 0, gamma = 0, weibull = 0;
  MeshRng rng;

  mesh_rng_init (&rng, 5);
  for (guint i = 0; i < N_DRAWS; i++)
    {
      double x = sim_random_normal (&rng);

      normal += x / N_DRAWS;
      square += x * x / N_DRAWS;
      exponential += sim_random_exponential (&rng, 3) / N_DRAWS;
      gamma += sim_random_gamma (&rng, 2.5) / N_DRAWS;
      weibull += sim_random_weibull (&rng, 2, 1) / N_DRAWS;
    }
  g_assert_cmpfloat_with_epsilon (normal, 0, 0.02);
  g_assert_cmpfloat_with_epsilon (square, 1, 0.03);
  g_assert_cmpfloat_with_epsilon (exponential, 3, 0.06);
  g_assert_cmpfloat_with_epsilon (gamma, 2.5, 0.05);
  g_assert_cmpfloat_with_epsilon (weibull, tgamma (1.5), 0.02);
}

static void
test_shuffle (void)
{
  guint items[50], seen[50] = { 0 }, n_moved = 0;
  MeshRng rng;

  mesh_rng_init (&rng, 6);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    items[i] = i;
  sim_random_shuffle (&rng, items, G_N_ELEMENTS (items));
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      seen[items[i]]++;
      n_moved += items[i] != i;
    }
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    g_assert_cmpuint (seen[i], ==, 1);
  g_assert_cmpuint (n_moved, >, 40);
}

/* What is drawn has the survival curve that the papers give. */
static void
test_sessions (void)
{
  static const gint64 at_us[] = { HOUR_US / 6, HOUR_US, 8 * HOUR_US, 24 * HOUR_US };
  MeshRng rng;

  mesh_rng_init (&rng, 7);
  for (guint churn = 0; churn <= SIM_CHURN_HALF_HOURLY; churn++)
    {
      guint longer[G_N_ELEMENTS (at_us)] = { 0 };

      for (guint i = 0; i < N_DRAWS; i++)
        {
          gint64 us = sim_churn_draw_session_us (churn, &rng);

          for (guint k = 0; k < G_N_ELEMENTS (at_us); k++)
            longer[k] += us > at_us[k];
        }
      for (guint k = 0; k < G_N_ELEMENTS (at_us); k++)
        g_assert_cmpfloat_with_epsilon ((double) longer[k] / N_DRAWS,
                                        sim_churn_get_survival (churn, at_us[k]), 0.01);
    }
  g_assert_cmpfloat_with_epsilon (sim_churn_get_survival (SIM_CHURN_IPFS, 8 * HOUR_US),
                                  1 - 0.876, 0.002);
  g_assert_cmpfloat_with_epsilon (sim_churn_get_survival (SIM_CHURN_IPFS, 24 * HOUR_US),
                                  0.025, 0.002);
  g_assert_cmpfloat_with_epsilon (sim_churn_get_survival (SIM_CHURN_HALF_HOURLY, HOUR_US),
                                  0.5, 1e-9);
}

/* A session met at a blind moment is met somewhere in its middle: what is left of it has
 * the density survival (t) / mean. */
static void
test_residuals (void)
{
  MeshRng rng;

  mesh_rng_init (&rng, 8);
  for (guint churn = 0; churn <= SIM_CHURN_HALF_HOURLY; churn++)
    {
      double expected = 0;
      guint n = 0, n_old = 0;

      for (guint i = 0; i < N_DRAWS; i++)
        {
          gint64 age_us;

          n += sim_churn_draw_residual_us (churn, &rng, &age_us) > HOUR_US;
          n_old += age_us > HOUR_US;
        }
      for (gint64 us = 0; us < HOUR_US; us += HOUR_US / 3600)
        expected += (double) HOUR_US / 3600
                    * sim_churn_get_survival (churn, us + HOUR_US / 7200)
                    / sim_churn_get_mean_us (churn);
      g_assert_cmpfloat_with_epsilon ((double) n / N_DRAWS, 1 - expected, 0.01);
      g_assert_cmpfloat_with_epsilon ((double) n_old / N_DRAWS, 1 - expected, 0.01);
    }
}

static void
test_latency (void)
{
  SimLatency geo = { .kind = SIM_LATENCY_GEO };
  SimLatency uniform = { .kind = SIM_LATENCY_UNIFORM, .min_us = 1000, .max_us = 9000 };
  SimLatency lognormal = {
    .kind = SIM_LATENCY_LOGNORMAL, .min_us = 40000, .max_us = 400000, .sigma = 0.5
  };
  g_auto (SimSamples) geo_us, uniform_us, lognormal_us;

  sim_samples_init (&geo_us);
  sim_samples_init (&uniform_us);
  sim_samples_init (&lognormal_us);
  for (guint i = 0; i < 5000; i++)
    {
      guint a = i % 97, b = 100 + i;

      g_assert_cmpint (sim_latency_get_us (&geo, 3, a, b), ==,
                       sim_latency_get_us (&geo, 3, b, a));
      sim_samples_add (&geo_us, (double) sim_latency_get_us (&geo, 3, a, b));
      sim_samples_add (&uniform_us, (double) sim_latency_get_us (&uniform, 3, a, b));
      sim_samples_add (&lognormal_us, (double) sim_latency_get_us (&lognormal, 3, a, b));
    }
  g_assert_cmpfloat_with_epsilon (sim_samples_get_mean (&uniform_us), 5000, 100);
  g_assert_cmpfloat (sim_samples_get_quantile (&uniform_us, 0.001), >=, 1000);
  g_assert_cmpfloat (sim_samples_get_max (&uniform_us), <=, 9000);
  g_assert_cmpfloat_with_epsilon (sim_samples_get_quantile (&lognormal_us, 0.5), 40000,
                                  2000);
  g_assert_cmpfloat (sim_samples_get_quantile (&geo_us, 0.5), >, 40000);
  g_assert_cmpfloat (sim_samples_get_quantile (&geo_us, 0.5), <, 110000);
}

static void
test_samples (void)
{
  static const double x[] = { 1, 2, 3, 4 }, y[] = { 5, 7, 9, 11 };
  g_auto (SimSamples) samples;
  double a, b;

  sim_samples_init (&samples);
  g_assert_cmpfloat (sim_samples_get_quantile (&samples, 0.5), ==, 0);
  for (guint i = 100; i > 0; i--)
    sim_samples_add (&samples, i);
  g_assert_cmpfloat (sim_samples_get_mean (&samples), ==, 50.5);
  g_assert_cmpfloat (sim_samples_get_quantile (&samples, 0.5), ==, 50);
  g_assert_cmpfloat (sim_samples_get_quantile (&samples, 0.95), ==, 95);
  g_assert_cmpfloat (sim_samples_get_quantile (&samples, 0), ==, 1);
  g_assert_cmpfloat (sim_samples_get_max (&samples), ==, 100);
  g_assert_cmpfloat_with_epsilon (sim_samples_fit (x, y, 4, &a, &b), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (a, 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (b, 2, 1e-12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/random/means", test_means);
  g_test_add_func ("/sim/random/shuffle", test_shuffle);
  g_test_add_func ("/sim/churn/sessions", test_sessions);
  g_test_add_func ("/sim/churn/residuals", test_residuals);
  g_test_add_func ("/sim/latency", test_latency);
  g_test_add_func ("/sim/samples", test_samples);
  return g_test_run ();
}
