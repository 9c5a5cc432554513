/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "proxy/shoal-format.h"

#include <locale.h>

#define assert_text(call, expected) \
  G_STMT_START \
  { \
    g_autofree char *text_ = (call); \
    g_assert_cmpstr (text_, ==, (expected)); \
  } \
  G_STMT_END

/* g_format_size puts a no-break space between number and unit. */
#define NB "\302\240"

static void
test_bytes (void)
{
  assert_text (shoal_format_bytes (0), "0 bytes");
  assert_text (shoal_format_bytes (1), "1 byte");
  assert_text (shoal_format_bytes (999), "999 bytes");
  assert_text (shoal_format_bytes (1500), "1.5" NB "kB");
  assert_text (shoal_format_bytes (3700000), "3.7" NB "MB");
  assert_text (shoal_format_bytes (SHOAL_FORMAT_UNKNOWN), "—");
}

static void
test_rate (void)
{
  assert_text (shoal_format_rate (0), "0 bytes/s");
  assert_text (shoal_format_rate (3200000), "3.2" NB "MB/s");
  assert_text (shoal_format_rate (SHOAL_FORMAT_UNKNOWN), "—");
}

static void
test_progress (void)
{
  assert_text (shoal_format_progress (3200000, 10000000), "3.2" NB "MB of 10.0" NB "MB");
  assert_text (shoal_format_progress (3200000, 0), "3.2" NB "MB");
  assert_text (shoal_format_progress (3200000, SHOAL_FORMAT_UNKNOWN), "3.2" NB "MB");
}

static void
test_percent (void)
{
  assert_text (shoal_format_percent (0, 10), "0%");
  assert_text (shoal_format_percent (999, 1000), "99%");
  assert_text (shoal_format_percent (1000, 1000), "100%");
  assert_text (shoal_format_percent (11, 10), "100%");
  assert_text (shoal_format_percent (0, 0), "100%");
  assert_text (shoal_format_percent (G_MAXUINT64 / 2, G_MAXUINT64), "50%");
  assert_text (shoal_format_percent (G_MAXUINT64 - 1, G_MAXUINT64), "99%");
}

static void
test_duration (void)
{
  assert_text (shoal_format_duration (0), "0 s");
  assert_text (shoal_format_duration (59), "59 s");
  assert_text (shoal_format_duration (60), "1 min");
  assert_text (shoal_format_duration (125), "2 min 5 s");
  assert_text (shoal_format_duration (3600), "1 h");
  assert_text (shoal_format_duration (3600 + 59), "1 h");
  assert_text (shoal_format_duration (3 * 3600 + 10 * 60 + 5), "3 h 10 min");
  assert_text (shoal_format_duration (52 * 3600 + 59 * 60), "2 d 4 h");
  assert_text (shoal_format_duration (SHOAL_FORMAT_UNKNOWN), "—");
}

static void
test_eta (void)
{
  g_assert_cmpuint (shoal_format_eta_seconds (0, 100, 30), ==, 4);
  g_assert_cmpuint (shoal_format_eta_seconds (10, 100, 30), ==, 3);
  g_assert_cmpuint (shoal_format_eta_seconds (100, 100, 30), ==, 0);
  g_assert_cmpuint (shoal_format_eta_seconds (200, 100, 30), ==, 0);
  g_assert_cmpuint (shoal_format_eta_seconds (0, 100, 0), ==, SHOAL_FORMAT_UNKNOWN);
  g_assert_cmpuint (shoal_format_eta_seconds (0, 0, 30), ==, SHOAL_FORMAT_UNKNOWN);
  g_assert_cmpuint (shoal_format_eta_seconds (0, G_MAXUINT64 - 1, 1), ==,
                    G_MAXUINT64 - 1);
  assert_text (shoal_format_eta (0, 125, 1), "2 min 5 s left");
  assert_text (shoal_format_eta (0, 125, 0), "");
}

static void
test_latency (void)
{
  assert_text (shoal_format_latency (-1), "—");
  assert_text (shoal_format_latency (300), "0.3 ms");
  assert_text (shoal_format_latency (42000), "42 ms");
  assert_text (shoal_format_latency (1200000), "1.2 s");
}

static void
test_saved (void)
{
  assert_text (shoal_format_saved (9437184, 10485760),
               "9.4" NB "MB of 10.5" NB "MB already here (90%)");
  assert_text (shoal_format_saved (0, 100), "");
  assert_text (shoal_format_saved (10, 0), "");
  assert_text (shoal_format_saved (SHOAL_FORMAT_UNKNOWN, 10), "");
}

static void
test_since (void)
{
  assert_text (shoal_format_since (0, 1000), "never");
  assert_text (shoal_format_since (1000, 1030), "just now");
  assert_text (shoal_format_since (1000, 900), "just now");
  assert_text (shoal_format_since (1000, 1300), "5 min ago");
}

static void
test_short_id (void)
{
  assert_text (shoal_format_short_id ("abc"), "abc");
  assert_text (shoal_format_short_id ("12345678"), "12345678");
  assert_text (shoal_format_short_id ("12D3KooWabcdefgh"), "…abcdefgh");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/format/bytes", test_bytes);
  g_test_add_func ("/app/format/rate", test_rate);
  g_test_add_func ("/app/format/progress", test_progress);
  g_test_add_func ("/app/format/percent", test_percent);
  g_test_add_func ("/app/format/duration", test_duration);
  g_test_add_func ("/app/format/eta", test_eta);
  g_test_add_func ("/app/format/latency", test_latency);
  g_test_add_func ("/app/format/saved", test_saved);
  g_test_add_func ("/app/format/since", test_since);
  g_test_add_func ("/app/format/short-id", test_short_id);
  return g_test_run ();
}
