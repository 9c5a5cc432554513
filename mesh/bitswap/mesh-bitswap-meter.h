/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* How fast one peer answers: a caller-owned value. Latency and its variation are smoothed
 * as RFC 6298 does it; the rate is bytes over the time in which something was asked of
 * the peer, so that idle time does not make it look slow. */
typedef struct
{
  gint64 latency_us;     /* smoothed; 0: unknown */
  gint64 latency_var_us; /* smoothed mean deviation */
  guint64 rate_bps;      /* smoothed bytes a second; 0: unknown */
  gint64 busy_since_us;  /* -1 while nothing is asked */
  guint64 busy_bytes;    /* came since the last sample */
} MeshBitswapMeter;

/* A sample of the rate spans at least this time, or ends with the last answer. */
#define MESH_BITSWAP_METER_SAMPLE_US (50 * 1000)

void mesh_bitswap_meter_init (MeshBitswapMeter *meter);

void mesh_bitswap_meter_note_latency (MeshBitswapMeter *meter, gint64 elapsed_us);

/**
 * mesh_bitswap_meter_begin:
 *
 * Something is asked of the peer now. Does nothing when something was already.
 */
void mesh_bitswap_meter_begin (MeshBitswapMeter *meter, gint64 now_us);

/**
 * mesh_bitswap_meter_note_bytes:
 * @is_idle: nothing more is asked of the peer
 */
void mesh_bitswap_meter_note_bytes (MeshBitswapMeter *meter,
                                    gsize len,
                                    gboolean is_idle,
                                    gint64 now_us);

/**
 * mesh_bitswap_meter_end:
 *
 * Nothing is asked any more, and nothing came. What was measured is kept.
 */
void mesh_bitswap_meter_end (MeshBitswapMeter *meter);

/**
 * mesh_bitswap_meter_slow_down:
 *
 * The peer did not answer in time: its rate counts half, or as slow if unknown.
 */
void mesh_bitswap_meter_slow_down (MeshBitswapMeter *meter);

/**
 * mesh_bitswap_meter_estimate_us:
 * @bytes: asked of the peer in all
 * @default_bps: rate to assume while the peer's is unknown
 *
 * Returns: when the last of @bytes will be here, from now; at most 10 minutes
 */
gint64 mesh_bitswap_meter_estimate_us (const MeshBitswapMeter *meter,
                                       guint64 bytes,
                                       guint64 default_bps);
