/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-rate.h"

#define S G_USEC_PER_SEC

static void
test_steady (void)
{
  ShoaldRate rate = { 0 };
  guint64 bps = 0;

  g_assert_cmpuint (shoald_rate_sample (&rate, 0, 0), ==, 0);
  for (gint64 i = 1; i <= 20; i++)
    bps = shoald_rate_sample (&rate, (guint64) i * 1000, i * S);
  g_assert_cmpuint (bps, >=, 990);
  g_assert_cmpuint (bps, <=, 1000);
}

/* A transfer that stalls is at zero soon. */
static void
test_stall (void)
{
  ShoaldRate rate = { 0 };
  guint64 bps = 0;

  (void) shoald_rate_sample (&rate, 0, S);
  bps = shoald_rate_sample (&rate, 100000000, 3 * S);
  g_assert_cmpuint (bps, ==, 50000000);
  for (gint64 i = 4; i < 40; i++)
    bps = shoald_rate_sample (&rate, 100000000, i * S);
  g_assert_cmpuint (bps, ==, 0);
}

static void
test_odd_clocks (void)
{
  ShoaldRate rate = { 0 };

  (void) shoald_rate_sample (&rate, 10, S);
  /* Twice at the same time: no division by nothing. */
  g_assert_cmpuint (shoald_rate_sample (&rate, 1000, S), ==, 0);
  (void) shoald_rate_sample (&rate, 2000, 2 * S);
  /* A counter that goes back starts afresh. */
  g_assert_cmpuint (shoald_rate_sample (&rate, 5, 3 * S), ==, 0);
  g_assert_cmpuint (shoald_rate_sample (&rate, 2005, 5 * S), ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/rate/steady", test_steady);
  g_test_add_func ("/shoald/rate/stall", test_stall);
  g_test_add_func ("/shoald/rate/odd-clocks", test_odd_clocks);
  return g_test_run ();
}
