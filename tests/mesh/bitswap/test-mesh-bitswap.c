/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap.h"

#include "swap-node.h"

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/service/liar-and-staller", test_liar_and_staller);
  g_test_add_func ("/bitswap/service/ledger-is-kept", test_ledger_is_kept);
  return g_test_run ();
}
