/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-cache.h"

struct MeshMdnsCache
{
  GPtrArray *peers;    /* (owned) (element-type MeshMdnsPeer) */
  GHashTable *by_name; /* (owned): MeshDnsName (unowned) → MeshMdnsPeer (unowned) */
};

static void
free_peer (gpointer data)
{
  MeshMdnsPeer *peer = data;

  mesh_peer_id_unref (peer->peer);
  g_ptr_array_unref (peer->addrs);
  g_free (peer);
}

MeshMdnsCache *
mesh_mdns_cache_new (void)
{
  MeshMdnsCache *cache = g_new0 (MeshMdnsCache, 1);

  cache->peers = g_ptr_array_new_with_free_func (free_peer);
  cache->by_name = g_hash_table_new (mesh_dns_name_hash, mesh_dns_name_equal);
  return cache;
}

void
mesh_mdns_cache_free (MeshMdnsCache *cache)
{
  g_hash_table_unref (cache->by_name);
  g_ptr_array_unref (cache->peers);
  g_free (cache);
}

guint
mesh_mdns_cache_get_n_peers (const MeshMdnsCache *cache)
{
  return cache->peers->len;
}

const MeshMdnsPeer *
mesh_mdns_cache_at (const MeshMdnsCache *cache, guint index)
{
  return g_ptr_array_index (cache->peers, index);
}

const MeshMdnsPeer *
mesh_mdns_cache_find (MeshMdnsCache *cache, const MeshDnsName *name)
{
  return g_hash_table_lookup (cache->by_name, name);
}

static void
set_heard (MeshMdnsPeer *peer, guint32 ttl_s, gint64 now_us)
{
  peer->heard_us = now_us;
  peer->expires_us
      = now_us + MIN (ttl_s, MESH_MDNS_CACHE_MAX_TTL_S) * (gint64) G_USEC_PER_SEC;
}

static gboolean
are_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!g_ptr_array_find_with_equal_func ((GPtrArray *) b, g_ptr_array_index (a, i),
                                           mesh_multiaddr_equal, NULL))
      return FALSE;
  return TRUE;
}

gboolean
mesh_mdns_cache_hear (MeshMdnsCache *cache,
                      const MeshDnsName *name,
                      MeshPeerId *peer_id,
                      GPtrArray *addrs,
                      guint32 ttl_s,
                      gint64 now_us)
{
  MeshMdnsPeer *peer = g_hash_table_lookup (cache->by_name, name);
  gboolean is_news = peer == NULL;

  if (peer == NULL)
    {
      if (cache->peers->len >= MESH_MDNS_CACHE_MAX)
        return FALSE;
      peer = g_new0 (MeshMdnsPeer, 1);
      peer->name = *name;
      peer->peer = mesh_peer_id_ref (peer_id);
      peer->addrs = g_ptr_array_ref (addrs);
      g_ptr_array_add (cache->peers, peer);
      g_hash_table_insert (cache->by_name, &peer->name, peer);
    }
  else if (!mesh_peer_id_equal (peer->peer, peer_id) || !are_equal (peer->addrs, addrs))
    {
      is_news = TRUE;
      mesh_peer_id_unref (peer->peer);
      peer->peer = mesh_peer_id_ref (peer_id);
      g_ptr_array_unref (peer->addrs);
      peer->addrs = g_ptr_array_ref (addrs);
    }
  set_heard (peer, ttl_s, now_us);
  if (!is_news && now_us - peer->told_us < MESH_MDNS_CACHE_TELL_US)
    return FALSE;
  peer->told_us = now_us;
  return TRUE;
}

gboolean
mesh_mdns_cache_refresh (MeshMdnsCache *cache,
                         const MeshDnsName *name,
                         guint32 ttl_s,
                         gint64 now_us)
{
  MeshMdnsPeer *peer = g_hash_table_lookup (cache->by_name, name);

  if (peer == NULL)
    return FALSE;
  set_heard (peer, ttl_s, now_us);
  return TRUE;
}

/* Returns whether another name of the peer is left. */
static gboolean
has_peer (const MeshMdnsCache *cache, const MeshPeerId *peer_id)
{
  for (guint i = 0; i < cache->peers->len; i++)
    if (mesh_peer_id_equal (mesh_mdns_cache_at (cache, i)->peer, peer_id))
      return TRUE;
  return FALSE;
}

MeshPeerId *
mesh_mdns_cache_forget (MeshMdnsCache *cache, const MeshDnsName *name)
{
  MeshMdnsPeer *peer = g_hash_table_lookup (cache->by_name, name);
  g_autoptr (MeshPeerId) peer_id = NULL;

  if (peer == NULL)
    return NULL;
  peer_id = mesh_peer_id_ref (peer->peer);
  g_hash_table_remove (cache->by_name, &peer->name);
  g_ptr_array_remove (cache->peers, peer);
  return has_peer (cache, peer_id) ? NULL : g_steal_pointer (&peer_id);
}

gint64
mesh_mdns_cache_next_expiry_us (const MeshMdnsCache *cache)
{
  gint64 next_us = G_MAXINT64;

  for (guint i = 0; i < cache->peers->len; i++)
    next_us = MIN (next_us, mesh_mdns_cache_at (cache, i)->expires_us);
  return next_us;
}

GPtrArray *
mesh_mdns_cache_expire (MeshMdnsCache *cache, gint64 now_us)
{
  GPtrArray *gone = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_id_unref);

  for (guint i = cache->peers->len; i > 0; i--)
    {
      const MeshMdnsPeer *peer = mesh_mdns_cache_at (cache, i - 1);
      MeshDnsName name = peer->name;
      MeshPeerId *peer_id;

      if (peer->expires_us > now_us)
        continue;
      peer_id = mesh_mdns_cache_forget (cache, &name);
      if (peer_id != NULL)
        g_ptr_array_add (gone, peer_id);
    }
  return gone;
}
