/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-throttle.h"

#include "daemon/test-wait.h"

static gboolean
count_cb (gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
  return G_SOURCE_REMOVE;
}

static void
test_first_at_once (void)
{
  ShoaldThrottle throttle;
  guint n = 0;

  shoald_throttle_init (&throttle, count_cb, &n);
  shoald_throttle_poke (&throttle);
  g_assert_cmpuint (n, ==, 1);
  shoald_throttle_poke (&throttle);
  shoald_throttle_poke (&throttle);
  g_assert_cmpuint (n, ==, 1);
  test_wait_until (n == 2);
  shoald_throttle_clear (&throttle);
}

/* A second of pokes gives at most five calls: one at the start, then four a second. */
static void
test_bound (void)
{
  ShoaldThrottle throttle;
  gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC;
  guint n = 0;

  shoald_throttle_init (&throttle, count_cb, &n);
  while (g_get_monotonic_time () < end_us)
    {
      shoald_throttle_poke (&throttle);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (n, <=, 5);
  shoald_throttle_clear (&throttle);
}

static void
test_flush (void)
{
  ShoaldThrottle throttle;
  guint n = 0;

  shoald_throttle_init (&throttle, count_cb, &n);
  shoald_throttle_poke (&throttle);
  shoald_throttle_poke (&throttle);
  shoald_throttle_flush (&throttle);
  g_assert_cmpuint (n, ==, 2);
  /* The call that waited is done with. */
  g_assert_cmpuint (throttle.timer_id, ==, 0);
}

static void
test_clear (void)
{
  ShoaldThrottle throttle;
  gint64 end_us;
  guint n = 0;

  shoald_throttle_init (&throttle, count_cb, &n);
  shoald_throttle_poke (&throttle);
  shoald_throttle_poke (&throttle);
  shoald_throttle_clear (&throttle);
  end_us = g_get_monotonic_time () + 2 * SHOALD_THROTTLE_MS * 1000;
  test_wait_until (g_get_monotonic_time () > end_us);
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/throttle/first-at-once", test_first_at_once);
  g_test_add_func ("/shoald/throttle/bound", test_bound);
  g_test_add_func ("/shoald/throttle/flush", test_flush);
  g_test_add_func ("/shoald/throttle/clear", test_clear);
  return g_test_run ();
}
