/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Which of the peers that may hold a block is asked for it: the one that should have
 * delivered it first, given what is already asked of it, among the fastest few that are
 * best placed. A pure function. */

/* Only this many holders, the fastest, are asked for blocks at a time. */
#define MESH_BITSWAP_SCHEDULE_N_FASTEST 5

typedef enum
{
  MESH_BITSWAP_STANDING_NO = 0,  /* not to be asked */
  MESH_BITSWAP_STANDING_BLIND,   /* speaks no HAVE: can only be asked for the block */
  MESH_BITSWAP_STANDING_UNKNOWN, /* was not asked yet */
  MESH_BITSWAP_STANDING_GIVEN,   /* named by the caller as a likely holder */
  MESH_BITSWAP_STANDING_HOLDER,  /* said HAVE, or had what the session wanted before */
} MeshBitswapStanding;

typedef struct
{
  MeshBitswapStanding standing;
  guint64 rate_bps;        /* 0: unknown, taken to be as fast as the fastest known */
  gint64 latency_us;       /* 0: unknown */
  guint64 in_flight_bytes; /* asked of the peer and not yet here */
} MeshBitswapCandidate;

/**
 * mesh_bitswap_schedule_pick:
 * @block_bytes: expected size of the block
 * @first: where to begin among equals, so that not all start with the same peer
 *
 * Returns: index of the candidate to ask, or -1 when none is to be asked. O(n)
 */
gssize mesh_bitswap_schedule_pick (const MeshBitswapCandidate *candidates,
                                   gsize n,
                                   gsize block_bytes,
                                   gsize first);
