/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* How long a message is on its way from one node to another, without queues and jitter.
 */
typedef enum
{
  SIM_LATENCY_FIXED,     /* min_us for every pair */
  SIM_LATENCY_UNIFORM,   /* from min_us to max_us */
  SIM_LATENCY_LOGNORMAL, /* median min_us, sigma; never more than max_us */
  SIM_LATENCY_GEO,       /* regions of the world, and the last mile of each node */
} SimLatencyKind;

typedef struct
{
  SimLatencyKind kind;
  gint64 min_us;
  gint64 max_us;
  double sigma;
} SimLatency;

/* Europe, North America (east, west), South America, East Asia, South Asia, Oceania. */
#define SIM_LATENCY_N_REGIONS 7

/**
 * sim_latency_get_us:
 * @seed: of the world
 *
 * One way. The same for a pair in both directions and for the whole run: it is computed
 * from the names of both and takes no memory.
 */
gint64
sim_latency_get_us (const SimLatency *latency, guint64 seed, guint node_a, guint node_b);

/* Where SIM_LATENCY_GEO puts a node. */
guint sim_latency_get_region (guint64 seed, guint node);
