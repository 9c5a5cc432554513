/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-kad-store.h"

typedef struct
{
  GBytes *key;         /* (owned) */
  MeshKadPeer *peer;   /* (owned) (nullable): %NULL: this node itself announces the key */
  MeshKadAddrs *addrs; /* (owned) (nullable) */
  gint64 expires_us;
} Record;

struct SimKadStore
{
  GPtrArray *records; /* (owned) (element-type Record) */
};

static void
record_free (gpointer data)
{
  Record *record = data;

  g_bytes_unref (record->key);
  g_clear_pointer (&record->peer, mesh_kad_pool_unref_peer);
  g_clear_pointer (&record->addrs, mesh_kad_addrs_unref);
  g_free (record);
}

SimKadStore *
sim_kad_store_new (void)
{
  SimKadStore *store = g_new0 (SimKadStore, 1);

  store->records = g_ptr_array_new_with_free_func (record_free);
  return store;
}

void
sim_kad_store_free (SimKadStore *store)
{
  g_ptr_array_unref (store->records);
  g_free (store);
}

static void
drop (SimKadStore *store, GBytes *key, const MeshKadPeer *peer)
{
  for (guint i = 0; i < store->records->len; i++)
    {
      const Record *record = g_ptr_array_index (store->records, i);

      if (record->peer == peer && g_bytes_equal (record->key, key))
        {
          g_ptr_array_remove_index (store->records, i);
          return;
        }
    }
}

static void
keep (SimKadStore *store, const MeshKadEvent *event)
{
  Record *record = g_new0 (Record, 1);

  drop (store, event->key, event->peer);
  record->key = g_bytes_ref (event->key);
  record->peer = event->peer != NULL ? mesh_kad_pool_ref_peer (event->peer) : NULL;
  record->addrs = event->addrs != NULL ? mesh_kad_addrs_ref (event->addrs) : NULL;
  record->expires_us = event->expires_us;
  g_ptr_array_add (store->records, record);
}

void
sim_kad_store_handle_event (SimKadStore *store, const MeshKadEvent *event)
{
  if (event->type == MESH_KAD_EVENT_STORE_PROVIDER
      || event->type == MESH_KAD_EVENT_PROVIDED)
    keep (store, event);
  else if (event->type == MESH_KAD_EVENT_DROP_PROVIDER)
    drop (store, event->key, event->peer);
}

void
sim_kad_store_unprovide (SimKadStore *store, GBytes *key)
{
  drop (store, key, NULL);
}

void
sim_kad_store_restore (SimKadStore *store, MeshKad *core, gint64 now_us)
{
  for (guint i = 0; i < store->records->len; i++)
    {
      const Record *record = g_ptr_array_index (store->records, i);
      gsize len;
      const guint8 *key = g_bytes_get_data (record->key, &len);
      g_autoptr (GPtrArray) addrs = NULL;

      if (record->peer == NULL)
        {
          if (!mesh_kad_restore_provided (core, key, len, record->expires_us))
            g_assert_not_reached ();
          continue;
        }
      if (record->expires_us <= now_us)
        continue;
      addrs = record->addrs != NULL ? mesh_kad_addrs_dup_multiaddrs (record->addrs)
                                    : g_ptr_array_new ();
      mesh_kad_restore_provider (core, key, len, record->peer->id, addrs,
                                 record->expires_us, now_us);
    }
}

guint
sim_kad_store_get_n_records (const SimKadStore *store)
{
  return store->records->len;
}
