/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-values.h"

typedef struct
{
  MeshKadValue value;
  MeshKadKey distance; /* from our place */
} Entry;

struct MeshKadValues
{
  MeshKadKey self;
  guint max;
  GPtrArray *entries; /* (owned) (element-type Entry): oldest first */
  GHashTable *by_key; /* (owned) (element-type GBytes Entry): borrowed from them */
  GPtrArray *dropped; /* (owned) (element-type GBytes) */
  gint64 next_expiry_us;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_bytes_unref (entry->value.key);
  g_bytes_unref (entry->value.value);
  g_free (entry);
}

MeshKadValues *
mesh_kad_values_new (const MeshKadKey *self, guint max)
{
  MeshKadValues *values = g_new0 (MeshKadValues, 1);

  values->self = *self;
  values->max = max;
  values->entries = g_ptr_array_new_with_free_func (entry_free);
  values->by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  values->dropped = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  values->next_expiry_us = G_MAXINT64;
  return values;
}

void
mesh_kad_values_free (MeshKadValues *values)
{
  g_hash_table_unref (values->by_key);
  g_ptr_array_unref (values->entries);
  g_ptr_array_unref (values->dropped);
  g_free (values);
}

static void
drop (MeshKadValues *values, guint i)
{
  Entry *entry = values->entries->pdata[i];

  g_ptr_array_add (values->dropped, g_bytes_ref (entry->value.key));
  g_hash_table_remove (values->by_key, entry->value.key);
  g_ptr_array_remove_index (values->entries, i);
}

static gboolean
make_room (MeshKadValues *values, const MeshKadKey *distance)
{
  const MeshKadKey *farthest = distance;
  guint at = G_MAXUINT;

  for (guint i = 0; i < values->entries->len; i++)
    {
      const Entry *entry = values->entries->pdata[i];

      if (mesh_kad_key_compare (&entry->distance, farthest) > 0)
        {
          farthest = &entry->distance;
          at = i;
        }
    }
  if (at == G_MAXUINT)
    return FALSE;
  drop (values, at);
  return TRUE;
}

static Entry *
add (MeshKadValues *values, GBytes *key)
{
  MeshKadKey place;
  Entry *entry = g_new0 (Entry, 1);

  mesh_kad_key_init (&place, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  mesh_kad_key_distance (&place, &values->self, &entry->distance);
  if (values->entries->len >= values->max && !make_room (values, &entry->distance))
    {
      g_free (entry);
      return NULL;
    }
  entry->value.key = g_bytes_ref (key);
  entry->value.value = g_bytes_new (NULL, 0);
  g_ptr_array_add (values->entries, entry);
  g_hash_table_insert (values->by_key, entry->value.key, entry);
  return entry;
}

gboolean
mesh_kad_values_put (MeshKadValues *values,
                     GBytes *key,
                     GBytes *value,
                     gint64 received_us,
                     gint64 expires_us)
{
  Entry *entry = g_hash_table_lookup (values->by_key, key);

  if (entry == NULL)
    entry = add (values, key);
  if (entry == NULL)
    return FALSE;
  g_bytes_unref (entry->value.value);
  entry->value.value = g_bytes_ref (value);
  entry->value.received_us = received_us;
  entry->value.expires_us = expires_us;
  values->next_expiry_us = MIN (values->next_expiry_us, expires_us);
  return TRUE;
}

const MeshKadValue *
mesh_kad_values_get (MeshKadValues *values, GBytes *key)
{
  Entry *entry = g_hash_table_lookup (values->by_key, key);

  return entry != NULL ? &entry->value : NULL;
}

static void
expire (MeshKadValues *values, gint64 now_us)
{
  values->next_expiry_us = G_MAXINT64;
  for (guint i = 0; i < values->entries->len;)
    {
      const Entry *entry = values->entries->pdata[i];

      if (entry->value.expires_us <= now_us)
        {
          drop (values, i);
          continue;
        }
      values->next_expiry_us = MIN (values->next_expiry_us, entry->value.expires_us);
      i++;
    }
}

GBytes *
mesh_kad_values_poll_dropped (MeshKadValues *values, gint64 now_us)
{
  if (values->next_expiry_us <= now_us)
    expire (values, now_us);
  if (values->dropped->len == 0)
    return NULL;
  return g_ptr_array_steal_index (values->dropped, 0);
}

gint64
mesh_kad_values_next_deadline_us (const MeshKadValues *values)
{
  return values->next_expiry_us;
}

guint
mesh_kad_values_get_n (const MeshKadValues *values)
{
  return values->entries->len;
}
