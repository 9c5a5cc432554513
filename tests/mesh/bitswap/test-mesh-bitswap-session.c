/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-session.h"

#include "base/mesh-error.h"
#include "swap-node.h"

static MeshCid *
made_up_cid (guint number)
{
  guint8 digest[32] = { 0xff };

  memcpy (digest + 1, &number, sizeof number);
  return mesh_cid_new_v1 (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, digest, 32);
}

static void
test_fetch (void)
{
  static const gsize sizes[]
      = { 0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3879731, 40 << 20 };
  SwapNode a, b;

  swap_node_init (&a, 1, NULL);
  swap_node_init (&b, 2, NULL);
  mesh_bitswap_set_serving (a.bitswap, TRUE);
  swap_connect (&b, &a.net);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MeshCid) root = swap_add (&a, i, sizes[i], TRUE);
      g_autoptr (MeshBitswapSession) session = mesh_bitswap_session_new (b.bitswap, root);
      g_autoptr (GPtrArray) stats = NULL;
      g_autoptr (GError) error = NULL;
      MeshBitswapPeerStats *row;

      swap_fetch (&b, MESH_BLOCK_SOURCE (session), root, i, sizes[i], &error);
      g_assert_no_error (error);
      g_assert_true (mesh_store_has (b.disk.store, root));
      stats = mesh_bitswap_session_get_peer_stats (session);
      g_assert_cmpuint (stats->len, ==, 1);
      row = g_ptr_array_index (stats, 0);
      g_assert_cmpuint (row->bytes_received, >=, sizes[i]);
      g_assert_cmpuint (row->bad_blocks, ==, 0);
      g_assert_cmpuint (row->timeouts, ==, 0);
    }
  g_assert_cmpuint (a.bitswap->receive_bytes, ==, 0);
  net_test_wait (b.bitswap->receive_bytes == 0);
  net_test_wait (mesh_bitswap_server_get_in_flight (a.bitswap->server) == 0);
  swap_node_clear (&a);
  swap_node_clear (&b);
}

static void
test_cancel_and_stop (void)
{
  g_autoptr (MeshCid) cid = made_up_cid (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;
  SwapNode user;
  SwapFake staller;
  MeshBitswapSession *session;

  swap_node_init (&user, 1, NULL);
  swap_fake_init (&staller, 2, FALSE);
  swap_connect (&user, &staller.net);
  session = mesh_bitswap_session_new (user.bitswap, NULL);
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (session), cid, 0, cancellable,
                               net_test_result_cb, &cancelled);
  mesh_block_source_get_async (MESH_BLOCK_SOURCE (session), cid, 0, NULL,
                               net_test_result_cb, &stopped);
  net_test_wait (staller.n_messages > 0);
  g_cancellable_cancel (cancellable);
  net_test_wait (cancelled != NULL);
  g_assert_null (
      mesh_block_source_get_finish (MESH_BLOCK_SOURCE (session), cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (stopped);
  {
    FIXTURE_RUN (result, mesh_bitswap_stop_async, user.bitswap);
    g_assert_true (mesh_bitswap_stop_finish (user.bitswap, result, NULL));
  }
  net_test_wait (stopped != NULL);
  g_assert_null (
      mesh_block_source_get_finish (MESH_BLOCK_SOURCE (session), stopped, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_CLOSED);
  g_clear_object (&cancelled);
  g_clear_object (&stopped);
  g_object_unref (session);
  swap_fake_clear (&staller);
  swap_node_clear (&user);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/session/fetch", test_fetch);
  g_test_add_func ("/bitswap/session/cancel-and-stop", test_cancel_and_stop);
  return g_test_run ();
}
