/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Bytes a second over about the last two seconds, from a counter that is looked at now
 * and then. Pure; a value. */
typedef struct
{
  guint64 last_bytes;
  gint64 last_us; /* 0: not looked at yet */
  double bps;
} ShoaldRate;

/**
 * shoald_rate_sample:
 * @bytes: the counter; one that goes back starts afresh
 * @now_us: monotonic
 *
 * Returns: the rate, 0 after the first look
 */
guint64 shoald_rate_sample (ShoaldRate *rate, guint64 bytes, gint64 now_us);
