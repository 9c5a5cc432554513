/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"

/* What "/dnsaddr/NAME/…" leads to (libp2p addressing, dnsaddr Links): the TXT records of
 * _dnsaddr.NAME with "dnsaddr=MULTIADDR" that end in what follows the name, such as
 * "/p2p/ID"; those that are dnsaddr links themselves are followed in turn. Asks nobody:
 * the caller looks up what mesh_dnsaddr_next() names. Every bound holds for the whole
 * question, however the records are linked. */
typedef struct MeshDnsaddr MeshDnsaddr;

#define MESH_DNSADDR_MAX_DEPTH 8     /* links from an address that was given */
#define MESH_DNSADDR_MAX_LOOKUPS 16  /* names asked for */
#define MESH_DNSADDR_MAX_RECORDS 128 /* looked at in one answer */
#define MESH_DNSADDR_MAX_ADDRS 64    /* found */
#define MESH_DNSADDR_MAX_NAME_LEN 253

MeshDnsaddr *mesh_dnsaddr_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_dnsaddr_free (MeshDnsaddr *dnsaddr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDnsaddr, mesh_dnsaddr_free)

/**
 * mesh_dnsaddr_add:
 *
 * Returns: %FALSE when @addr does not begin with "/dnsaddr": nothing is to be looked up
 */
gboolean mesh_dnsaddr_add (MeshDnsaddr *dnsaddr, MeshMultiaddr *addr);

/**
 * mesh_dnsaddr_next:
 *
 * Returns: (transfer none) (nullable): the name whose TXT records are wanted now, until
 *   mesh_dnsaddr_answer(); %NULL when there is nothing more to ask
 */
const char *mesh_dnsaddr_next (MeshDnsaddr *dnsaddr);

/**
 * mesh_dnsaddr_answer:
 * @records: (nullable) (array zero-terminated=1): the TXT records of the name, each in
 *   one piece; %NULL: there are none. Those that make no sense are left out.
 */
void mesh_dnsaddr_answer (MeshDnsaddr *dnsaddr, const char *const *records);

/**
 * mesh_dnsaddr_dup_addrs:
 *
 * Returns: (transfer full) (element-type MeshMultiaddr): what was found so far, each
 * once, in the order of the records; none begins with "/dnsaddr"
 */
GPtrArray *mesh_dnsaddr_dup_addrs (const MeshDnsaddr *dnsaddr) G_GNUC_WARN_UNUSED_RESULT;
