/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-answer-cache.h"

typedef struct
{
  char *key;      /* (owned) */
  char *etag;     /* (owned) (nullable) */
  GBytes *answer; /* (owned) */
  gint64 stored_us;
  GList link; /* in cache->by_use */
} Entry;

struct MeshAnswerCache
{
  guint max_entries;
  gsize max_bytes;
  gsize bytes;
  GHashTable *entries; /* (owned) (element-type utf8 Entry) */
  GQueue by_use;       /* of Entry, the longest unused first */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry->etag);
  g_bytes_unref (entry->answer);
  g_free (entry);
}

MeshAnswerCache *
mesh_answer_cache_new (guint max_entries, gsize max_bytes)
{
  MeshAnswerCache *cache = g_new0 (MeshAnswerCache, 1);

  cache->max_entries = max_entries;
  cache->max_bytes = max_bytes;
  cache->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  return cache;
}

void
mesh_answer_cache_free (MeshAnswerCache *cache)
{
  g_hash_table_unref (cache->entries);
  g_free (cache);
}

static void
drop (MeshAnswerCache *cache, Entry *entry)
{
  cache->bytes -= g_bytes_get_size (entry->answer);
  g_queue_unlink (&cache->by_use, &entry->link);
  g_hash_table_remove (cache->entries, entry->key);
}

void
mesh_answer_cache_insert (MeshAnswerCache *cache,
                          const char *key,
                          const char *etag,
                          GBytes *answer,
                          gint64 now_us)
{
  Entry *old = g_hash_table_lookup (cache->entries, key);
  gsize len = g_bytes_get_size (answer);
  Entry *entry;

  if (old != NULL)
    drop (cache, old);
  if (len > cache->max_bytes || cache->max_entries == 0)
    return;
  while (cache->by_use.length >= cache->max_entries
         || cache->bytes > cache->max_bytes - len)
    drop (cache, cache->by_use.head->data);
  entry = g_new0 (Entry, 1);
  entry->key = g_strdup (key);
  entry->etag = g_strdup (etag);
  entry->answer = g_bytes_ref (answer);
  entry->stored_us = now_us;
  entry->link.data = entry;
  cache->bytes += len;
  g_hash_table_insert (cache->entries, entry->key, entry);
  g_queue_push_tail_link (&cache->by_use, &entry->link);
}

GBytes *
mesh_answer_cache_lookup (MeshAnswerCache *cache,
                          const char *key,
                          const char *etag,
                          gint64 *stored_us)
{
  Entry *entry = g_hash_table_lookup (cache->entries, key);

  if (entry == NULL || (etag != NULL && g_strcmp0 (etag, entry->etag) != 0))
    return NULL;
  g_queue_unlink (&cache->by_use, &entry->link);
  g_queue_push_tail_link (&cache->by_use, &entry->link);
  if (stored_us != NULL)
    *stored_us = entry->stored_us;
  return entry->answer;
}

gsize
mesh_answer_cache_get_bytes (const MeshAnswerCache *cache)
{
  return cache->bytes;
}

guint
mesh_answer_cache_get_length (const MeshAnswerCache *cache)
{
  return cache->by_use.length;
}
