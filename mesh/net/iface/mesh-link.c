/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-link.h"

MeshLink *
mesh_link_new (MeshMultiaddr *local_addr, MeshMultiaddr *remote_addr)
{
  MeshLink *link = g_new0 (MeshLink, 1);

  link->local_addr = local_addr != NULL ? mesh_multiaddr_ref (local_addr) : NULL;
  link->remote_addr = mesh_multiaddr_ref (remote_addr);
  return link;
}

void
mesh_link_free (MeshLink *link)
{
  g_clear_object (&link->stream);
  g_clear_object (&link->muxer);
  g_clear_pointer (&link->peer_id, mesh_peer_id_unref);
  g_clear_pointer (&link->local_addr, mesh_multiaddr_unref);
  g_clear_pointer (&link->remote_addr, mesh_multiaddr_unref);
  g_free (link);
}
