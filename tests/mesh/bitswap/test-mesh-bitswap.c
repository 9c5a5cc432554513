/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap.h"

#include "base/mesh-error.h"
#include "swap-node.h"

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

/* One of three seeders lies, one stalls. */
static void
test_liar_and_staller (void)
{
  gsize size = 30 << 20;
  g_autoptr (MeshCid) root = NULL;
  SwapNode honest, user;
  SwapFake liar, staller;

  swap_node_init (&honest, 1, NULL);
  swap_node_init (&user, 2, NULL);
  swap_fake_init (&liar, 3, TRUE);
  swap_fake_init (&staller, 4, FALSE);
  mesh_bitswap_set_serving (honest.bitswap, TRUE);
  root = swap_add (&honest, 7, size, TRUE);
  swap_connect (&user, &liar.net);
  swap_connect (&user, &staller.net);
  swap_connect (&user, &honest.net);
  /* Left to itself, then sent to the liar, then to the staller first. */
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (MeshBitswapSession) session
          = mesh_bitswap_session_new (user.bitswap, root);
      g_autoptr (GError) error = NULL;

      if (i > 0)
        mesh_bitswap_session_add_peer (
            session, mesh_host_get_peer_id (i == 1 ? liar.net.host : staller.net.host));

      swap_fetch (&user, MESH_BLOCK_SOURCE (session), root, 7, size, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpuint (staller.n_messages, >, 0);
  g_assert_cmpuint (user.dropped->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (user.dropped, 0), ==,
                   mesh_peer_id_to_string (mesh_host_get_peer_id (liar.net.host)));
  swap_fake_clear (&liar);
  swap_fake_clear (&staller);
  swap_node_clear (&honest);
  swap_node_clear (&user);
}

static MeshCid *
made_up_cid (guint number)
{
  guint8 digest[32] = { 0xff };

  memcpy (digest + 1, &number, sizeof number);
  return mesh_cid_new_v1 (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, digest, 32);
}

/* A peer that wants without end takes a bounded part of memory, and others are served. */
static void
test_flood_of_wants (void)
{
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (GError) error = NULL;
  SwapNode node, user;
  SwapFake flooder;

  swap_node_init (&node, 1, NULL);
  swap_node_init (&user, 2, NULL);
  swap_fake_init (&flooder, 3, FALSE);
  mesh_bitswap_set_serving (node.bitswap, TRUE);
  root = swap_add (&node, 1, 3 << 20, TRUE);
  g_object_unref (net_test_connect (&flooder.net, &node.net, NULL));
  for (guint i = 0; i < 30; i++)
    {
      MeshBitswapMessage *msg = mesh_bitswap_message_new ();

      for (guint k = 0; k < 4000; k++)
        {
          g_autoptr (MeshCid) cid = made_up_cid (i * 4000 + k);

          mesh_bitswap_message_add_entry (msg, cid, 1, MESH_BITSWAP_WANT_BLOCK, FALSE,
                                          TRUE);
        }
      swap_fake_send (&flooder, mesh_host_get_peer_id (node.net.host), msg);
    }
  swap_connect (&user, &node.net);
  {
    g_autoptr (MeshBitswapSession) session
        = mesh_bitswap_session_new (user.bitswap, root);

    swap_fetch (&user, MESH_BLOCK_SOURCE (session), root, 1, 3 << 20, &error);
    g_assert_no_error (error);
  }
  net_test_wait (flooder.n_dont_haves >= MESH_BITSWAP_SERVER_MAX_WANTS_PER_PEER);
  net_test_wait (flooder.outbox.length == 0);
  g_assert_cmpuint (mesh_bitswap_server_get_n_all_wants (node.bitswap->server), <=,
                    MESH_BITSWAP_SERVER_MAX_WANTS_PER_PEER);
  g_assert_cmpuint (flooder.n_blocks, ==, 0);
  swap_fake_clear (&flooder);
  swap_node_clear (&node);
  swap_node_clear (&user);
}

/* A block that comes to be shared reaches who asked for it before. */
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

/* Rubbish instead of a message: the peer is dropped, the node lives. */
static void
test_rubbish (void)
{
  static const char rubbish[] = "\x06\x0a\x7f rubbish";
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshStream) stream = NULL;
  SwapNode node;
  NetTestNode bad = net_test_node (5, NULL, NULL);

  swap_node_init (&node, 1, NULL);
  mesh_host_set_handler (bad.host, MESH_BITSWAP_PROTOCOL_1_2_0, net_test_echo_handler,
                         NULL, NULL);
  g_object_unref (net_test_connect (&bad, &node.net, NULL));
  stream = net_test_open (&bad, &node.net, MESH_BITSWAP_PROTOCOL_1_2_0, &error);
  g_assert_no_error (error);
  {
    FIXTURE_RUN (result, g_output_stream_write_all_async,
                 g_io_stream_get_output_stream (G_IO_STREAM (stream)), rubbish,
                 sizeof rubbish, G_PRIORITY_DEFAULT, NULL);
    g_output_stream_write_all_finish (
        g_io_stream_get_output_stream (G_IO_STREAM (stream)), result, NULL, NULL);
  }
  net_test_wait (node.dropped->len == 1);
  g_clear_object (&stream);
  net_test_node_clear (&bad);
  swap_node_clear (&node);
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

static void
test_ledger_is_kept (void)
{
  g_autofree char *dir = g_dir_make_tmp ("shoal-ledger-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "ledger", NULL);
  g_autofree char *user_id = NULL;

  for (guint i = 1; i <= 2; i++)
    {
      g_autoptr (MeshCid) root = NULL;
      g_autoptr (MeshBitswapSession) session = NULL;
      g_autoptr (GError) error = NULL;
      SwapNode a, b;

      swap_node_init (&a, 1, path);
      swap_node_init (&b, 2, NULL);
      mesh_bitswap_set_serving (a.bitswap, TRUE);
      root = swap_add (&a, 3, 100000, TRUE);
      swap_connect (&b, &a.net);
      session = mesh_bitswap_session_new (b.bitswap, root);
      swap_fetch (&b, MESH_BLOCK_SOURCE (session), root, 3, 100000, &error);
      g_assert_no_error (error);
      g_clear_object (&session);
      g_free (user_id);
      user_id = g_strdup (mesh_peer_id_to_string (mesh_host_get_peer_id (b.net.host)));
      net_test_wait (mesh_bitswap_ledger_lookup (a.bitswap->ledger, user_id).bytes_sent
                     >= i * 100000);
      swap_node_clear (&a);
      swap_node_clear (&b);
    }
  fixture_remove_tree (dir);
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
  g_test_add_func ("/bitswap/service/fetch", test_fetch);
  g_test_add_func ("/bitswap/service/only-shared-content-is-served",
                   test_only_shared_content_is_served);
  g_test_add_func ("/bitswap/service/liar-and-staller", test_liar_and_staller);
  g_test_add_func ("/bitswap/service/flood-of-wants", test_flood_of_wants);
  g_test_add_func ("/bitswap/service/wanted-before-it-was-there",
                   test_wanted_before_it_was_there);
  g_test_add_func ("/bitswap/service/rubbish", test_rubbish);
  g_test_add_func ("/bitswap/service/cancel-and-stop", test_cancel_and_stop);
  g_test_add_func ("/bitswap/service/ledger-is-kept", test_ledger_is_kept);
  g_test_add_func ("/bitswap/service/rate-limit", test_rate_limit);
  return g_test_run ();
}
