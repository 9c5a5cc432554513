/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-rpc.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MeshGossipRpcReader reader = mesh_gossip_rpc_reader (data, size);
  MeshGossipRpcItem item;
  const guint8 *id, *record;
  gsize len, record_len;

  if (mesh_gossip_rpc_check (data, size, NULL))
    while (mesh_gossip_rpc_next (&reader, &item) != MESH_GOSSIP_RPC_END)
      if (!mesh_gossip_rpc_next_id (&item, &id, &len))
        (void) mesh_gossip_rpc_next_peer (&item, &id, &len, &record, &record_len);
  return 0;
}
