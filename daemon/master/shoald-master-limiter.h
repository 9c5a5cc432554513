/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* How much one network address may ask for: requests in flight, and publishing at a rate.
 * An IPv6 address counts by its /64, which is what one customer gets. Pure: time is
 * passed in. */

#define SHOALD_MASTER_LIMITER_MAX_ADDRESSES \
  4096                                   /* idle ones are forgotten, oldest first */
#define SHOALD_MASTER_LIMITER_BURST 10   /* publications at once */
#define SHOALD_MASTER_LIMITER_REFILL_S 6 /* seconds for one more */

typedef struct ShoaldMasterLimiter ShoaldMasterLimiter;

/**
 * shoald_master_limiter_new:
 * @max_in_flight: requests of one address at once
 */
ShoaldMasterLimiter *
shoald_master_limiter_new (guint max_in_flight) G_GNUC_WARN_UNUSED_RESULT;
void shoald_master_limiter_free (ShoaldMasterLimiter *limiter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterLimiter, shoald_master_limiter_free)

/**
 * shoald_master_limiter_enter:
 * @address: numeric IPv4 or IPv6
 *
 * Returns: %FALSE when @address has too much in flight or too many addresses do; else
 *   shoald_master_limiter_leave() must follow
 */
gboolean shoald_master_limiter_enter (ShoaldMasterLimiter *limiter,
                                      const char *address) G_GNUC_WARN_UNUSED_RESULT;
void shoald_master_limiter_leave (ShoaldMasterLimiter *limiter, const char *address);

/**
 * shoald_master_limiter_take:
 * @address: one that has entered
 * @retry_after_s: (out): seconds until it may publish again
 *
 * Returns: whether @address may publish once now
 */
gboolean shoald_master_limiter_take (ShoaldMasterLimiter *limiter,
                                     const char *address,
                                     gint64 now_us,
                                     guint *retry_after_s) G_GNUC_WARN_UNUSED_RESULT;

guint shoald_master_limiter_get_n_in_flight (ShoaldMasterLimiter *limiter);
