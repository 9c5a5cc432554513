/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "proxy/shoal-format.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define UNKNOWN_TEXT "—"
#define SHORT_ID_CHARS 8

char *
shoal_format_bytes (guint64 n_bytes)
{
  if (n_bytes == SHOAL_FORMAT_UNKNOWN)
    return g_strdup (UNKNOWN_TEXT);
  return g_format_size (n_bytes);
}

char *
shoal_format_rate (guint64 rate_bps)
{
  g_autofree char *size = NULL;

  if (rate_bps == SHOAL_FORMAT_UNKNOWN)
    return g_strdup (UNKNOWN_TEXT);
  size = g_format_size (rate_bps);
  /* Translators: a speed; %s is a size such as "3.2 MB" */
  return g_strdup_printf (_ ("%s/s"), size);
}

char *
shoal_format_progress (guint64 done_bytes, guint64 total_bytes)
{
  g_autofree char *done = shoal_format_bytes (done_bytes);
  g_autofree char *total = NULL;

  if (total_bytes == 0 || total_bytes == SHOAL_FORMAT_UNKNOWN)
    return g_steal_pointer (&done);
  total = shoal_format_bytes (total_bytes);
  /* Translators: how far a transfer is: both %s are sizes such as "3.2 MB" */
  return g_strdup_printf (_ ("%s of %s"), done, total);
}

/* 0…100 without overflow for any pair of numbers. */
static guint
percent_of (guint64 done, guint64 total)
{
  if (done >= total)
    return 100;
  if (total > G_MAXUINT64 / 100)
    return MIN (done / (total / 100), 99);
  return done * 100 / total;
}

char *
shoal_format_percent (guint64 done, guint64 total)
{
  /* Translators: a percentage such as "42%" */
  return g_strdup_printf (_ ("%u%%"), percent_of (done, total));
}

/* One line per unit, so that each is a whole phrase for translators. */
static char *
count_of_unit (guint64 count, guint unit)
{
  switch (unit)
    {
    case 0:
      /* Translators: a number of days, shortened */
      return g_strdup_printf (_ ("%" PRIu64 " d"), count);
    case 1:
      /* Translators: a number of hours, shortened */
      return g_strdup_printf (_ ("%" PRIu64 " h"), count);
    case 2:
      /* Translators: a number of minutes, shortened */
      return g_strdup_printf (_ ("%" PRIu64 " min"), count);
    default:
      /* Translators: a number of seconds, shortened */
      return g_strdup_printf (_ ("%" PRIu64 " s"), count);
    }
}

char *
shoal_format_duration (guint64 seconds)
{
  static const guint64 unit_seconds[] = { 24 * 60 * 60, 60 * 60, 60, 1 };
  guint unit = 0;
  g_autofree char *large = NULL;
  g_autofree char *small = NULL;

  if (seconds == SHOAL_FORMAT_UNKNOWN)
    return g_strdup (UNKNOWN_TEXT);
  while (unit + 1 < G_N_ELEMENTS (unit_seconds) && seconds < unit_seconds[unit])
    unit++;
  large = count_of_unit (seconds / unit_seconds[unit], unit);
  seconds %= unit_seconds[unit];
  if (unit + 1 == G_N_ELEMENTS (unit_seconds) || seconds < unit_seconds[unit + 1])
    return g_steal_pointer (&large);
  small = count_of_unit (seconds / unit_seconds[unit + 1], unit + 1);
  return g_strconcat (large, " ", small, NULL);
}

guint64
shoal_format_eta_seconds (guint64 done_bytes, guint64 total_bytes, guint64 rate_bps)
{
  guint64 left;

  if (total_bytes == 0 || total_bytes == SHOAL_FORMAT_UNKNOWN || rate_bps == 0
      || rate_bps == SHOAL_FORMAT_UNKNOWN)
    return SHOAL_FORMAT_UNKNOWN;
  if (done_bytes >= total_bytes)
    return 0;
  left = total_bytes - done_bytes;
  return left / rate_bps + (left % rate_bps != 0);
}

char *
shoal_format_eta (guint64 done_bytes, guint64 total_bytes, guint64 rate_bps)
{
  guint64 seconds = shoal_format_eta_seconds (done_bytes, total_bytes, rate_bps);
  g_autofree char *duration = NULL;

  if (seconds == SHOAL_FORMAT_UNKNOWN)
    return g_strdup ("");
  duration = shoal_format_duration (seconds);
  /* Translators: %s is a length of time such as "2 min 5 s" */
  return g_strdup_printf (_ ("%s left"), duration);
}

char *
shoal_format_latency (gint64 latency_us)
{
  if (latency_us < 0)
    return g_strdup (UNKNOWN_TEXT);
  if (latency_us < 10 * 1000)
    /* Translators: a delay in milliseconds */
    return g_strdup_printf (_ ("%.1f ms"), latency_us / 1e3);
  if (latency_us < 1000 * 1000)
    /* Translators: a delay in milliseconds */
    return g_strdup_printf (_ ("%.0f ms"), latency_us / 1e3);
  /* Translators: a delay in seconds */
  return g_strdup_printf (_ ("%.1f s"), latency_us / 1e6);
}

char *
shoal_format_saved (guint64 saved_bytes, guint64 total_bytes)
{
  g_autofree char *saved = NULL;
  g_autofree char *total = NULL;

  if (saved_bytes == 0 || saved_bytes == SHOAL_FORMAT_UNKNOWN || total_bytes == 0
      || total_bytes == SHOAL_FORMAT_UNKNOWN)
    return g_strdup ("");
  saved = shoal_format_bytes (saved_bytes);
  total = shoal_format_bytes (total_bytes);
  /* Translators: how much of an update need not be downloaded: size, size, percentage */
  return g_strdup_printf (_ ("%s of %s already here (%u%%)"), saved, total,
                          percent_of (saved_bytes, total_bytes));
}

char *
shoal_format_since (gint64 then_s, gint64 now_s)
{
  g_autofree char *duration = NULL;

  if (then_s <= 0)
    return g_strdup (_ ("never"));
  if (now_s - then_s < 60) /* also a clock that was set back */
    return g_strdup (_ ("just now"));
  duration = shoal_format_duration (now_s - then_s);
  /* Translators: %s is a length of time such as "3 h 10 min" */
  return g_strdup_printf (_ ("%s ago"), duration);
}

char *
shoal_format_short_id (const char *id)
{
  gsize n_chars = g_utf8_strlen (id, -1);

  if (n_chars <= SHORT_ID_CHARS)
    return g_strdup (id);
  return g_strconcat ("…", g_utf8_offset_to_pointer (id, n_chars - SHORT_ID_CHARS), NULL);
}
