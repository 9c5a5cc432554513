/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshKadPool) pool = mesh_kad_pool_new ();
  MeshKadMessage msg;

  if (!mesh_kad_message_decode (data, size, &msg, NULL))
    return 0;
  for (guint i = 0; i < msg.n_closer; i++)
    {
      g_autoptr (MeshKadAddrs) addrs = mesh_kad_addrs_from_message (
          pool, msg.closer[i].body.data, msg.closer[i].body.len, MESH_KAD_SCOPE_ANY);

      g_assert (mesh_kad_addrs_get_n (addrs) <= MESH_KAD_ADDRS_MAX);
    }
  return 0;
}
