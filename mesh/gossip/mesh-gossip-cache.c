/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-cache.h"

#include <string.h>

/* How often a peer was sent a message. */
typedef struct
{
  guint64 peer;
  guint times;
} Sent;

typedef struct
{
  MeshGossipMessage *msg; /* (owned) */
  GArray *sent;           /* (owned) (nullable) (element-type Sent) */
  guint64 window;         /* number of the heartbeat it came in */
} Entry;

struct MeshGossipCache
{
  GHashTable *entries; /* (owned) (element-type GBytes Entry): by id */
  GQueue order;        /* of Entry (owned by entries), oldest first */
  guint64 window;      /* number of the present one */
  guint length;
  guint n_gossip;
  guint max;
  gsize bytes;
  gsize max_bytes;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  mesh_gossip_message_unref (entry->msg);
  g_clear_pointer (&entry->sent, g_array_unref);
  g_free (entry);
}

MeshGossipCache *
mesh_gossip_cache_new (guint length, guint n_gossip, guint max, gsize max_bytes)
{
  MeshGossipCache *cache = g_new0 (MeshGossipCache, 1);

  cache->entries = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, entry_free);
  g_queue_init (&cache->order);
  cache->length = length;
  cache->n_gossip = n_gossip;
  cache->max = max;
  cache->max_bytes = max_bytes;
  return cache;
}

void
mesh_gossip_cache_free (MeshGossipCache *cache)
{
  g_queue_clear (&cache->order);
  g_hash_table_unref (cache->entries);
  g_free (cache);
}

guint
mesh_gossip_cache_get_length (const MeshGossipCache *cache)
{
  return cache->order.length;
}

gsize
mesh_gossip_cache_get_bytes (const MeshGossipCache *cache)
{
  return cache->bytes;
}

static void
drop_oldest (MeshGossipCache *cache)
{
  Entry *entry = g_queue_pop_head (&cache->order);

  cache->bytes -= g_bytes_get_size (entry->msg->raw);
  g_hash_table_remove (cache->entries, entry->msg->id);
}

void
mesh_gossip_cache_put (MeshGossipCache *cache, MeshGossipMessage *msg)
{
  Entry *entry;

  if (g_hash_table_contains (cache->entries, msg->id))
    return;
  entry = g_new0 (Entry, 1);
  entry->msg = mesh_gossip_message_ref (msg);
  entry->window = cache->window;
  g_hash_table_insert (cache->entries, msg->id, entry);
  g_queue_push_tail (&cache->order, entry);
  cache->bytes += g_bytes_get_size (msg->raw);
  while (cache->order.length > cache->max
         || (cache->bytes > cache->max_bytes && cache->order.length > 1))
    drop_oldest (cache);
}

static Sent *
get_sent (Entry *entry, guint64 peer)
{
  Sent fresh = { .peer = peer };

  if (entry->sent == NULL)
    entry->sent = g_array_new (FALSE, FALSE, sizeof (Sent));
  for (guint i = 0; i < entry->sent->len; i++)
    if (g_array_index (entry->sent, Sent, i).peer == peer)
      return &g_array_index (entry->sent, Sent, i);
  g_array_append_val (entry->sent, fresh);
  return &g_array_index (entry->sent, Sent, entry->sent->len - 1);
}

MeshGossipCacheAnswer
mesh_gossip_cache_take (MeshGossipCache *cache,
                        const guint8 *id,
                        gsize len,
                        guint64 peer,
                        guint max_times,
                        MeshGossipMessage **msg)
{
  g_autoptr (GBytes) key = g_bytes_new_static (id, len);
  Entry *entry = g_hash_table_lookup (cache->entries, key);
  Sent *sent;

  if (entry == NULL)
    return MESH_GOSSIP_CACHE_MISSING;
  sent = get_sent (entry, peer);
  if (sent->times >= max_times)
    return MESH_GOSSIP_CACHE_TOO_OFTEN;
  sent->times++;
  *msg = entry->msg;
  return MESH_GOSSIP_CACHE_FOUND;
}

GPtrArray *
mesh_gossip_cache_dup_ids (const MeshGossipCache *cache, const char *topic)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (const GList *l = cache->order.tail; l != NULL; l = l->prev)
    {
      const Entry *entry = l->data;

      if (cache->window - entry->window >= cache->n_gossip)
        break;
      if (strcmp (entry->msg->topic, topic) == 0)
        g_ptr_array_add (ids, g_bytes_ref (entry->msg->id));
    }
  return ids;
}

void
mesh_gossip_cache_shift (MeshGossipCache *cache, guint64 n)
{
  const Entry *oldest;

  cache->window += n;
  while ((oldest = g_queue_peek_head (&cache->order)) != NULL
         && cache->window - oldest->window >= cache->length)
    drop_oldest (cache);
}
