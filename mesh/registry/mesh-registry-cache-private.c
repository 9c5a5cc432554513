/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-cache-private.h"

struct MeshRegistryCache
{
  GHashTable *announcements; /* (owned) (element-type gint64 MeshAnnouncement) */
  gsize n_bytes;
};

MeshRegistryCache *
mesh_registry_cache_new (void)
{
  MeshRegistryCache *cache = g_atomic_rc_box_new0 (MeshRegistryCache);

  cache->announcements = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                                (GDestroyNotify) mesh_announcement_unref);
  return cache;
}

MeshRegistryCache *
mesh_registry_cache_ref (MeshRegistryCache *cache)
{
  return g_atomic_rc_box_acquire (cache);
}

static void
clear_cache (gpointer data)
{
  MeshRegistryCache *cache = data;

  g_hash_table_unref (cache->announcements);
}

void
mesh_registry_cache_unref (MeshRegistryCache *cache)
{
  g_atomic_rc_box_release_full (cache, clear_cache);
}

MeshAnnouncement *
mesh_registry_cache_read (MeshRegistryCache *cache,
                          gint64 id,
                          const guint8 *data,
                          gsize len)
{
  MeshAnnouncement *announcement = g_hash_table_lookup (cache->announcements, &id);

  if (announcement != NULL)
    return mesh_announcement_ref (announcement);
  announcement = mesh_announcement_parse (data, len, NULL);
  if (announcement == NULL)
    return NULL;
  if (cache->n_bytes + len > MESH_REGISTRY_CACHE_MAX_BYTES)
    {
      g_hash_table_remove_all (cache->announcements);
      cache->n_bytes = 0;
    }
  cache->n_bytes += len;
  g_hash_table_insert (cache->announcements, g_memdup2 (&id, sizeof id),
                       mesh_announcement_ref (announcement));
  return announcement;
}

gsize
mesh_registry_cache_get_n_bytes (const MeshRegistryCache *cache)
{
  return cache->n_bytes;
}
