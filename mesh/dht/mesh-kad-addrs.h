/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/* The addresses of one peer as they travel: immutable, reference counted, one allocation
 * shared by all who hold an equal set from the same pool. Not thread-safe. */
typedef struct MeshKadAddrs MeshKadAddrs;
typedef struct MeshKadPool MeshKadPool;

/* More addresses of one peer, or more bytes of them, are left out. */
#define MESH_KAD_ADDRS_MAX 16
#define MESH_KAD_ADDRS_MAX_BYTES 2048

/* Which addresses a table knows (kad-dht has one network for each). */
typedef enum
{
  MESH_KAD_SCOPE_ANY, /* all: a closed network, or a test on loopback */
  MESH_KAD_SCOPE_WAN, /* those that can be reached from anywhere, and names */
  MESH_KAD_SCOPE_LAN, /* private, link-local and loopback ones */
} MeshKadScope;

/**
 * mesh_kad_addrs_new:
 * @addrs: (element-type MeshMultiaddr): the first one is where the peer was met
 * @scope: those it does not admit are left out
 *
 * "/p2p/ID" at the end of an address is cut off.
 *
 * Returns: (transfer full): the set; may be empty
 */
MeshKadAddrs *mesh_kad_addrs_new (MeshKadPool *pool,
                                  GPtrArray *addrs,
                                  MeshKadScope scope) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_kad_addrs_from_message:
 * @data: a Peer message of kad-dht; its field "addrs" is read
 *
 * Addresses that are malformed, of an unknown kind or not admitted by @scope are left
 * out.
 *
 * Returns: (transfer full): the set; may be empty
 */
MeshKadAddrs *mesh_kad_addrs_from_message (MeshKadPool *pool,
                                           const guint8 *data,
                                           gsize len,
                                           MeshKadScope scope) G_GNUC_WARN_UNUSED_RESULT;

MeshKadAddrs *mesh_kad_addrs_ref (MeshKadAddrs *addrs);
void mesh_kad_addrs_unref (MeshKadAddrs *addrs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKadAddrs, mesh_kad_addrs_unref)

guint mesh_kad_addrs_get_n (const MeshKadAddrs *addrs);

/**
 * mesh_kad_addrs_get_packed:
 *
 * Returns: (transfer none): the fields "addrs" of a Peer message, ready to be sent
 */
const guint8 *mesh_kad_addrs_get_packed (const MeshKadAddrs *addrs, gsize *len);

/**
 * mesh_kad_addrs_dup_multiaddrs:
 *
 * Returns: (transfer full) (element-type MeshMultiaddr): the addresses, to dial
 */
GPtrArray *
mesh_kad_addrs_dup_multiaddrs (const MeshKadAddrs *addrs) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_kad_addrs_get_group:
 *
 * Who runs one machine of a network easily runs others of it: the /16 of the first IPv4
 * or the /32 of the first IPv6 address stands for that network.
 *
 * Returns: a number for the network, 0 when the set begins with no IP address
 */
guint64 mesh_kad_addrs_get_group (const MeshKadAddrs *addrs);

/* Whether a table of @scope may know @addr. */
gboolean mesh_kad_addrs_is_admitted (MeshKadScope scope, const MeshMultiaddr *addr);
