/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-meter.h"

static void
test_latency (void)
{
  MeshBitswapMeter meter;

  mesh_bitswap_meter_init (&meter);
  mesh_bitswap_meter_note_latency (&meter, 80000);
  g_assert_cmpint (meter.latency_us, ==, 80000);
  for (guint i = 0; i < 100; i++)
    mesh_bitswap_meter_note_latency (&meter, 20000);
  g_assert_cmpint (meter.latency_us, <, 21000);
  g_assert_cmpint (meter.latency_us, >=, 20000);
  g_assert_cmpint (meter.latency_var_us, <, 2000);
}

/* Ten megabytes a second, in blocks, with long pauses that must not count. */
static void
test_rate_ignores_idle_time (void)
{
  MeshBitswapMeter meter;
  gint64 now_us = 0;

  mesh_bitswap_meter_init (&meter);
  for (guint round = 0; round < 20; round++)
    {
      mesh_bitswap_meter_begin (&meter, now_us);
      for (guint i = 0; i < 10; i++)
        {
          now_us += 100000;
          mesh_bitswap_meter_note_bytes (&meter, 1000000, i == 9, now_us);
        }
      now_us += 60 * G_USEC_PER_SEC;
    }
  g_assert_cmpuint (meter.rate_bps, >, 9900000);
  g_assert_cmpuint (meter.rate_bps, <, 10100000);
}

static void
test_estimate (void)
{
  MeshBitswapMeter meter;

  mesh_bitswap_meter_init (&meter);
  g_assert_cmpint (mesh_bitswap_meter_estimate_us (&meter, 1000, 1000), ==,
                   G_USEC_PER_SEC);
  meter.latency_us = 5;
  meter.rate_bps = 2000;
  g_assert_cmpint (mesh_bitswap_meter_estimate_us (&meter, 1000, 1), ==,
                   G_USEC_PER_SEC / 2 + 5);
  g_assert_cmpint (mesh_bitswap_meter_estimate_us (&meter, G_MAXUINT64, 1), ==,
                   G_GINT64_CONSTANT (600) * G_USEC_PER_SEC);
}

static void
test_slow_down (void)
{
  MeshBitswapMeter meter;

  mesh_bitswap_meter_init (&meter);
  mesh_bitswap_meter_slow_down (&meter);
  g_assert_cmpuint (meter.rate_bps, ==, 64 << 10);
  for (guint i = 0; i < 100; i++)
    mesh_bitswap_meter_slow_down (&meter);
  g_assert_cmpuint (meter.rate_bps, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/meter/latency", test_latency);
  g_test_add_func ("/bitswap/meter/rate-ignores-idle-time", test_rate_ignores_idle_time);
  g_test_add_func ("/bitswap/meter/estimate", test_estimate);
  g_test_add_func ("/bitswap/meter/slow-down", test_slow_down);
  return g_test_run ();
}
