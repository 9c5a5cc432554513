/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-figures.h"

#include "swap-node.h"

#define SIZE (8 * 1024 * 1024)

/* What a peer sent is in the book afterwards, once. */
static void
test_transfer (void)
{
  SwapNode author, user;
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MeshBitswapSession) session = NULL;
  MeshNodeFigures *figures;
  MeshPeerBook *book;
  MeshPeerBookEntry entry;
  MeshPeerId *peer;
  double score;
  g_autoptr (GError) error = NULL;

  swap_node_init (&author, 1, NULL);
  swap_node_init (&user, 2, NULL);
  mesh_bitswap_set_serving (author.bitswap, TRUE);
  root = swap_add (&author, 3, SIZE, TRUE);
  mesh_peer_book_open_async (user.net.host, NULL, NULL, NULL, net_test_result_cb,
                             &result);
  net_test_wait (result != NULL);
  book = mesh_peer_book_open_finish (result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  figures = mesh_node_figures_new (user.bitswap, book);
  mesh_node_figures_set_active (figures, TRUE);

  swap_connect (&user, &author.net);
  session = mesh_bitswap_session_new (user.bitswap, root);
  g_assert_true (swap_fetch (&user, MESH_BLOCK_SOURCE (session), root, 3, SIZE, &error));
  g_assert_no_error (error);
  g_clear_object (&session);
  mesh_node_figures_set_active (figures, FALSE);
  peer = mesh_host_get_peer_id (author.net.host);
  g_assert_true (mesh_peer_book_lookup (book, peer, &entry));
  g_assert_cmpint (entry.score.rate_bps, >, 0);
  g_assert_cmpfloat (entry.score.success, >, 0.5);
  /* Nothing new: the score moves only by its decay. */
  score = entry.score.success;
  mesh_node_figures_run (figures);
  g_assert_true (mesh_peer_book_lookup (book, peer, &entry));
  g_assert_cmpfloat (ABS (entry.score.success - score), <, 0.01);

  mesh_node_figures_free (figures);
  mesh_peer_book_close_async (book, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_true (mesh_peer_book_close_finish (book, result, NULL));
  g_clear_object (&result);
  g_object_unref (book);
  swap_node_clear (&user);
  swap_node_clear (&author);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node-figures/transfer", test_transfer);
  return g_test_run ();
}
