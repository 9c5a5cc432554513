/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-pursuit.h"

#include "client-fixture.h"

static void
presence (ClientFixture *self, guint64 peer, guint number, gboolean has)
{
  mesh_bitswap_client_handle_presence (self->client, peer, self->cids[number], has,
                                       self->now_us);
}

/* One is asked for the block, the others whether they have it. */
static void
test_first_want (ClientFixture *self, gconstpointer unused)
{
  guint n_blocks = 0, n_haves = 0;

  client_fixture_add_peers (self, 5);
  client_fixture_request (self, 0);
  for (guint64 peer = 1; peer <= 5; peer++)
    {
      Told told = client_fixture_tell (self, peer);

      n_blocks += told.n_blocks;
      n_haves += told.n_haves;
    }
  g_assert_cmpuint (n_blocks, ==, 1);
  g_assert_cmpuint (n_haves, ==, 4);
}

static void
test_all_lack_it (ClientFixture *self, gconstpointer unused)
{
  guint64 request, id;

  client_fixture_add_peers (self, 40); /* more than one broadcast */
  request = client_fixture_request (self, 0);
  for (guint round = 0; round < 3; round++)
    for (guint64 peer = 1; peer <= 40; peer++)
      {
        Told told = client_fixture_tell (self, peer);

        if (told.n_blocks + told.n_haves > 0)
          presence (self, peer, 0, FALSE);
      }
  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_NOT_FOUND);
  g_assert_cmpuint (id, ==, request);
}

/* A peer that says nothing is left for one that has the block. */
static void
test_stall (ClientFixture *self, gconstpointer unused)
{
  MeshBitswapClientStats stats;
  guint64 silent = 1, other = 2, id;

  client_fixture_add_peers (self, 1);
  client_fixture_request (self, 0);
  g_assert_cmpuint (client_fixture_tell (self, silent).n_blocks, ==, 1);
  g_assert_true (mesh_bitswap_client_add_peer (self->client, other, MESH_BITSWAP_1_2_0,
                                               self->now_us));
  client_fixture_pass (self, G_USEC_PER_SEC);
  g_assert_cmpuint (client_fixture_tell (self, other).n_haves, ==, 1);
  presence (self, other, 0, TRUE);
  client_fixture_pass (self, 4 * G_USEC_PER_SEC);
  g_assert_cmpuint (client_fixture_tell (self, other).n_blocks, ==, 1);
  g_assert_true (mesh_bitswap_client_get_stats (self->client, silent, &stats));
  g_assert_cmpuint (stats.timeouts, ==, 1);
  mesh_bitswap_client_handle_block (self->client, other, self->cids[0], 10, self->now_us);
  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_GOT);
  g_assert_cmpuint (client_fixture_tell (self, silent).n_cancels, ==, 1);
}

/* While bytes come, a slow peer is waited for; a trickle does not count. */
static void
test_slow_peer (ClientFixture *self, gconstpointer unused)
{
  MeshBitswapClientStats stats;
  guint64 id;

  client_fixture_add_peers (self, 1);
  client_fixture_request (self, 0);
  client_fixture_tell (self, 1);
  for (guint i = 0; i < 9; i++)
    {
      client_fixture_pass (self, G_USEC_PER_SEC);
      mesh_bitswap_client_handle_progress (self->client, 1, 20000, self->now_us);
    }
  g_assert_true (mesh_bitswap_client_get_stats (self->client, 1, &stats));
  g_assert_cmpuint (stats.timeouts, ==, 0);
  for (guint i = 0; i < 10; i++)
    {
      client_fixture_pass (self, G_USEC_PER_SEC);
      mesh_bitswap_client_handle_progress (self->client, 1, 100, self->now_us);
    }
  g_assert_true (mesh_bitswap_client_get_stats (self->client, 1, &stats));
  g_assert_cmpuint (stats.timeouts, ==, 1);
  /* late, but good */
  mesh_bitswap_client_handle_block (self->client, 1, self->cids[0], 10, self->now_us);
  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_GOT);
}

static void
test_gives_up (ClientFixture *self, gconstpointer unused)
{
  guint64 id;

  mesh_bitswap_client_set_timeout (self->client, self->session, 7 * G_USEC_PER_SEC);
  client_fixture_add_peers (self, 3);
  client_fixture_request (self, 0);
  client_fixture_pass (self, 6 * G_USEC_PER_SEC);
  g_assert_cmpint (client_fixture_next (self, &id), ==, -1);
  client_fixture_pass (self, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_TIMED_OUT);
}

/* With nothing left to ask for, a slow want is asked of a second holder; whoever is first
 * wins, and the other is told. */
static void
test_end_game (ClientFixture *self, gconstpointer unused)
{
  guint64 first, second, id;

  client_fixture_add_peers (self, 2);
  client_fixture_request (self, 0);
  first = client_fixture_tell (self, 1).n_blocks
          + 2 * client_fixture_tell (self, 2).n_blocks;
  second = 3 - first;
  presence (self, second, 0, TRUE);
  g_assert_cmpuint (client_fixture_tell (self, second).n_blocks, ==, 0);
  client_fixture_pass (self, G_USEC_PER_SEC);
  g_assert_cmpuint (client_fixture_tell (self, second).n_blocks, ==, 1);
  mesh_bitswap_client_handle_block (self->client, second, self->cids[0], 10,
                                    self->now_us);
  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_GOT);
  g_assert_cmpuint (client_fixture_tell (self, first).n_cancels, ==, 1);
  g_assert_cmpuint (client_fixture_tell (self, second).n_cancels, ==, 0);
}

/* A peer without HAVE is asked for the block when nobody better is there. */
static void
test_old_peer (ClientFixture *self, gconstpointer unused)
{
  g_assert_true (
      mesh_bitswap_client_add_peer (self->client, 1, MESH_BITSWAP_1_1_0, self->now_us));
  client_fixture_request (self, 0);
  g_assert_cmpuint (client_fixture_tell (self, 1).n_blocks, ==, 1);
}

/* Peers that had what the session wanted are asked at once, the others no more. */
static void
test_proven_peers (ClientFixture *self, gconstpointer unused)
{
  guint64 holder;
  guint n_blocks = 0;

  client_fixture_add_peers (self, 3);
  for (guint i = 0; i < 4; i++)
    {
      client_fixture_request (self, i);
      for (guint64 peer = 1; peer <= 3; peer++)
        client_fixture_tell (self, peer);
      holder = 2;
      for (guint64 peer = 1; peer <= 3; peer++)
        if (peer != holder)
          presence (self, peer, i, FALSE);
      mesh_bitswap_client_handle_block (self->client, holder, self->cids[i], 10,
                                        self->now_us);
      for (guint64 peer = 1; peer <= 3; peer++)
        client_fixture_tell (self, peer);
    }
  client_fixture_request (self, 10);
  for (guint64 peer = 1; peer <= 3; peer++)
    {
      Told told = client_fixture_tell (self, peer);

      n_blocks += told.n_blocks;
      g_assert_cmpuint (told.n_haves, ==, 0);
      g_assert_cmpuint (told.n_blocks, ==, peer == 2);
    }
  g_assert_cmpuint (n_blocks, ==, 1);
}

#define ADD(name, func) \
  g_test_add ("/bitswap/pursuit/" name, ClientFixture, NULL, client_fixture_set_up, \
              func, client_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("first-want", test_first_want);
  ADD ("all-lack-it", test_all_lack_it);
  ADD ("stall", test_stall);
  ADD ("slow-peer", test_slow_peer);
  ADD ("gives-up", test_gives_up);
  ADD ("end-game", test_end_game);
  ADD ("old-peer", test_old_peer);
  ADD ("proven-peers", test_proven_peers);
  return g_test_run ();
}
