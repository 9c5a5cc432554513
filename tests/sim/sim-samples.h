/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Many measurements of one thing. */
typedef struct
{
  GArray *values; /* (owned) (element-type double) */
  gboolean is_sorted;
} SimSamples;

void sim_samples_init (SimSamples *samples);
void sim_samples_clear (SimSamples *samples);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimSamples, sim_samples_clear)

void sim_samples_add (SimSamples *samples, double value);
guint sim_samples_get_n (const SimSamples *samples);
/* 0 when there are none. */
double sim_samples_get_mean (const SimSamples *samples);
double sim_samples_get_max (SimSamples *samples);
/* The smallest value that @share of all do not exceed; 0 when there are none. */
double sim_samples_get_quantile (SimSamples *samples, double share);

/* Least squares: y = a + b x. @n at least 2. Returns: R squared. */
double sim_samples_fit (const double *x, const double *y, gsize n, double *a, double *b);
