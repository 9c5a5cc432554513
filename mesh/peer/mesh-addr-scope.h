/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/* From how far away an address can be reached, by its first component, after IANA's
 * special-purpose address registries. Ordered: the greater, the farther. */
typedef enum
{
  MESH_ADDR_SCOPE_NONE,     /* nobody's: unspecified, multicast, documentation, no IP */
  MESH_ADDR_SCOPE_LOOPBACK, /* this machine: 127/8, ::1 */
  MESH_ADDR_SCOPE_LINK,     /* this link: 169.254/16, fe80::/10 */
  MESH_ADDR_SCOPE_PRIVATE,  /* this site: RFC 1918, 100.64/10, 198.18/15, fc00::/7 */
  MESH_ADDR_SCOPE_PUBLIC,   /* everywhere */
  MESH_ADDR_SCOPE_NAME,     /* a DNS name: unknown until resolved */
} MeshAddrScope;

/**
 * mesh_addr_scope_of:
 *
 * An IPv4 address inside IPv6 (::ffff:0:0/96, 64:ff9b::/96) counts as the IPv4 address,
 * and 6to4 (2002::/16) as nobody's unless that is public.
 * For an address through a relay ("/p2p-circuit") this is the scope of the relay: see
 * mesh_addr_scope_is_relayed().
 */
MeshAddrScope mesh_addr_scope_of (const MeshMultiaddr *addr);

/**
 * mesh_addr_scope_of_ip:
 * @len: 4 or 16
 */
MeshAddrScope mesh_addr_scope_of_ip (const guint8 *ip, gsize len);

/**
 * mesh_addr_scope_is_relayed:
 *
 * Returns: whether @addr leads through a relay ("/p2p-circuit")
 */
gboolean mesh_addr_scope_is_relayed (const MeshMultiaddr *addr);

/**
 * mesh_addr_scope_is_lan:
 *
 * Returns: whether the scope is loopback, link or private: not for the internet
 */
gboolean mesh_addr_scope_is_lan (MeshAddrScope scope);
