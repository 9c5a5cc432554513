/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "base/mesh-rng.h"

/* The distributions of a simulation, drawn from a seeded MeshRng. */

/* In [0, 1). */
double sim_random_unit (MeshRng *rng);
gint64 sim_random_between (MeshRng *rng, gint64 min, gint64 max);
gboolean sim_random_chance (MeshRng *rng, double probability);
double sim_random_normal (MeshRng *rng);
double sim_random_exponential (MeshRng *rng, double mean);
/* exp (normal (ln median, sigma)) */
double sim_random_lognormal (MeshRng *rng, double median, double sigma);
double sim_random_weibull (MeshRng *rng, double shape, double scale);

/* With scale 1; @shape at least 1. */
double sim_random_gamma (MeshRng *rng, double shape);

/* A good 64-bit mix of one number (splitmix64): for draws that depend on a name and not
 * on how many were drawn before, such as the length of the road between two nodes. */
guint64 sim_random_mix (guint64 value);

/* Shuffles @n guints. */
void sim_random_shuffle (MeshRng *rng, guint *items, gsize n);
