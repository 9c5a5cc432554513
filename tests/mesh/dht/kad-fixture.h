/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-rng.h"
#include "dht/mesh-kad-pool.h"

/* Peers for the tests, the same ones in each run: ids that are hashes, so that no key has
 * to be made. */
static inline MeshPeerId *
fixture_peer_id (MeshRng *rng)
{
  guint8 bytes[34] = { 0x12, 0x20 };

  mesh_rng_fill (rng, bytes + 2, 32);
  return mesh_peer_id_from_bytes (bytes, sizeof bytes, NULL);
}

static inline GPtrArray *
fixture_addrs (const char *const *texts)
{
  GPtrArray *addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);

  for (; texts != NULL && *texts != NULL; texts++)
    {
      g_autoptr (GError) error = NULL;
      MeshMultiaddr *addr = mesh_multiaddr_parse (*texts, &error);

      g_assert_no_error (error);
      g_ptr_array_add (addrs, addr);
    }
  return addrs;
}
