/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-peer.h"

#include "daemon/engine/engine-fixture.h"

static ShoaldPeer *
dup_first (ShoaldEngine *engine)
{
  return g_list_model_get_item (G_LIST_MODEL (shoald_engine_get_peers (engine)), 0);
}

static void
test_both_sides (EngineFixture *fixture, gconstpointer data)
{
  g_autofree char *address = engine_fixture_dup_address (fixture->engine);
  ShoaldEngine *other = engine_fixture_start_other (fixture, "download-only");
  g_autoptr (ShoaldPeer) seen = NULL;   /* the fixture, by other */
  g_autoptr (ShoaldPeer) caller = NULL; /* other, by the fixture */
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;

  test_wait_until ((seen = dup_first (other)) != NULL);
  test_wait_until ((caller = dup_first (fixture->engine)) != NULL);
  test_wait_until (*shoald_peer_get_agent (seen) != '\0');
  test_wait_until (shoald_peer_get_latency_ms (seen) >= 0);
  g_assert_cmpstr (shoald_peer_get_agent (seen), ==, "shoal/" PACKAGE_VERSION);
  g_assert_true (
      g_strv_contains (shoald_peer_get_protocols (seen), "/ipfs/bitswap/1.2.0"));
  g_assert_cmpstr (shoald_peer_get_direction (seen), ==, "outbound");
  g_assert_cmpstr (shoald_peer_get_direction (caller), ==, "inbound");
  g_assert_cmpstr (shoald_peer_get_transport (seen), ==, "tcp");
  g_assert_true (g_str_has_prefix (address, shoald_peer_get_address (seen)));
  g_assert_true (shoald_peer_is_bootstrap (seen));
  g_assert_false (shoald_peer_is_bootstrap (caller));
  g_assert_cmpint (ABS (shoald_peer_get_since_s (seen) - now_s), <=, 30);
  test_wait_until (shoald_peer_get_bytes_up (seen) > 0
                   && shoald_peer_get_bytes_down (seen) > 0);
  engine_fixture_stop (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/peer/both-sides", EngineFixture, NULL, engine_fixture_set_up,
              test_both_sides, engine_fixture_tear_down);
  return g_test_run ();
}
