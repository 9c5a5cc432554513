/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "mdns/mesh-dns-name.h"
#include "peer/mesh-multiaddr.h"

/* The peers on the network as their announcements tell: by the name each gave itself.
 * Pure. */
typedef struct MeshMdnsCache MeshMdnsCache;

#define MESH_MDNS_CACHE_MAX 1024       /* names; more are ignored until some are gone */
#define MESH_MDNS_CACHE_MAX_TTL_S 4500 /* RFC 6762 §10 */
#define MESH_MDNS_CACHE_TELL_US \
  (60 * G_USEC_PER_SEC) /* a peer seen again: told so often */

typedef struct
{
  MeshDnsName name;
  MeshPeerId *peer; /* (owned) */
  GPtrArray *addrs; /* (owned) (element-type MeshMultiaddr) */
  gint64 heard_us;
  gint64 expires_us;
  gint64 told_us;
} MeshMdnsPeer;

MeshMdnsCache *mesh_mdns_cache_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_mdns_cache_free (MeshMdnsCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshMdnsCache, mesh_mdns_cache_free)

guint mesh_mdns_cache_get_n_peers (const MeshMdnsCache *cache);
const MeshMdnsPeer *mesh_mdns_cache_find (MeshMdnsCache *cache, const MeshDnsName *name);

/**
 * mesh_mdns_cache_hear:
 * @addrs: (element-type MeshMultiaddr): referenced
 * @ttl_s: above 0
 *
 * Returns: whether this is worth telling: the peer is new or has another address, or was
 *   not told of for %MESH_MDNS_CACHE_TELL_US
 */
gboolean mesh_mdns_cache_hear (MeshMdnsCache *cache,
                               const MeshDnsName *name,
                               MeshPeerId *peer,
                               GPtrArray *addrs,
                               guint32 ttl_s,
                               gint64 now_us);

/**
 * mesh_mdns_cache_refresh:
 *
 * The name was heard again, without its addresses. Returns: whether it is known
 */
gboolean mesh_mdns_cache_refresh (MeshMdnsCache *cache,
                                  const MeshDnsName *name,
                                  guint32 ttl_s,
                                  gint64 now_us);

/**
 * mesh_mdns_cache_forget:
 *
 * Returns: (transfer full) (nullable): the peer, when no other name of it is left
 */
MeshPeerId *mesh_mdns_cache_forget (MeshMdnsCache *cache,
                                    const MeshDnsName *name) G_GNUC_WARN_UNUSED_RESULT;

/* The earliest expiry, G_MAXINT64 for none. O(n) */
gint64 mesh_mdns_cache_next_expiry_us (const MeshMdnsCache *cache);

/**
 * mesh_mdns_cache_expire:
 *
 * Returns: (transfer full) (element-type MeshPeerId): peers that are gone
 */
GPtrArray *
mesh_mdns_cache_expire (MeshMdnsCache *cache, gint64 now_us) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_mdns_cache_at:
 * @index: below the number of peers, in the order they came
 */
const MeshMdnsPeer *mesh_mdns_cache_at (const MeshMdnsCache *cache, guint index);
