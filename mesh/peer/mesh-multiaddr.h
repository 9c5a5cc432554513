/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-peer-id.h"

/* A self-describing address, "/ip4/192.0.2.1/tcp/4001/p2p/12D3KooW…": immutable,
 * reference counted, usable from any thread. Text and bytes are both canonical: two
 * multiaddrs are equal when their bytes are. https://multiformats.io/multiaddr */
typedef struct MeshMultiaddr MeshMultiaddr;

typedef enum
{
  MESH_MULTIADDR_IP4 = 0x04,
  MESH_MULTIADDR_TCP = 0x06,
  MESH_MULTIADDR_IP6 = 0x29,
  MESH_MULTIADDR_IP6ZONE = 0x2a,
  MESH_MULTIADDR_DNS = 0x35,
  MESH_MULTIADDR_DNS4 = 0x36,
  MESH_MULTIADDR_DNS6 = 0x37,
  MESH_MULTIADDR_DNSADDR = 0x38,
  MESH_MULTIADDR_UDP = 0x0111,
  MESH_MULTIADDR_WEBRTC_DIRECT = 0x0118,
  MESH_MULTIADDR_WEBRTC = 0x0119,
  MESH_MULTIADDR_P2P_CIRCUIT = 0x0122,
  MESH_MULTIADDR_UNIX = 0x0190,
  MESH_MULTIADDR_P2P = 0x01a5,
  MESH_MULTIADDR_HTTPS = 0x01bb,
  MESH_MULTIADDR_TLS = 0x01c0,
  MESH_MULTIADDR_SNI = 0x01c1,
  MESH_MULTIADDR_QUIC_V1 = 0x01cd,
  MESH_MULTIADDR_CERTHASH = 0x01d2,
  MESH_MULTIADDR_WS = 0x01dd,
  MESH_MULTIADDR_WSS = 0x01de,
  MESH_MULTIADDR_HTTP = 0x01e0,
} MeshMultiaddrProtocol;

#define MESH_MULTIADDR_MAX_BYTES 1024
#define MESH_MULTIADDR_MAX_CHARS 4096
#define MESH_MULTIADDR_MAX_COMPONENTS 24

/* One component, borrowed from its multiaddr. */
typedef struct
{
  MeshMultiaddrProtocol protocol;
  const guint8 *data; /* (unowned): the binary value without its length prefix */
  gsize len;
} MeshMultiaddrComponent;

MeshMultiaddr *mesh_multiaddr_ref (MeshMultiaddr *addr);
void mesh_multiaddr_unref (MeshMultiaddr *addr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshMultiaddr, mesh_multiaddr_unref)

/**
 * mesh_multiaddr_parse:
 * @text: "/proto/value/…", strict: no empty part, no trailing slash
 * @error: %MESH_ERROR_INVALID, %MESH_ERROR_LIMIT when too long, %MESH_ERROR_UNSUPPORTED
 *   for a protocol this build does not know
 *
 * "/ipfs/ID" is read as "/p2p/ID".
 *
 * Returns: (transfer full) (nullable): the address
 */
MeshMultiaddr *
mesh_multiaddr_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multiaddr_from_bytes:
 * @data: the binary form
 * @len: its length, at least 1
 * @error: as mesh_multiaddr_parse()
 *
 * Returns: (transfer full) (nullable): the address
 */
MeshMultiaddr *mesh_multiaddr_from_bytes (const guint8 *data,
                                          gsize len,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multiaddr_new_ip:
 * @family_bytes: 4 for IPv4, 16 for IPv6
 * @ip: the address in network order
 * @protocol: %MESH_MULTIADDR_TCP or %MESH_MULTIADDR_UDP
 * @port: the port
 *
 * Returns: (transfer full): "/ip4/…/tcp/PORT" and the like
 */
MeshMultiaddr *mesh_multiaddr_new_ip (const guint8 *ip,
                                      gsize family_bytes,
                                      MeshMultiaddrProtocol protocol,
                                      guint16 port) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multiaddr_get_bytes:
 *
 * Returns: (transfer none): the binary form
 */
GBytes *mesh_multiaddr_get_bytes (const MeshMultiaddr *addr);

/**
 * mesh_multiaddr_to_string:
 *
 * Returns: (transfer none): the text, kept by @addr
 */
const char *mesh_multiaddr_to_string (const MeshMultiaddr *addr);

guint mesh_multiaddr_get_n_components (const MeshMultiaddr *addr);

/**
 * mesh_multiaddr_get_component:
 * @index: below mesh_multiaddr_get_n_components()
 * @component: (out caller-allocates): borrowed from @addr
 */
void mesh_multiaddr_get_component (const MeshMultiaddr *addr,
                                   guint index,
                                   MeshMultiaddrComponent *component);

/**
 * mesh_multiaddr_find:
 * @protocol: which
 * @component: (out caller-allocates) (optional): the first of that protocol
 *
 * Returns: whether there is one
 */
gboolean mesh_multiaddr_find (const MeshMultiaddr *addr,
                              MeshMultiaddrProtocol protocol,
                              MeshMultiaddrComponent *component);

/**
 * mesh_multiaddr_dup_peer_id:
 *
 * Returns: (transfer full) (nullable): the peer this address leads to: the last "/p2p",
 *   when it stands at the end
 */
MeshPeerId *
mesh_multiaddr_dup_peer_id (const MeshMultiaddr *addr) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multiaddr_with_peer_id:
 *
 * Returns: (transfer full) (nullable): @addr with "/p2p/ID" at its end, replacing one
 * that is there; %NULL when that is too long for a multiaddr
 */
MeshMultiaddr *
mesh_multiaddr_with_peer_id (const MeshMultiaddr *addr,
                             const MeshPeerId *id) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multiaddr_without_peer_id:
 *
 * Returns: (transfer full) (nullable): @addr without a "/p2p/ID" at its end; %NULL when
 *   nothing would be left
 */
MeshMultiaddr *
mesh_multiaddr_without_peer_id (const MeshMultiaddr *addr) G_GNUC_WARN_UNUSED_RESULT;

/* For GHashTable: both take const MeshMultiaddr *. */
guint mesh_multiaddr_hash (gconstpointer addr);
gboolean mesh_multiaddr_equal (gconstpointer a, gconstpointer b);
