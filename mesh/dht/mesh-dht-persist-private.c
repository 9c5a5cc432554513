/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-dht-persist-private.h"

#include "dht/mesh-dht-private.h"

/* The core's time is monotonic, the database's that of the wall. */

static gint64
to_wall (gint64 time_us)
{
  if (time_us == G_MAXINT64)
    return time_us;
  return time_us - g_get_monotonic_time () + g_get_real_time ();
}

static gint64
from_wall (gint64 wall_us)
{
  return MAX (wall_us - g_get_real_time () + g_get_monotonic_time (), 0);
}

static GBytes *
peer_bytes (const MeshPeerId *id)
{
  gsize len;
  const guint8 *data = mesh_peer_id_get_bytes (id, &len);

  return g_bytes_new (data, len);
}

void
mesh_dht_persist_event (MeshDht *self, MeshDhtSide *side, const MeshKadEvent *event)
{
  MeshDhtStoreRow row = { .table = mesh_dht_side_get_scope (side) };
  g_autoptr (GPtrArray) addrs = NULL;

  if (self->store == NULL)
    return;
  row.key = g_bytes_ref (event->key);
  row.due_us = to_wall (event->expires_us);
  row.kind = MESH_DHT_STORE_VALUE;
  if (event->peer != NULL)
    {
      row.kind = MESH_DHT_STORE_PROVIDER;
      row.peer = peer_bytes (event->peer->id);
    }
  if (event->type == MESH_KAD_EVENT_PROVIDED)
    row.kind = MESH_DHT_STORE_PROVIDED;
  if (event->addrs != NULL)
    {
      addrs = mesh_kad_addrs_dup_multiaddrs (event->addrs);
      row.addrs = mesh_dht_store_pack_addrs (addrs);
    }
  row.value = event->value != NULL ? g_bytes_ref (event->value) : NULL;
  if (event->type == MESH_KAD_EVENT_DROP_PROVIDER
      || event->type == MESH_KAD_EVENT_DROP_VALUE)
    mesh_dht_store_drop (self->store, row);
  else
    mesh_dht_store_put (self->store, row);
}

void
mesh_dht_persist_provided (MeshDht *self, GBytes *key, gboolean is_provided)
{
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    {
      MeshDhtStoreRow row = { .kind = MESH_DHT_STORE_PROVIDED };

      if (self->sides[i] == NULL || self->store == NULL)
        continue;
      row.table = mesh_dht_side_get_scope (self->sides[i]);
      row.key = g_bytes_ref (key);
      row.due_us = g_get_real_time ();
      if (is_provided)
        mesh_dht_store_put (self->store, row);
      else
        mesh_dht_store_drop (self->store, row);
    }
}

void
mesh_dht_persist_restore (MeshDht *self, const MeshDhtStoreRow *row)
{
  g_autoptr (MeshPeerId) peer = NULL;
  g_autoptr (GPtrArray) addrs = NULL;
  gint64 now_us = g_get_monotonic_time (), due_us = from_wall (row->due_us);
  gsize len = 0;
  const guint8 *key = row->key != NULL ? g_bytes_get_data (row->key, &len) : NULL;

  if (row->peer != NULL)
    peer = mesh_peer_id_from_bytes (g_bytes_get_data (row->peer, NULL),
                                    g_bytes_get_size (row->peer), NULL);
  if (row->addrs != NULL)
    addrs = mesh_dht_store_unpack_addrs (row->addrs);
  if (row->kind == MESH_DHT_STORE_PEER)
    {
      if (peer != NULL && self->good_peers->len < MESH_DHT_MAX_GOOD_PEERS)
        g_ptr_array_add (self->good_peers, mesh_dht_peer_new (peer, addrs));
      return;
    }
  for (guint i = 0; i < MESH_DHT_N_SIDES; i++)
    {
      MeshKad *kad;

      if (self->sides[i] == NULL || len == 0 || len > MESH_KAD_MAX_KEY_BYTES
          || mesh_dht_side_get_scope (self->sides[i]) != row->table)
        continue;
      kad = mesh_dht_side_get_kad (self->sides[i]);
      if (row->kind == MESH_DHT_STORE_PROVIDER && peer != NULL)
        mesh_kad_restore_provider (kad, key, len, peer, addrs, due_us, now_us);
      else if (row->kind == MESH_DHT_STORE_VALUE)
        mesh_kad_restore_value (kad, key, len, g_bytes_get_data (row->value, NULL),
                                g_bytes_get_size (row->value), due_us, now_us);
      else if (row->kind == MESH_DHT_STORE_PROVIDED
               && !mesh_kad_restore_provided (kad, key, len, due_us))
        g_debug ("Too many keys to announce");
    }
}

static void
add_good_peer (GArray *rows, MeshDhtSide *side, const MeshKadContact *contact)
{
  g_autoptr (GPtrArray) addrs = mesh_kad_addrs_dup_multiaddrs (contact->addrs);
  MeshDhtStoreRow row = { .kind = MESH_DHT_STORE_PEER };

  row.table = mesh_dht_side_get_scope (side);
  row.peer = peer_bytes (contact->peer->id);
  row.addrs = mesh_dht_store_pack_addrs (addrs);
  g_array_append_val (rows, row);
}

static GPtrArray *
dup_side_peers (MeshDht *self, MeshDhtSideIndex i)
{
  if (self->sides[i] == NULL)
    return g_ptr_array_new ();
  return mesh_kad_dup_peers (mesh_dht_side_get_kad (self->sides[i]));
}

/* From each table in turn. */
static GArray *
choose_good_peers (MeshDht *self)
{
  GArray *rows = g_array_new (FALSE, TRUE, sizeof (MeshDhtStoreRow));
  g_autoptr (GPtrArray) wan = dup_side_peers (self, MESH_DHT_WAN);
  g_autoptr (GPtrArray) lan = dup_side_peers (self, MESH_DHT_LAN);

  g_array_set_clear_func (rows, mesh_dht_store_clear_row);
  for (guint i = 0; i < MAX (wan->len, lan->len); i++)
    {
      if (i < wan->len && rows->len < MESH_DHT_MAX_GOOD_PEERS)
        add_good_peer (rows, self->sides[MESH_DHT_WAN], wan->pdata[i]);
      if (i < lan->len && rows->len < MESH_DHT_MAX_GOOD_PEERS)
        add_good_peer (rows, self->sides[MESH_DHT_LAN], lan->pdata[i]);
    }
  return rows;
}

/* An empty table says nothing about who was good. */
void
mesh_dht_persist_peers (MeshDht *self)
{
  g_autoptr (GArray) rows = choose_good_peers (self);

  if (rows->len > 0 && self->store != NULL)
    mesh_dht_store_set_peers (self->store, rows);
}
