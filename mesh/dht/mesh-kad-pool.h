/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-addrs.h"
#include "dht/mesh-kad-key.h"
#include "peer/mesh-peer-id.h"

/* Peers, each kept once. A DHT meets the same few thousand peers in every message: the
 * pool finds the #MeshKadPeer of a name in a message without parsing, hashing or
 * allocating again. One pool may serve any number of #MeshKad of one thread (both tables
 * of a node; every node of a simulation). Nothing stays in it that nobody holds, so its
 * size is bounded by the bounds of those who hold. Reference counted, not thread-safe. */
typedef struct MeshKadPool MeshKadPool;

/* One peer: its name and place. Immutable; reference counted; equal peers of one pool are
 * the same pointer. */
typedef struct
{
  guint n_refs;
  MeshKadKey key;
  MeshPeerId *id;    /* (owned) */
  MeshKadPool *pool; /* (owned) */
} MeshKadPeer;

MeshKadPool *mesh_kad_pool_new (void) G_GNUC_WARN_UNUSED_RESULT;
MeshKadPool *mesh_kad_pool_ref (MeshKadPool *pool);
void mesh_kad_pool_unref (MeshKadPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKadPool, mesh_kad_pool_unref)

/* How many peers somebody holds. */
guint mesh_kad_pool_get_n_peers (const MeshKadPool *pool);

/**
 * mesh_kad_pool_get_peer:
 *
 * Returns: (transfer full): the peer called @id
 */
MeshKadPeer *
mesh_kad_pool_get_peer (MeshKadPool *pool, MeshPeerId *id) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_kad_pool_get_peer_by_bytes:
 * @data: what a message says is a peer id
 *
 * Returns: (transfer full) (nullable): the peer; %NULL when it is not a peer id
 */
MeshKadPeer *mesh_kad_pool_get_peer_by_bytes (MeshKadPool *pool,
                                              const guint8 *data,
                                              gsize len) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_kad_pool_get_addrs:
 * @packed: as mesh_kad_addrs_get_packed()
 *
 * Returns: (transfer full): the set of addresses, shared with all who hold an equal one
 */
MeshKadAddrs *mesh_kad_pool_get_addrs (MeshKadPool *pool,
                                       const guint8 *packed,
                                       gsize len) G_GNUC_WARN_UNUSED_RESULT;

MeshKadPeer *mesh_kad_pool_ref_peer (MeshKadPeer *peer);
void mesh_kad_pool_unref_peer (MeshKadPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKadPeer, mesh_kad_pool_unref_peer)
