/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/host/mesh-roster.h"

typedef struct
{
  MeshConnection *connection; /* (owned) */
  guint n_used;               /* streams that keep it from being idle */
  gint64 used_us;             /* when the last of them went */
} Entry;

struct MeshRoster
{
  grefcount ref_count;
  GHashTable *entries; /* (owned) (element-type MeshPeerId Entry) */
};

typedef struct
{
  MeshRoster *roster; /* (owned) */
  GWeakRef connection;
} Use;

static void
entry_free (Entry *entry)
{
  g_object_unref (entry->connection);
  g_free (entry);
}

MeshRoster *
mesh_roster_new (void)
{
  MeshRoster *roster = g_new0 (MeshRoster, 1);

  g_ref_count_init (&roster->ref_count);
  /* The key is the connection's own id. */
  roster->entries = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal, NULL,
                                           (GDestroyNotify) entry_free);
  return roster;
}

void
mesh_roster_unref (MeshRoster *roster)
{
  if (!g_ref_count_dec (&roster->ref_count))
    return;
  g_hash_table_unref (roster->entries);
  g_free (roster);
}

static Entry *
find_entry (MeshRoster *roster, MeshConnection *connection)
{
  Entry *entry
      = g_hash_table_lookup (roster->entries, mesh_connection_get_peer_id (connection));

  return entry != NULL && entry->connection == connection ? entry : NULL;
}

MeshConnection *
mesh_roster_find (MeshRoster *roster, const MeshPeerId *peer_id)
{
  Entry *entry = g_hash_table_lookup (roster->entries, peer_id);

  return entry != NULL ? entry->connection : NULL;
}

MeshConnection *
mesh_roster_find_by_muxer (MeshRoster *roster, MeshMuxer *muxer)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, roster->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (mesh_connection_get_muxer (((Entry *) value)->connection) == muxer)
      return ((Entry *) value)->connection;
  return NULL;
}

gboolean
mesh_roster_contains (MeshRoster *roster, MeshConnection *connection)
{
  return find_entry (roster, connection) != NULL;
}

void
mesh_roster_add (MeshRoster *roster, MeshConnection *connection)
{
  MeshPeerId *peer_id = mesh_connection_get_peer_id (connection);
  Entry *entry;

  g_return_if_fail (mesh_roster_find (roster, peer_id) == NULL);

  entry = g_new0 (Entry, 1);
  entry->connection = g_object_ref (connection);
  entry->used_us = g_get_monotonic_time ();
  g_hash_table_insert (roster->entries, peer_id, entry);
}

void
mesh_roster_remove (MeshRoster *roster, MeshConnection *connection)
{
  g_return_if_fail (mesh_roster_contains (roster, connection));

  g_hash_table_remove (roster->entries, mesh_connection_get_peer_id (connection));
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  gint64 first = mesh_connection_get_opened_us (*(MeshConnection *const *) a);
  gint64 second = mesh_connection_get_opened_us (*(MeshConnection *const *) b);

  return first < second ? -1 : first > second;
}

GPtrArray *
mesh_roster_dup_connections (MeshRoster *roster)
{
  GPtrArray *result = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, roster->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_ptr_array_add (result, g_object_ref (((Entry *) entry)->connection));
  g_ptr_array_sort (result, compare_age);
  return result;
}

static void
use_ended_cb (gpointer user_data, GObject *stream)
{
  Use *use = user_data;
  g_autoptr (MeshConnection) connection = g_weak_ref_get (&use->connection);
  Entry *entry = connection != NULL ? find_entry (use->roster, connection) : NULL;

  if (entry != NULL)
    {
      entry->n_used--;
      entry->used_us = g_get_monotonic_time ();
    }
  g_weak_ref_clear (&use->connection);
  mesh_roster_unref (use->roster);
  g_free (use);
}

void
mesh_roster_count_use (MeshRoster *roster, MeshConnection *connection, MeshStream *stream)
{
  Entry *entry = find_entry (roster, connection);
  Use *use;

  if (entry == NULL)
    return;
  entry->n_used++;
  use = g_new0 (Use, 1);
  use->roster = roster;
  g_ref_count_inc (&roster->ref_count);
  g_weak_ref_init (&use->connection, connection);
  g_object_weak_ref (G_OBJECT (stream), use_ended_cb, use);
}

gboolean
mesh_roster_is_idle (MeshRoster *roster, MeshConnection *connection, gint64 since_us)
{
  Entry *entry = find_entry (roster, connection);

  return entry != NULL && entry->n_used == 0 && entry->used_us <= since_us;
}
