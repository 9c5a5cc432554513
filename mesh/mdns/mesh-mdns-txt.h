/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/* The TXT record of a peer: strings "dnsaddr=MULTIADDR" (libp2p specs,
 * discovery/mdns.md). Pure. */

#define MESH_MDNS_TXT_MAX_BYTES \
  1100 /* of ours, so that the packet fits an Ethernet frame */
#define MESH_MDNS_TXT_MAX_ADDRS 16 /* of one peer, heard or said */

/**
 * mesh_mdns_txt_encode:
 * @addrs: (element-type MeshMultiaddr): with /p2p; those that are of no use on a LAN are
 *   left out: relayed ones, names, IPv6 link-local ones, and loopback ones unless
 *   @allow_loopback. Private ones come first.
 * @selected: (nullable) (element-type MeshMultiaddr): filled with those that are in it
 *
 * Returns: (transfer full) (nullable): the record's data; %NULL when no address is left
 */
GBytes *mesh_mdns_txt_encode (const GPtrArray *addrs,
                              gboolean allow_loopback,
                              GPtrArray *selected) G_GNUC_WARN_UNUSED_RESULT;

/* What TXT records of one name said. */
typedef struct
{
  MeshPeerId *peer; /* (owned) (nullable) */
  GPtrArray *addrs; /* (owned) (nullable) (element-type MeshMultiaddr): with /p2p */
  gboolean is_bad;  /* addresses of several peers under one name */
} MeshMdnsTxt;

void mesh_mdns_txt_clear (MeshMdnsTxt *txt);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshMdnsTxt, mesh_mdns_txt_clear)

/**
 * mesh_mdns_txt_read:
 * @txt: (inout): all zero at first; more than one record of a name may be read into it
 * @data: the record's data
 * @source: (nullable): 4 or 16 bytes, whence it came: a public address is believed only
 *   when it is this one; every other must be private or link-local, or loopback with
 *   @allow_loopback
 *
 * Strings that are none of ours, or no address, are left out.
 */
void mesh_mdns_txt_read (MeshMdnsTxt *txt,
                         const guint8 *data,
                         gsize len,
                         const guint8 *source,
                         gsize source_len,
                         gboolean allow_loopback);
