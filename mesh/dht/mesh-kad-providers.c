/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-providers.h"

/* A record is in three lists: all of them by expiry, those of its key and those of its
 * provider by age. */
typedef struct
{
  MeshKadProvider record;
  GList in_all;
  GList in_key;
  GList in_peer;
} Entry;

struct MeshKadProviders
{
  guint max;
  guint max_per_key;
  guint max_per_peer;
  GQueue all;        /* (element-type Entry) (owned): soonest to expire first */
  GHashTable *keys;  /* (owned) (element-type GBytes GQueue): oldest first */
  GHashTable *peers; /* (owned) (element-type MeshKadPeer GQueue): oldest first */
  GQueue dropped;    /* (element-type Entry) (owned): in no other list */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  mesh_kad_providers_clear_record (&entry->record);
  g_free (entry);
}

void
mesh_kad_providers_clear_record (MeshKadProvider *record)
{
  g_clear_pointer (&record->key, g_bytes_unref);
  g_clear_pointer (&record->peer, mesh_kad_pool_unref_peer);
  g_clear_pointer (&record->addrs, mesh_kad_addrs_unref);
}

MeshKadProviders *
mesh_kad_providers_new (guint max, guint max_per_key, guint max_per_peer)
{
  MeshKadProviders *providers = g_new0 (MeshKadProviders, 1);

  providers->max = max;
  providers->max_per_key = max_per_key;
  providers->max_per_peer = max_per_peer;
  providers->keys = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                           (GDestroyNotify) g_bytes_unref, g_free);
  providers->peers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return providers;
}

/* The nodes of the lists are part of the entries: none is freed by itself. */
void
mesh_kad_providers_free (MeshKadProviders *providers)
{
  Entry *entry;

  while (providers->all.head != NULL)
    {
      entry = providers->all.head->data;
      g_queue_unlink (&providers->all, &entry->in_all);
      entry_free (entry);
    }
  while (providers->dropped.head != NULL)
    {
      entry = providers->dropped.head->data;
      g_queue_unlink (&providers->dropped, &entry->in_all);
      entry_free (entry);
    }
  g_hash_table_unref (providers->keys);
  g_hash_table_unref (providers->peers);
  g_free (providers);
}

/* Lifetimes are alike, so a new record nearly always goes to the end. */
static void
link_by_expiry (MeshKadProviders *providers, Entry *entry)
{
  GList *after = providers->all.tail;

  while (after != NULL
         && ((Entry *) after->data)->record.expires_us > entry->record.expires_us)
    after = after->prev;
  if (after != NULL)
    g_queue_insert_after_link (&providers->all, after, &entry->in_all);
  else
    g_queue_push_head_link (&providers->all, &entry->in_all);
}

static void
unlink_entry (MeshKadProviders *providers, Entry *entry)
{
  GQueue *of_key = g_hash_table_lookup (providers->keys, entry->record.key);
  GQueue *of_peer = g_hash_table_lookup (providers->peers, entry->record.peer);

  g_queue_unlink (&providers->all, &entry->in_all);
  g_queue_unlink (of_key, &entry->in_key);
  g_queue_unlink (of_peer, &entry->in_peer);
  if (of_key->length == 0)
    g_hash_table_remove (providers->keys, entry->record.key);
  if (of_peer->length == 0)
    g_hash_table_remove (providers->peers, entry->record.peer);
}

static void
drop (MeshKadProviders *providers, Entry *entry)
{
  unlink_entry (providers, entry);
  g_queue_push_tail_link (&providers->dropped, &entry->in_all);
}

static GQueue *
ensure_queue (GHashTable *table, gpointer key, GBytes *owned_key)
{
  GQueue *queue = g_hash_table_lookup (table, key);

  if (queue == NULL)
    {
      queue = g_new0 (GQueue, 1);
      g_hash_table_insert (table, owned_key != NULL ? g_bytes_ref (owned_key) : key,
                           queue);
    }
  return queue;
}

static Entry *
find (MeshKadProviders *providers, GBytes *key, const MeshKadPeer *peer)
{
  GQueue *of_key = g_hash_table_lookup (providers->keys, key);

  for (GList *l = of_key != NULL ? of_key->head : NULL; l != NULL; l = l->next)
    if (((Entry *) l->data)->record.peer == peer)
      return l->data;
  return NULL;
}

static void
make_room (MeshKadProviders *providers, GBytes *key, MeshKadPeer *peer)
{
  GQueue *queue = g_hash_table_lookup (providers->keys, key);

  if (queue != NULL && queue->length >= providers->max_per_key)
    drop (providers, queue->head->data);
  queue = g_hash_table_lookup (providers->peers, peer);
  if (queue != NULL && queue->length >= providers->max_per_peer)
    drop (providers, queue->head->data);
  if (providers->all.length >= providers->max)
    drop (providers, providers->all.head->data);
}

const MeshKadProvider *
mesh_kad_providers_add (MeshKadProviders *providers,
                        GBytes *key,
                        MeshKadPeer *peer,
                        MeshKadAddrs *addrs,
                        gint64 expires_us,
                        gint64 addrs_until_us)
{
  Entry *entry = find (providers, key, peer);

  if (entry != NULL)
    {
      unlink_entry (providers, entry);
      mesh_kad_addrs_unref (entry->record.addrs);
    }
  else
    {
      make_room (providers, key, peer);
      entry = g_new0 (Entry, 1);
      entry->in_all.data = entry->in_key.data = entry->in_peer.data = entry;
      entry->record.key = g_bytes_ref (key);
      entry->record.peer = mesh_kad_pool_ref_peer (peer);
    }
  entry->record.addrs = mesh_kad_addrs_ref (addrs);
  entry->record.expires_us = expires_us;
  entry->record.addrs_until_us = addrs_until_us;
  link_by_expiry (providers, entry);
  g_queue_push_tail_link (ensure_queue (providers->keys, key, key), &entry->in_key);
  g_queue_push_tail_link (ensure_queue (providers->peers, peer, NULL), &entry->in_peer);
  return &entry->record;
}

guint
mesh_kad_providers_get (MeshKadProviders *providers,
                        GBytes *key,
                        guint max,
                        const MeshKadProvider **records)
{
  GQueue *of_key = g_hash_table_lookup (providers->keys, key);
  guint n = 0;

  for (GList *l = of_key != NULL ? of_key->tail : NULL; l != NULL && n < max; l = l->prev)
    records[n++] = &((Entry *) l->data)->record;
  return n;
}

gboolean
mesh_kad_providers_poll_dropped (MeshKadProviders *providers,
                                 gint64 now_us,
                                 MeshKadProvider *record)
{
  Entry *entry = NULL;

  if (providers->dropped.length == 0
      && mesh_kad_providers_next_deadline_us (providers) <= now_us)
    drop (providers, providers->all.head->data);
  if (providers->dropped.length == 0)
    return FALSE;
  entry = providers->dropped.head->data;
  g_queue_unlink (&providers->dropped, &entry->in_all);
  *record = entry->record;
  g_free (entry);
  return TRUE;
}

gint64
mesh_kad_providers_next_deadline_us (const MeshKadProviders *providers)
{
  const GList *first = providers->all.head;

  return first != NULL ? ((const Entry *) first->data)->record.expires_us : G_MAXINT64;
}

guint
mesh_kad_providers_get_n (const MeshKadProviders *providers)
{
  return providers->all.length;
}
