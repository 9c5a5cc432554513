/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-times.h"

typedef struct
{
  MeshPeerId *peer; /* (owned) */
  gint64 until_us;
} Entry;

struct MeshGossipTimes
{
  GHashTable *entries; /* (owned) (element-type MeshPeerId Entry) */
  GQueue order;        /* of Entry (owned by entries), as they were added */
  guint max;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  mesh_peer_id_unref (entry->peer);
  g_free (entry);
}

MeshGossipTimes *
mesh_gossip_times_new (guint max)
{
  MeshGossipTimes *times = g_new0 (MeshGossipTimes, 1);

  times->entries
      = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal, NULL, entry_free);
  g_queue_init (&times->order);
  times->max = max;
  return times;
}

void
mesh_gossip_times_free (MeshGossipTimes *times)
{
  g_queue_clear (&times->order);
  g_hash_table_unref (times->entries);
  g_free (times);
}

guint
mesh_gossip_times_get_length (const MeshGossipTimes *times)
{
  return times->order.length;
}

gint64
mesh_gossip_times_get (const MeshGossipTimes *times, const MeshPeerId *peer)
{
  const Entry *entry = g_hash_table_lookup (times->entries, peer);

  return entry != NULL ? entry->until_us : G_MININT64;
}

void
mesh_gossip_times_extend (MeshGossipTimes *times, MeshPeerId *peer, gint64 until_us)
{
  Entry *entry = g_hash_table_lookup (times->entries, peer);

  if (entry != NULL)
    {
      entry->until_us = MAX (entry->until_us, until_us);
      return;
    }
  if (times->order.length >= times->max)
    {
      Entry *oldest = g_queue_pop_head (&times->order);

      g_hash_table_remove (times->entries, oldest->peer);
    }
  entry = g_new (Entry, 1);
  entry->peer = mesh_peer_id_ref (peer);
  entry->until_us = until_us;
  g_hash_table_insert (times->entries, entry->peer, entry);
  g_queue_push_tail (&times->order, entry);
}

gboolean
mesh_gossip_times_take (MeshGossipTimes *times,
                        MeshPeerId *peer,
                        gint64 interval_us,
                        guint burst,
                        gint64 now_us)
{
  gint64 full_us = MAX (mesh_gossip_times_get (times, peer), now_us) + interval_us;

  if (full_us - now_us > interval_us * (gint64) burst)
    return FALSE;
  mesh_gossip_times_extend (times, peer, full_us);
  return TRUE;
}

void
mesh_gossip_times_expire (MeshGossipTimes *times, gint64 now_us)
{
  GList *next;

  for (GList *l = times->order.head; l != NULL; l = next)
    {
      Entry *entry = l->data;

      next = l->next;
      if (entry->until_us > now_us)
        continue;
      g_queue_delete_link (&times->order, l);
      g_hash_table_remove (times->entries, entry->peer);
    }
}
