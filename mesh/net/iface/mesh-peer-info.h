/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/**
 * MeshPeerInfo:
 *
 * What the peer said about itself (identify). Hostile words: lengths are bounded, text is
 * valid UTF-8 without control characters, nothing else is true for sure.
 */
typedef struct
{
  char *agent_version;          /* (owned) (nullable): at most 256 bytes */
  char *protocol_version;       /* (owned) (nullable): at most 256 bytes */
  char **protocols;             /* (owned): at most 1024, each at most 255 bytes */
  GPtrArray *listen_addrs;      /* (owned) (element-type MeshMultiaddr): at most 128 */
  MeshMultiaddr *observed_addr; /* (owned) (nullable): how it sees us */
  GBytes *signed_record;        /* (owned) (nullable): its signed peer record, verified */
} MeshPeerInfo;

void mesh_peer_info_free (MeshPeerInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshPeerInfo, mesh_peer_info_free)
