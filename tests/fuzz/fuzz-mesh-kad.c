/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 name[34] = { 0x12, 0x20, 1 };
  g_autoptr (MeshPeerId) self = mesh_peer_id_from_bytes (name, sizeof name, NULL);
  MeshKadConfig config = MESH_KAD_CONFIG_DEFAULT;
  MeshRng rng = { { 1 } };
  g_autoptr (MeshKad) kad = NULL;
  g_autoptr (GBytes) reply = NULL;

  config.is_server = TRUE;
  kad = mesh_kad_new (&config, self, &rng);
  if (!mesh_kad_handle_request (kad, self, data, size, 0, &reply, NULL))
    g_assert (reply == NULL);
  return 0;
}
