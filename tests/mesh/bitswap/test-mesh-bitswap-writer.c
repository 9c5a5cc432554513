/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-writer.h"

#include "base/mesh-error.h"
#include "swap-node.h"

typedef struct
{
  guint n_sent;
  guint n_failed;
  guint n_opened;
  int version;
  GError *error; /* (owned) (nullable): the last */
} Outcome;

static void
opened_cb (MeshBitswapWriter *writer, MeshBitswapVersion version, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->n_opened++;
  outcome->version = (int) version;
}

static void
done_cb (MeshBitswapWriter *writer, const GError *error, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_clear_error (&outcome->error);
  if (error == NULL)
    outcome->n_sent++;
  else
    outcome->n_failed++;
  outcome->error = error != NULL ? g_error_copy (error) : NULL;
}

static MeshBitswapMessage *
make_message (void)
{
  MeshBitswapMessage *msg = mesh_bitswap_message_new ();
  g_autoptr (GBytes) bytes = fixture_bytes (1, 1 << 20);
  g_autoptr (MeshCid) cid = fixture_cid (MESH_CODEC_RAW, bytes);

  mesh_bitswap_message_add_block (msg, cid, bytes);
  return msg;
}

/* One stream for many messages; another after the peer reset it. */
static void
test_one_stream (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  SwapFake b;
  Outcome outcome = { 0 };
  MeshBitswapWriter *writer;

  swap_fake_init (&b, 2, FALSE);
  g_object_unref (net_test_connect (&a, &b.net, NULL));
  writer = mesh_bitswap_writer_new (a.host, mesh_host_get_peer_id (b.net.host), opened_cb,
                                    done_cb, &outcome);
  for (guint i = 1; i <= 3; i++)
    {
      mesh_bitswap_writer_send (writer, make_message ());
      g_assert_true (mesh_bitswap_writer_is_busy (writer));
      net_test_wait (outcome.n_sent == i);
      g_assert_false (mesh_bitswap_writer_is_busy (writer));
    }
  net_test_wait (b.n_blocks == 3);
  g_assert_cmpuint (outcome.n_opened, ==, 1);
  g_assert_cmpint (outcome.version, ==, MESH_BITSWAP_1_2_0);

  g_ptr_array_set_size (b.readers, 0); /* resets the streams */
  while (outcome.n_failed == 0)
    {
      if (!mesh_bitswap_writer_is_busy (writer))
        mesh_bitswap_writer_send (writer, make_message ());
      g_main_context_iteration (NULL, TRUE);
    }
  mesh_bitswap_writer_send (writer, make_message ());
  net_test_wait (b.n_blocks == 4 || outcome.n_opened == 2);
  net_test_wait (!mesh_bitswap_writer_is_busy (writer));
  g_assert_cmpuint (outcome.n_opened, ==, 2);
  mesh_bitswap_writer_close (writer);
  g_clear_error (&outcome.error);
  swap_fake_clear (&b);
  net_test_node_clear (&a);
}

static void
test_unsupported (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  Outcome outcome = { 0 };
  MeshBitswapWriter *writer;

  g_object_unref (net_test_connect (&a, &b, NULL));
  writer = mesh_bitswap_writer_new (a.host, mesh_host_get_peer_id (b.host), opened_cb,
                                    done_cb, &outcome);
  mesh_bitswap_writer_send (writer, make_message ());
  net_test_wait (outcome.n_failed == 1);
  g_assert_error (outcome.error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
  mesh_bitswap_writer_close (writer);
  g_clear_error (&outcome.error);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* An older peer is spoken to in its version. */
static void
test_older (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  SwapFake b;
  Outcome outcome = { 0 };
  MeshBitswapWriter *writer;

  swap_fake_init (&b, 2, FALSE);
  mesh_host_set_handler (b.net.host, MESH_BITSWAP_PROTOCOL_1_2_0, NULL, NULL, NULL);
  mesh_host_set_handler (b.net.host, MESH_BITSWAP_PROTOCOL_1_1_0, swap_fake_handler, &b,
                         NULL);
  g_object_unref (net_test_connect (&a, &b.net, NULL));
  writer = mesh_bitswap_writer_new (a.host, mesh_host_get_peer_id (b.net.host), opened_cb,
                                    done_cb, &outcome);
  mesh_bitswap_writer_send (writer, make_message ());
  net_test_wait (b.n_blocks == 1);
  g_assert_cmpint (outcome.version, ==, MESH_BITSWAP_1_1_0);
  mesh_bitswap_writer_close (writer);
  swap_fake_clear (&b);
  net_test_node_clear (&a);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/writer/one-stream", test_one_stream);
  g_test_add_func ("/bitswap/writer/unsupported", test_unsupported);
  g_test_add_func ("/bitswap/writer/older", test_older);
  return g_test_run ();
}
