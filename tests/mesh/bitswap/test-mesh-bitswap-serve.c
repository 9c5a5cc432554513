/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-serve.h"

#include "base/mesh-error.h"
#include "swap-node.h"

static void
fetch_and_expect (SwapNode *node, MeshCid *root, MeshError code)
{
  g_autoptr (MeshBitswapSession) session = mesh_bitswap_session_new (node->bitswap, root);
  g_autoptr (GError) error = NULL;

  g_assert_false (swap_fetch (node, MESH_BLOCK_SOURCE (session), root, 0, 0, &error));
  g_assert_error (error, MESH_ERROR, (int) code);
}

static void
test_only_shared_content_is_served (void)
{
  g_autoptr (MeshCid) shared = NULL;
  g_autoptr (MeshCid) unshared = NULL;
  g_autoptr (GError) error = NULL;
  SwapNode a, b;

  swap_node_init (&a, 1, NULL);
  swap_node_init (&b, 2, NULL);
  shared = swap_add (&a, 1, 3000, TRUE);
  unshared = swap_add (&a, 2, 3000, FALSE);
  fetch_and_expect (&b, shared, MESH_ERROR_NOT_FOUND); /* nobody is connected */
  swap_connect (&b, &a.net);
  fetch_and_expect (&b, shared, MESH_ERROR_NOT_FOUND); /* not serving */
  mesh_bitswap_set_serving (a.bitswap, TRUE);
  fetch_and_expect (&b, unshared, MESH_ERROR_NOT_FOUND);
  {
    g_autoptr (MeshBitswapSession) session = mesh_bitswap_session_new (b.bitswap, shared);

    swap_fetch (&b, MESH_BLOCK_SOURCE (session), shared, 1, 3000, &error);
    g_assert_no_error (error);
  }
  mesh_bitswap_set_serving (a.bitswap, FALSE);
  fetch_and_expect (&b, unshared, MESH_ERROR_NOT_FOUND);
  swap_node_clear (&a);
  swap_node_clear (&b);
}

static void
test_wanted_before_it_was_there (void)
{
  g_autoptr (GBytes) bytes = fixture_bytes (9, 5000);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);
  g_autoptr (MeshCid) stored = NULL;
  g_autoptr (GError) error = NULL;
  SwapNode node;
  SwapFake early;
  MeshBitswapMessage *msg = mesh_bitswap_message_new ();

  swap_node_init (&node, 1, NULL);
  swap_fake_init (&early, 2, FALSE);
  mesh_bitswap_set_serving (node.bitswap, TRUE);
  g_object_unref (net_test_connect (&early.net, &node.net, NULL));
  mesh_bitswap_message_add_entry (msg, cid, 1, MESH_BITSWAP_WANT_BLOCK, FALSE, TRUE);
  swap_fake_send (&early, mesh_host_get_peer_id (node.net.host), msg);
  net_test_wait (early.n_dont_haves == 1);
  stored = fixture_put_new (node.disk.store, 9, 5000);
  {
    FIXTURE_RUN (result, mesh_store_set_shared_async, node.disk.store, stored, TRUE,
                 NULL);
    g_assert_true (mesh_store_set_shared_finish (node.disk.store, result, &error));
  }
  mesh_bitswap_notify_shared (node.bitswap, stored);
  net_test_wait (early.n_blocks == 1);
  swap_fake_clear (&early);
  swap_node_clear (&node);
}

static void
test_rate_limit (void)
{
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (MeshBitswapSession) session = NULL;
  g_autoptr (GError) error = NULL;
  SwapNode a, b;
  gint64 start_us;

  swap_node_init (&a, 1, NULL);
  swap_node_init (&b, 2, NULL);
  mesh_bitswap_set_serving (a.bitswap, TRUE);
  mesh_bitswap_set_rate_limits (a.bitswap, 8 << 20, 0);
  root = swap_add (&a, 3, 12 << 20, TRUE);
  swap_connect (&b, &a.net);
  session = mesh_bitswap_session_new (b.bitswap, root);
  start_us = g_get_monotonic_time ();
  swap_fetch (&b, MESH_BLOCK_SOURCE (session), root, 3, 12 << 20, &error);
  g_assert_no_error (error);
  /* 4 MiB at once, 8 MiB in a second; a quarter off for the burst at the end */
  g_assert_cmpint (g_get_monotonic_time () - start_us, >, 750 * 1000);
  g_clear_object (&session);
  swap_node_clear (&a);
  swap_node_clear (&b);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/serve/only-shared-content-is-served",
                   test_only_shared_content_is_served);
  g_test_add_func ("/bitswap/serve/wanted-before-it-was-there",
                   test_wanted_before_it_was_there);
  g_test_add_func ("/bitswap/serve/rate-limit", test_rate_limit);
  return g_test_run ();
}
