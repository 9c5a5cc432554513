/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/*
 * Words for sizes, rates and times, for the window and for shoalctl. Every function is
 * pure but for the locale, and returns translated UTF-8 owned by the caller.
 */

/* What a size, rate or time that is not known yet is passed as. */
#define SHOAL_FORMAT_UNKNOWN G_MAXUINT64

/**
 * shoal_format_bytes:
 * @n_bytes: a size, or %SHOAL_FORMAT_UNKNOWN
 *
 * Returns: (transfer full): "812 bytes", "1.5 MB" (powers of 1000), "—" when unknown
 */
char *shoal_format_bytes (guint64 n_bytes) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_rate:
 * @rate_bps: bytes per second, or %SHOAL_FORMAT_UNKNOWN
 *
 * Returns: (transfer full): "3.2 MB/s", "—" when unknown
 */
char *shoal_format_rate (guint64 rate_bps) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_progress:
 * @done_bytes: bytes done so far
 * @total_bytes: bytes in all, or 0 or %SHOAL_FORMAT_UNKNOWN
 *
 * Returns: (transfer full): "3.2 MB of 10.0 MB", or "3.2 MB" without a total
 */
char *
shoal_format_progress (guint64 done_bytes, guint64 total_bytes) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_percent:
 * @done: the part
 * @total: the whole; 0 counts as all done
 *
 * Rounds down, so that "100%" is said only when it is so.
 *
 * Returns: (transfer full): "42%"
 */
char *shoal_format_percent (guint64 done, guint64 total) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_duration:
 * @seconds: a length of time, or %SHOAL_FORMAT_UNKNOWN
 *
 * Returns: (transfer full): at most two units: "45 s", "2 min 5 s", "3 h 10 min",
 *   "2 d 4 h"; "—" when unknown
 */
char *shoal_format_duration (guint64 seconds) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_eta_seconds:
 * @done_bytes: bytes done so far
 * @total_bytes: bytes in all, or 0 or %SHOAL_FORMAT_UNKNOWN
 * @rate_bps: bytes per second
 *
 * Returns: seconds left, rounded up, or %SHOAL_FORMAT_UNKNOWN when the total is not
 *   known or nothing moves
 */
guint64
shoal_format_eta_seconds (guint64 done_bytes, guint64 total_bytes, guint64 rate_bps);

/**
 * shoal_format_eta:
 * @done_bytes: bytes done so far
 * @total_bytes: bytes in all, or 0 or %SHOAL_FORMAT_UNKNOWN
 * @rate_bps: bytes per second
 *
 * Returns: (transfer full): "2 min 5 s left", or "" when it cannot be said
 */
char *shoal_format_eta (guint64 done_bytes,
                        guint64 total_bytes,
                        guint64 rate_bps) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_latency:
 * @latency_us: microseconds, or a negative number when not measured
 *
 * Returns: (transfer full): "0.3 ms", "42 ms", "1.2 s", "—" when not measured
 */
char *shoal_format_latency (gint64 latency_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_saved:
 * @saved_bytes: bytes that need no download
 * @total_bytes: size of the whole release
 *
 * Returns: (transfer full): "9.4 MB of 10.5 MB already here (89%)", or "" when nothing
 *   is saved
 */
char *
shoal_format_saved (guint64 saved_bytes, guint64 total_bytes) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_since:
 * @then_s: a moment in seconds of the Unix epoch; 0: never
 * @now_s: the present moment on the same clock
 *
 * Returns: (transfer full): "just now", "5 min ago", "3 h 10 min ago", "never"
 */
char *shoal_format_since (gint64 then_s, gint64 now_s) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_format_short_id:
 * @id: a peer id or CID
 *
 * Returns: (transfer full): the last eight characters after "…", or @id when it is not
 *   longer than that; the tail, because all Ed25519 peer ids begin alike
 */
char *shoal_format_short_id (const char *id) G_GNUC_WARN_UNUSED_RESULT;
