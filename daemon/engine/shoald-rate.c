/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-rate.h"

#define WINDOW_US (2.0 * G_USEC_PER_SEC)
/* Looks closer together than this say nothing. */
#define MIN_STEP_US 50000

guint64
shoald_rate_sample (ShoaldRate *rate, guint64 bytes, gint64 now_us)
{
  gint64 step_us = now_us - rate->last_us;
  double step_bps;
  double weight;

  if (rate->last_us == 0 || bytes < rate->last_bytes)
    {
      *rate = (ShoaldRate){ .last_bytes = bytes, .last_us = MAX (now_us, 1) };
      return 0;
    }
  if (step_us < MIN_STEP_US)
    return (guint64) rate->bps;
  step_bps = (double) (bytes - rate->last_bytes) * G_USEC_PER_SEC / (double) step_us;
  weight = MIN (1.0, (double) step_us / WINDOW_US);
  rate->bps = rate->bps * (1.0 - weight) + step_bps * weight;
  if (rate->bps < 1.0)
    rate->bps = 0;
  rate->last_bytes = bytes;
  rate->last_us = now_us;
  return (guint64) rate->bps;
}
