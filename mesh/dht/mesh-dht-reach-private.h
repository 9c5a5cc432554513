/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/* At which addresses of the internet this node can be reached, learnt from peers that
 * did: who dialed us says what it dialed. A peer's word counts for an address we listen
 * on; another address (a port forwarded by a router) takes the word of peers of two
 * different networks, so that one alone cannot make us announce what it likes. */
typedef struct MeshDhtReach MeshDhtReach;

#define MESH_DHT_REACH_MAX_CLAIMS 16 /* addresses heard of once */
#define MESH_DHT_REACH_MAX_ADDRS 8   /* confirmed */

MeshDhtReach *mesh_dht_reach_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_dht_reach_free (MeshDhtReach *reach);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDhtReach, mesh_dht_reach_free)

/**
 * mesh_dht_reach_add:
 * @remote: where the peer came from
 * @observed: what it says it dialed
 * @listen: (element-type MeshMultiaddr): where we listen
 *
 * Returns: whether mesh_dht_reach_dup_addrs() is new
 */
gboolean mesh_dht_reach_add (MeshDhtReach *reach,
                             MeshMultiaddr *remote,
                             MeshMultiaddr *observed,
                             GPtrArray *listen);

/* We no longer listen: all is forgotten. */
void mesh_dht_reach_clear (MeshDhtReach *reach);

/* Returns: (transfer full) (element-type MeshMultiaddr): those confirmed */
GPtrArray *mesh_dht_reach_dup_addrs (const MeshDhtReach *reach) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_dht_reach_is_reachable (const MeshDhtReach *reach);
