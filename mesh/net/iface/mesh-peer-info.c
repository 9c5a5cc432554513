/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/iface/mesh-peer-info.h"

void
mesh_peer_info_free (MeshPeerInfo *info)
{
  g_free (info->agent_version);
  g_free (info->protocol_version);
  g_strfreev (info->protocols);
  g_clear_pointer (&info->listen_addrs, g_ptr_array_unref);
  g_clear_pointer (&info->observed_addr, mesh_multiaddr_unref);
  g_clear_pointer (&info->signed_record, g_bytes_unref);
  g_free (info);
}
