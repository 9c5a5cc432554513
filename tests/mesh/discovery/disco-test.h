/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "discovery/mesh-peer-book.h"

#include "net-test.h"

/* What the tests of the discovery services share. */

static inline MeshPeerBook *
disco_test_open (MeshHost *host, const char *path, MeshWorkPool *pool, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mesh_peer_book_open_async (host, path, pool, NULL, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  return mesh_peer_book_open_finish (result, error);
}

static inline void
disco_test_close (MeshPeerBook *book)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mesh_peer_book_close_async (book, net_test_result_cb, &result);
  net_test_wait (result != NULL);
  g_assert_true (mesh_peer_book_close_finish (book, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  g_object_unref (book);
}

static inline GPtrArray *
disco_test_addrs (const char *text)
{
  GPtrArray *addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);

  g_ptr_array_add (addrs, mesh_multiaddr_parse (text, NULL));
  g_assert_nonnull (g_ptr_array_index (addrs, 0));
  return addrs;
}

static inline MeshPeerId *
disco_test_id (guint8 fill)
{
  g_autoptr (MeshKeypair) key = net_test_keypair (fill);

  return mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (key));
}
