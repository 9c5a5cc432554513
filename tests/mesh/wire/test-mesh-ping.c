/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-ping.h"

#include <string.h>

#include "base/mesh-error.h"

static void
test_round_trip (void)
{
  MeshPing ping = { 0 };
  guint8 payload[MESH_PING_BYTES];
  g_autoptr (GError) error = NULL;
  gint64 rtt_us;

  for (gsize piece = 1; piece <= MESH_PING_BYTES; piece++)
    {
      memset (payload, (int) piece, sizeof payload);
      g_assert_cmpuint (mesh_ping_get_wanted (&ping), ==, 0);
      mesh_ping_start (&ping, payload, 1000);
      for (gsize done = 0; done < MESH_PING_BYTES;)
        {
          gsize n = MIN (piece, mesh_ping_get_wanted (&ping));

          g_assert_true (
              mesh_ping_handle_bytes (&ping, payload, n, 3500, &rtt_us, &error));
          done += n;
          g_assert_cmpint (rtt_us, ==, done == MESH_PING_BYTES ? 2500 : -1);
        }
    }
}

static void
test_wrong_bytes (void)
{
  MeshPing ping = { 0 };
  guint8 payload[MESH_PING_BYTES] = { 1, 2, 3 };
  g_autoptr (GError) error = NULL;
  gint64 rtt_us;

  mesh_ping_start (&ping, payload, 0);
  payload[20] = 1;
  g_assert_true (mesh_ping_handle_bytes (&ping, payload, 20, 0, &rtt_us, &error));
  g_assert_false (mesh_ping_handle_bytes (&ping, payload + 20, 1, 0, &rtt_us, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
  g_assert_cmpuint (mesh_ping_get_wanted (&ping), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/ping/round-trip", test_round_trip);
  g_test_add_func ("/wire/ping/wrong-bytes", test_wrong_bytes);
  return g_test_run ();
}
