/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-link.h"

#include "swap-node.h"

static MeshCid *
made_up_cid (guint number)
{
  guint8 digest[32] = { 0xff };

  memcpy (digest + 1, &number, sizeof number);
  return mesh_cid_new_v1 (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, digest, 32);
}

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/link/flood-of-wants", test_flood_of_wants);
  g_test_add_func ("/bitswap/link/rubbish", test_rubbish);
  return g_test_run ();
}
