/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-seen.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (MESH_GOSSIP_SEEN_KEY_BYTES == crypto_shorthash_KEYBYTES);
G_STATIC_ASSERT (crypto_shorthash_BYTES == sizeof (guint64));

struct MeshGossipSeen
{
  GHashTable *entries; /* (owned) (element-type MeshGossipSeenEntry): a set */
  GQueue order;        /* of MeshGossipSeenEntry (owned by entries), oldest first */
  guint max;
  gint64 ttl_us;
  guint8 key[MESH_GOSSIP_SEEN_KEY_BYTES];
};

static guint
entry_hash (gconstpointer data)
{
  const MeshGossipSeenEntry *entry = data;

  return (guint) entry->hash;
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const MeshGossipSeenEntry *one = a, *other = b;

  return one->hash == other->hash && one->id_len == other->id_len
         && memcmp (one->id, other->id, one->id_len) == 0;
}

static void
entry_free (gpointer data)
{
  MeshGossipSeenEntry *entry = data;

  g_clear_pointer (&entry->senders, g_ptr_array_unref);
  g_free (entry);
}

MeshGossipSeen *
mesh_gossip_seen_new (guint max,
                      gint64 ttl_us,
                      const guint8 key[MESH_GOSSIP_SEEN_KEY_BYTES])
{
  MeshGossipSeen *seen = g_new0 (MeshGossipSeen, 1);

  seen->entries = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
  g_queue_init (&seen->order);
  seen->max = max;
  seen->ttl_us = ttl_us;
  memcpy (seen->key, key, sizeof seen->key);
  return seen;
}

void
mesh_gossip_seen_free (MeshGossipSeen *seen)
{
  g_queue_clear (&seen->order);
  g_hash_table_unref (seen->entries);
  g_free (seen);
}

guint
mesh_gossip_seen_get_length (const MeshGossipSeen *seen)
{
  return seen->order.length;
}

static void
set_id (const MeshGossipSeen *seen,
        MeshGossipSeenEntry *entry,
        const guint8 *id,
        gsize len)
{
  memcpy (entry->id, id, len);
  entry->id_len = (guint8) len;
  crypto_shorthash ((guint8 *) &entry->hash, id, len, seen->key);
}

static void
drop_oldest (MeshGossipSeen *seen)
{
  g_hash_table_remove (seen->entries, g_queue_pop_head (&seen->order));
}

void
mesh_gossip_seen_expire (MeshGossipSeen *seen, gint64 now_us)
{
  const MeshGossipSeenEntry *oldest;

  while ((oldest = g_queue_peek_head (&seen->order)) != NULL
         && oldest->first_us <= now_us - seen->ttl_us)
    drop_oldest (seen);
}

MeshGossipSeenEntry *
mesh_gossip_seen_lookup (MeshGossipSeen *seen, const guint8 *id, gsize len, gint64 now_us)
{
  MeshGossipSeenEntry probe;

  mesh_gossip_seen_expire (seen, now_us);
  if (len > sizeof probe.id)
    return NULL;
  set_id (seen, &probe, id, len);
  return g_hash_table_lookup (seen->entries, &probe);
}

MeshGossipSeenEntry *
mesh_gossip_seen_add (MeshGossipSeen *seen,
                      const guint8 *id,
                      gsize len,
                      MeshGossipSeenState state,
                      gint64 now_us)
{
  MeshGossipSeenEntry *entry = g_new0 (MeshGossipSeenEntry, 1);

  g_assert (len <= sizeof entry->id);
  mesh_gossip_seen_expire (seen, now_us);
  if (seen->order.length >= seen->max)
    drop_oldest (seen);
  set_id (seen, entry, id, len);
  entry->first_us = now_us;
  entry->decided_us = now_us;
  entry->state = (guint8) state;
  if (g_hash_table_add (seen->entries, entry))
    g_queue_push_tail (&seen->order, entry);
  else
    g_assert_not_reached ();
  return entry;
}

void
mesh_gossip_seen_add_sender (MeshGossipSeenEntry *entry, MeshPeerId *peer)
{
  if (entry->senders == NULL)
    entry->senders = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_id_unref);
  if (entry->senders->len < MESH_GOSSIP_SEEN_MAX_SENDERS)
    g_ptr_array_add (entry->senders, mesh_peer_id_ref (peer));
}
