/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-client.h"

#include "client-fixture.h"

static void
test_nobody (ClientFixture *self, gconstpointer unused)
{
  guint64 request = client_fixture_request (self, 0), id;

  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_NOT_FOUND);
  g_assert_cmpuint (id, ==, request);
  g_assert_cmpuint (mesh_bitswap_client_get_n_wants (self->client), ==, 0);
}

static void
test_one_want_for_two_requests (ClientFixture *self, gconstpointer unused)
{
  guint64 first, second, id;

  client_fixture_add_peers (self, 1);
  first = client_fixture_request (self, 0);
  second = client_fixture_request (self, 0);
  g_assert_cmpuint (mesh_bitswap_client_get_n_wants (self->client), ==, 1);
  g_assert_cmpuint (client_fixture_tell (self, 1).n_blocks, ==, 1);
  g_assert_cmpint (
      mesh_bitswap_client_handle_block (self->client, 1, self->cids[0], 10, self->now_us),
      ==, MESH_BITSWAP_VERDICT_WANTED);
  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_GOT);
  g_assert_cmpuint (id, ==, first);
  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_GOT);
  g_assert_cmpuint (id, ==, second);
  g_assert_cmpint (client_fixture_next (self, &id), ==, -1);
}

static void
test_cancel (ClientFixture *self, gconstpointer unused)
{
  guint64 first, second;

  client_fixture_add_peers (self, 1);
  first = client_fixture_request (self, 0);
  second = client_fixture_request (self, 0);
  client_fixture_tell (self, 1);
  mesh_bitswap_client_cancel (self->client, first, self->now_us);
  g_assert_cmpuint (client_fixture_tell (self, 1).n_cancels, ==, 0);
  mesh_bitswap_client_cancel (self->client, second, self->now_us);
  g_assert_cmpuint (client_fixture_tell (self, 1).n_cancels, ==, 1);
  g_assert_cmpuint (mesh_bitswap_client_get_n_wants (self->client), ==, 0);
  g_assert_false (mesh_bitswap_client_is_asking (self->client, 1));
}

/* The window holds ten chunks; more of what is smaller. */
static void
test_window (ClientFixture *self, gconstpointer unused)
{
  client_fixture_add_peers (self, 1);
  for (guint i = 0; i < 64; i++)
    client_fixture_request (self, i);
  g_assert_cmpuint (client_fixture_tell (self, 1).n_blocks, ==,
                    MESH_BITSWAP_CLIENT_WINDOW);
  for (guint i = 0; i < 10; i++)
    mesh_bitswap_client_handle_block (self->client, 1, self->cids[i], 1000, self->now_us);
  g_assert_cmpuint (client_fixture_tell (self, 1).n_blocks, >, 15);
}

static void
test_late_blocks_are_unwanted (ClientFixture *self, gconstpointer unused)
{
  MeshBitswapClientStats stats;

  client_fixture_add_peers (self, 2);
  client_fixture_request (self, 0);
  client_fixture_request (self, 1);
  client_fixture_tell (self, 1);
  client_fixture_tell (self, 2);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (
        mesh_bitswap_client_handle_block (self->client, 1, self->cids[0], 10,
                                          self->now_us),
        ==, i == 0 ? MESH_BITSWAP_VERDICT_WANTED : MESH_BITSWAP_VERDICT_UNWANTED);
  g_assert_true (mesh_bitswap_client_get_stats (self->client, 1, &stats));
  g_assert_cmpuint (stats.unwanted_blocks, ==, 2);
  g_assert_cmpuint (stats.blocks, ==, 1);
}

static void
test_lie (ClientFixture *self, gconstpointer unused)
{
  MeshBitswapClientEvent event;
  g_autoptr (GArray) stats = NULL;
  gboolean is_known = FALSE;

  client_fixture_add_peers (self, 1);
  client_fixture_request (self, 0);
  client_fixture_tell (self, 1);
  g_assert_cmpint (
      mesh_bitswap_client_handle_block (self->client, 1, self->cids[9], 10, self->now_us),
      ==, MESH_BITSWAP_VERDICT_BAD);
  while (mesh_bitswap_client_poll_event (self->client, &event))
    is_known |= event.type == MESH_BITSWAP_CLIENT_LIAR && event.peer == 1;
  g_assert_true (is_known);
  g_assert_false (mesh_bitswap_client_is_asking (self->client, 1));
}

/* What was never asked for, from a peer that is asked for nothing: a few are let pass. */
static void
test_unasked (ClientFixture *self, gconstpointer unused)
{
  client_fixture_add_peers (self, 1);
  for (guint i = 0; i < MESH_BITSWAP_CLIENT_MAX_UNASKED; i++)
    g_assert_cmpint (mesh_bitswap_client_handle_block (self->client, 1, self->cids[0], 10,
                                                       self->now_us),
                     ==, MESH_BITSWAP_VERDICT_UNWANTED);
  g_assert_cmpint (
      mesh_bitswap_client_handle_block (self->client, 1, self->cids[0], 10, self->now_us),
      ==, MESH_BITSWAP_VERDICT_BAD);
}

static void
test_bounds (ClientFixture *self, gconstpointer unused)
{
  client_fixture_add_peers (self, MESH_BITSWAP_CLIENT_MAX_PEERS);
  g_assert_false (mesh_bitswap_client_add_peer (self->client, 1 << 20, MESH_BITSWAP_1_2_0,
                                                self->now_us));
  for (guint i = 1; i < MESH_BITSWAP_CLIENT_MAX_SESSIONS; i++)
    g_assert_cmpuint (mesh_bitswap_client_open_session (self->client), !=, 0);
  g_assert_cmpuint (mesh_bitswap_client_open_session (self->client), ==, 0);
  for (guint i = 0; i < MESH_BITSWAP_CLIENT_MAX_REQUESTS; i++)
    client_fixture_request (self, i % 64);
  g_assert_cmpuint (mesh_bitswap_client_request (self->client, self->session,
                                                 self->cids[0], 0, self->now_us),
                    ==, 0);
  mesh_bitswap_client_close_session (self->client, self->session, self->now_us);
  g_assert_cmpuint (mesh_bitswap_client_get_n_wants (self->client), ==, 0);
}

/* A want of two sessions outlives the one that asked first. */
static void
test_inherited (ClientFixture *self, gconstpointer unused)
{
  guint64 other = mesh_bitswap_client_open_session (self->client), request, id;

  client_fixture_add_peers (self, 1);
  client_fixture_request (self, 0);
  request
      = mesh_bitswap_client_request (self->client, other, self->cids[0], 0, self->now_us);
  mesh_bitswap_client_close_session (self->client, self->session, self->now_us);
  g_assert_cmpuint (mesh_bitswap_client_get_n_wants (self->client), ==, 1);
  g_assert_cmpuint (client_fixture_tell (self, 1).n_blocks, ==, 1);
  mesh_bitswap_client_handle_block (self->client, 1, self->cids[0], 10, self->now_us);
  g_assert_cmpint (client_fixture_next (self, &id), ==, MESH_BITSWAP_CLIENT_GOT);
  g_assert_cmpuint (id, ==, request);
}

#define ADD(name, func) \
  g_test_add ("/bitswap/client/" name, ClientFixture, NULL, client_fixture_set_up, func, \
              client_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nobody", test_nobody);
  ADD ("one-want-for-two-requests", test_one_want_for_two_requests);
  ADD ("cancel", test_cancel);
  ADD ("window", test_window);
  ADD ("late-blocks-are-unwanted", test_late_blocks_are_unwanted);
  ADD ("lie", test_lie);
  ADD ("unasked", test_unasked);
  ADD ("bounds", test_bounds);
  ADD ("inherited", test_inherited);
  return g_test_run ();
}
