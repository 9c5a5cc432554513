/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"
#include "net/iface/mesh-muxer.h"

G_BEGIN_DECLS

/**
 * MeshLink:
 *
 * What a transport yields for one connection: a byte stream that still has to be secured
 * and multiplexed (TCP), or a muxer that is both already (QUIC).
 */
typedef struct
{
  GIOStream *stream;          /* (owned) (nullable): raw bytes to upgrade */
  MeshMuxer *muxer;           /* (owned) (nullable): when there is nothing to upgrade */
  MeshPeerId *peer_id;        /* (owned) (nullable): proven peer; set with muxer */
  MeshMultiaddr *local_addr;  /* (owned) (nullable) */
  MeshMultiaddr *remote_addr; /* (owned): without /p2p */
} MeshLink;

MeshLink *mesh_link_new (MeshMultiaddr *local_addr, MeshMultiaddr *remote_addr);
void mesh_link_free (MeshLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshLink, mesh_link_free)

G_END_DECLS
