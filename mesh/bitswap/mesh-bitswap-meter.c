/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-meter.h"

#define MAX_ESTIMATE_US (600 * G_USEC_PER_SEC)
/* What a peer is taken for that has only let time pass. */
#define SLOW_BPS (64u << 10)

void
mesh_bitswap_meter_init (MeshBitswapMeter *meter)
{
  *meter = (MeshBitswapMeter){ .busy_since_us = -1 };
}

void
mesh_bitswap_meter_note_latency (MeshBitswapMeter *meter, gint64 elapsed_us)
{
  gint64 sample = MAX (elapsed_us, 1);

  if (meter->latency_us == 0)
    {
      meter->latency_us = sample;
      meter->latency_var_us = sample / 2;
      return;
    }
  meter->latency_var_us += (ABS (meter->latency_us - sample) - meter->latency_var_us) / 4;
  meter->latency_us = MAX (meter->latency_us + (sample - meter->latency_us) / 8, 1);
}

void
mesh_bitswap_meter_begin (MeshBitswapMeter *meter, gint64 now_us)
{
  if (meter->busy_since_us >= 0)
    return;
  meter->busy_since_us = now_us;
  meter->busy_bytes = 0;
}

void
mesh_bitswap_meter_note_bytes (MeshBitswapMeter *meter,
                               gsize len,
                               gboolean is_idle,
                               gint64 now_us)
{
  gint64 elapsed_us;

  if (meter->busy_since_us < 0)
    return;
  meter->busy_bytes += len;
  elapsed_us = now_us - meter->busy_since_us;
  if (elapsed_us >= MESH_BITSWAP_METER_SAMPLE_US || is_idle)
    {
      gint64 span_us = MAX (elapsed_us, 1);
      guint64 sample = meter->busy_bytes * G_USEC_PER_SEC / (guint64) span_us;

      /* A short burst says little: it moves the average in proportion to its span. */
      if (meter->rate_bps == 0)
        meter->rate_bps = MAX (sample, 1);
      else
        {
          /* in 1/64ths: a quarter for a whole sample or more */
          gint64 weight = CLAMP (16 * span_us / MESH_BITSWAP_METER_SAMPLE_US, 1, 16);
          gint64 diff = (gint64) sample - (gint64) meter->rate_bps;

          meter->rate_bps = (guint64) ((gint64) meter->rate_bps + diff / 64 * weight);
          meter->rate_bps = MAX (meter->rate_bps, 1);
        }
      meter->busy_since_us = is_idle ? -1 : now_us;
      meter->busy_bytes = 0;
    }
}

void
mesh_bitswap_meter_end (MeshBitswapMeter *meter)
{
  meter->busy_since_us = -1;
  meter->busy_bytes = 0;
}

void
mesh_bitswap_meter_slow_down (MeshBitswapMeter *meter)
{
  if (meter->rate_bps == 0)
    meter->rate_bps = SLOW_BPS;
  else
    meter->rate_bps = MAX (meter->rate_bps / 2, 1);
}

gint64
mesh_bitswap_meter_estimate_us (const MeshBitswapMeter *meter,
                                guint64 bytes,
                                guint64 default_bps)
{
  guint64 rate = MAX (meter->rate_bps > 0 ? meter->rate_bps : default_bps, 1);
  guint64 seconds = bytes / rate;

  if (seconds >= 600)
    return MAX_ESTIMATE_US;
  return MIN (
      meter->latency_us
          + (gint64) (seconds * G_USEC_PER_SEC + bytes % rate * G_USEC_PER_SEC / rate),
      MAX_ESTIMATE_US);
}
