/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-peers.h"

#include "daemon/engine/engine-fixture.h"

static void
count_cb (GListModel *model,
          guint position,
          guint n_removed,
          guint n_added,
          gpointer data)
{
  int *n = data;

  *n += (int) n_added - (int) n_removed;
}

static void
test_list (EngineFixture *fixture, gconstpointer data)
{
  ShoaldPeers *peers = shoald_engine_get_peers (fixture->engine);
  ShoaldEngine *other = NULL;
  g_autoptr (ShoaldPeer) peer = NULL;
  MeshPeerId *other_id;
  int n = 0;

  g_signal_connect (peers, "items-changed", G_CALLBACK (count_cb), &n);
  other = engine_fixture_start_other (fixture, "download-only");
  test_wait_until (n == 1);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (peers)) == SHOALD_TYPE_PEER);
  peer = g_list_model_get_item (G_LIST_MODEL (peers), 0);
  other_id = mesh_node_get_peer_id (shoald_engine_get_node (other));
  g_assert_true (shoald_peers_find (peers, other_id) == peer);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (peers), 1));
  g_assert_null (shoald_peers_find (
      peers, mesh_node_get_peer_id (shoald_engine_get_node (fixture->engine))));
  engine_fixture_stop (other);
  test_wait_until (n == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shoald/peers/list", EngineFixture, NULL, engine_fixture_set_up, test_list,
              engine_fixture_tear_down);
  return g_test_run ();
}
