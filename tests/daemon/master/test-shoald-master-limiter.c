/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-limiter.h"

#define SECOND G_USEC_PER_SEC

static void
test_in_flight (void)
{
  g_autoptr (ShoaldMasterLimiter) limiter = shoald_master_limiter_new (2);

  g_assert_true (shoald_master_limiter_enter (limiter, "192.0.2.1"));
  g_assert_true (shoald_master_limiter_enter (limiter, "192.0.2.1"));
  g_assert_false (shoald_master_limiter_enter (limiter, "192.0.2.1"));
  g_assert_true (shoald_master_limiter_enter (limiter, "192.0.2.2"));
  g_assert_cmpuint (shoald_master_limiter_get_n_in_flight (limiter), ==, 3);
  shoald_master_limiter_leave (limiter, "192.0.2.1");
  g_assert_true (shoald_master_limiter_enter (limiter, "192.0.2.1"));
}

/* One customer is one /64; the same IPv4 host is the same in both notations. */
static void
test_networks (void)
{
  g_autoptr (ShoaldMasterLimiter) limiter = shoald_master_limiter_new (1);

  g_assert_true (shoald_master_limiter_enter (limiter, "2001:db8:1:2:3::4"));
  g_assert_false (shoald_master_limiter_enter (limiter, "2001:db8:1:2:ffff::1"));
  g_assert_true (shoald_master_limiter_enter (limiter, "2001:db8:1:3::4"));
  g_assert_true (shoald_master_limiter_enter (limiter, "::ffff:192.0.2.7"));
  g_assert_false (shoald_master_limiter_enter (limiter, "192.0.2.7"));
}

static void
test_rate (void)
{
  g_autoptr (ShoaldMasterLimiter) limiter = shoald_master_limiter_new (1);
  const gint64 start_us = 1000 * SECOND;
  guint retry_s = 99;

  g_assert_true (shoald_master_limiter_enter (limiter, "192.0.2.1"));
  for (guint i = 0; i < SHOALD_MASTER_LIMITER_BURST; i++)
    g_assert_true (shoald_master_limiter_take (limiter, "192.0.2.1", start_us, &retry_s));
  g_assert_cmpuint (retry_s, ==, 0);
  g_assert_false (shoald_master_limiter_take (limiter, "192.0.2.1", start_us, &retry_s));
  g_assert_cmpuint (retry_s, ==, SHOALD_MASTER_LIMITER_REFILL_S);
  g_assert_false (
      shoald_master_limiter_take (limiter, "192.0.2.1", start_us + 2 * SECOND, &retry_s));
  g_assert_cmpuint (retry_s, ==, SHOALD_MASTER_LIMITER_REFILL_S - 2);
  g_assert_true (shoald_master_limiter_take (
      limiter, "192.0.2.1", start_us + SHOALD_MASTER_LIMITER_REFILL_S * SECOND,
      &retry_s));
  g_assert_false (shoald_master_limiter_take (
      limiter, "192.0.2.1", start_us + SHOALD_MASTER_LIMITER_REFILL_S * SECOND,
      &retry_s));
}

static char *
nth_address (guint i)
{
  return g_strdup_printf ("10.%u.%u.%u", (i >> 16) & 255, (i >> 8) & 255, i & 255);
}

/* The table is bounded: idle addresses make room, busy ones do not. */
static void
test_bound (void)
{
  g_autoptr (ShoaldMasterLimiter) limiter = shoald_master_limiter_new (1);

  for (guint i = 0; i < 3 * SHOALD_MASTER_LIMITER_MAX_ADDRESSES; i++)
    {
      g_autofree char *address = nth_address (i);

      g_assert_true (shoald_master_limiter_enter (limiter, address));
      shoald_master_limiter_leave (limiter, address);
    }
  for (guint i = 0; i < SHOALD_MASTER_LIMITER_MAX_ADDRESSES; i++)
    {
      g_autofree char *address = nth_address (i);

      g_assert_true (shoald_master_limiter_enter (limiter, address));
    }
  g_assert_false (shoald_master_limiter_enter (limiter, "192.0.2.1"));
  shoald_master_limiter_leave (limiter, "10.0.0.0");
  g_assert_true (shoald_master_limiter_enter (limiter, "192.0.2.1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/master/limiter/in-flight", test_in_flight);
  g_test_add_func ("/master/limiter/networks", test_networks);
  g_test_add_func ("/master/limiter/rate", test_rate);
  g_test_add_func ("/master/limiter/bound", test_bound);
  return g_test_run ();
}
