/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-churn.h"

#include <math.h>

#include "sim/sim-random.h"

#define MINUTE (60.0 * G_USEC_PER_SEC)
#define HOUR (60.0 * MINUTE)

typedef struct
{
  const char *name; /* (unowned) */
  enum
  {
    WEIBULL,
    LOGNORMAL,
    EXPONENTIAL,
  } kind;
  double shape; /* Weibull's k, lognormal's sigma */
  double scale; /* microseconds: Weibull's lambda, lognormal's median, the mean */
} Law;

static const Law laws[] = {
  [SIM_CHURN_BITTORRENT] = { "bittorrent-debian", WEIBULL, 0.38, 42.2 * MINUTE },
  [SIM_CHURN_FLATOUT] = { "bittorrent-flatout", WEIBULL, 0.59, 41.9 * MINUTE },
  [SIM_CHURN_IPFS] = { "ipfs", LOGNORMAL, 1.365, 1.65 * HOUR },
  [SIM_CHURN_HALF_HOURLY] = { "half-hourly", EXPONENTIAL, 1, HOUR / G_LN2 },
};

const char *
sim_churn_get_name (SimChurn churn)
{
  return laws[churn].name;
}

gint64
sim_churn_draw_session_us (SimChurn churn, MeshRng *rng)
{
  const Law *law = &laws[churn];

  switch (law->kind)
    {
    case WEIBULL:
      return (gint64) sim_random_weibull (rng, law->shape, law->scale) + 1;
    case LOGNORMAL:
      return (gint64) sim_random_lognormal (rng, law->scale, law->shape) + 1;
    case EXPONENTIAL:
    default:
      return (gint64) sim_random_exponential (rng, law->scale) + 1;
    }
}

double
sim_churn_get_survival (SimChurn churn, gint64 us)
{
  const Law *law = &laws[churn];
  double x = (double) MAX (us, 1) / law->scale;

  switch (law->kind)
    {
    case WEIBULL:
      return exp (-pow (x, law->shape));
    case LOGNORMAL:
      return erfc (log (x) / law->shape / G_SQRT2) / 2;
    case EXPONENTIAL:
    default:
      return exp (-x);
    }
}

double
sim_churn_get_mean_us (SimChurn churn)
{
  const Law *law = &laws[churn];

  switch (law->kind)
    {
    case WEIBULL:
      return law->scale * tgamma (1 + 1 / law->shape);
    case LOGNORMAL:
      return law->scale * exp (law->shape * law->shape / 2);
    case EXPONENTIAL:
    default:
      return law->scale;
    }
}

gint64
sim_churn_draw_residual_us (SimChurn churn, MeshRng *rng, gint64 *age_us)
{
  /* A session of length L is met with a chance that grows with L. Length-biased draws of
   * these laws have closed forms: Weibull's L^k is gamma(1 + 1/k, 1), a lognormal's
   * median moves by sigma squared, and an exponential's becomes gamma(2). */
  const Law *law = &laws[churn];
  double length, share;

  switch (law->kind)
    {
    case WEIBULL:
      length
          = law->scale * pow (sim_random_gamma (rng, 1 + 1 / law->shape), 1 / law->shape);
      break;
    case LOGNORMAL:
      length = sim_random_lognormal (rng, law->scale * exp (law->shape * law->shape),
                                     law->shape);
      break;
    case EXPONENTIAL:
    default:
      length = law->scale * sim_random_gamma (rng, 2);
      break;
    }
  share = sim_random_unit (rng);
  if (age_us != NULL)
    *age_us = (gint64) (length * share);
  return (gint64) (length * (1 - share)) + 1;
}
