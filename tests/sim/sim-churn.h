/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "base/mesh-rng.h"

/* How long peers stay and stay away. */
typedef enum
{
  /* Session lengths of BitTorrent's Debian swarm, a Weibull fit with shape 0.38 and scale
   * 42.2 minutes: D. Stutzbach, R. Rejaie, "Understanding Churn in Peer-to-Peer
   * Networks", IMC 2006, section 5.2. The shortest of the models here: half of all
   * sessions end within a quarter of an hour, the mean is almost three hours. */
  SIM_CHURN_BITTORRENT,
  /* The same study's FlatOut swarm: shape 0.59, scale 41.9 minutes; a thinner tail. */
  SIM_CHURN_FLATOUT,
  /* DHT servers of IPFS, a lognormal through the two quantiles that D. Trautwein et al.,
   * "Design and Evaluation of IPFS", SIGCOMM 2022, section 5.3 give: 87.6 % of sessions
   * under 8 hours, 2.5 % over 24 hours. Median 1.65 h, sigma 1.365. */
  SIM_CHURN_IPFS,
  /* No memory, half of the peers gone after an hour: "hourly churn of 50 %". */
  SIM_CHURN_HALF_HOURLY,
} SimChurn;

const char *sim_churn_get_name (SimChurn churn);

/* The length of a session that begins now. */
gint64 sim_churn_draw_session_us (SimChurn churn, MeshRng *rng);

/**
 * sim_churn_draw_residual_us:
 * @age_us: (out) (optional): how long it has lasted already
 *
 * What is left of a session that is under way at a moment picked blindly: long sessions
 * are met more often than they begin (the inspection paradox), which is what a network in
 * its steady state looks like.
 */
gint64 sim_churn_draw_residual_us (SimChurn churn, MeshRng *rng, gint64 *age_us);

/* The mean of a session, by integration. */
double sim_churn_get_mean_us (SimChurn churn);

/* The share of sessions longer than @us. */
double sim_churn_get_survival (SimChurn churn, gint64 us);
