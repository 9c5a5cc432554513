/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap-client-private.h"

/* The pursuit of one want in flight: who was asked what, who is asked next, when it is
 * given up. Part of the client core. */

typedef enum
{
  MESH_BITSWAP_PURSUIT_GOES_ON,
  MESH_BITSWAP_PURSUIT_NOT_FOUND,
  MESH_BITSWAP_PURSUIT_TIMED_OUT,
} MeshBitswapPursuit;

/* Blocks asked of so many peers at once in the end game. */
#define MESH_BITSWAP_PURSUIT_MAX_DOUBLED 2
/* Another peer is asked after this time at the latest, whatever the first one sends. */
#define MESH_BITSWAP_PURSUIT_HARD_US (60 * G_USEC_PER_SEC)
/* Bytes from a slow peer keep a want from timing out, but no longer than this. */
#define MESH_BITSWAP_PURSUIT_SLOW_US (300 * G_USEC_PER_SEC)

/**
 * mesh_bitswap_pursuit_advance:
 *
 * Does whatever is to be done now: lets deadlines pass, asks the next peer.
 */
MeshBitswapPursuit mesh_bitswap_pursuit_advance (MeshBitswapClient *client,
                                                 MeshBitswapWant *want,
                                                 gint64 now_us);

/* Returns: when it must be advanced again. */
gint64 mesh_bitswap_pursuit_next_deadline_us (const MeshBitswapWant *want, gint64 now_us);

void mesh_bitswap_pursuit_note_presence (MeshBitswapWant *want,
                                         MeshBitswapClientPeer *peer,
                                         gboolean has,
                                         gint64 now_us);

/* The want is met, by @peer, or given up (%NULL): everyone else is told. */
void mesh_bitswap_pursuit_end (MeshBitswapClient *client,
                               MeshBitswapWant *want,
                               MeshBitswapClientPeer *peer);

/* @peer is going away. */
void
mesh_bitswap_pursuit_forget_peer (MeshBitswapWant *want, MeshBitswapClientPeer *peer);
