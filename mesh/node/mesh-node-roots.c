/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-roots.h"

#include "base/mesh-error.h"

struct MeshNodeRoots
{
  MeshStore *store;      /* (owned) */
  MeshCapsService *caps; /* (owned) */
  MeshDht *dht;          /* (owned) (nullable) */
  gulong handler_id;
  GHashTable *provided; /* (owned) (element-type MeshCid): entered in the hash table */
  guint timer_id;
  gboolean in_caps;
  gboolean in_dht;
};

static void
provided_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* It is announced again by the hash table itself. */
  if (!mesh_dht_provide_finish (MESH_DHT (object), result, &error))
    g_debug ("A root is not announced yet: %s", error->message);
}

static void
tell_dht (MeshNodeRoots *self, GPtrArray *roots)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (mesh_cid_hash, mesh_cid_equal);
  GHashTableIter iter;
  gpointer cid;

  if (self->dht == NULL)
    return;
  for (guint i = 0; self->in_dht && i < MIN (roots->len, MESH_NODE_ROOTS_MAX); i++)
    g_hash_table_add (wanted, g_ptr_array_index (roots, i));
  g_hash_table_iter_init (&iter, self->provided);
  while (g_hash_table_iter_next (&iter, &cid, NULL))
    if (!g_hash_table_contains (wanted, cid))
      {
        (void) mesh_dht_unprovide (self->dht, cid);
        g_hash_table_iter_remove (&iter);
      }
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &cid, NULL))
    if (g_hash_table_add (self->provided, mesh_cid_ref (cid)))
      mesh_dht_provide_async (self->dht, cid, NULL, provided_cb, NULL);
}

static void
tell_caps (MeshNodeRoots *self, GPtrArray *roots)
{
  g_autoptr (GPtrArray) hashes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; self->in_caps && i < roots->len; i++)
    {
      gsize len;
      const guint8 *multihash
          = mesh_cid_get_multihash (g_ptr_array_index (roots, i), &len);

      g_ptr_array_add (hashes, g_bytes_new (multihash, len));
    }
  mesh_caps_service_set_roots (self->caps, hashes);
}

static gboolean
tell_cb (gpointer user_data)
{
  MeshNodeRoots *self = user_data;
  g_autoptr (GPtrArray) roots = mesh_store_dup_shared_roots (self->store);

  self->timer_id = 0;
  tell_caps (self, roots);
  tell_dht (self, roots);
  return G_SOURCE_REMOVE;
}

static void
changed (MeshNodeRoots *self)
{
  if (self->timer_id == 0)
    self->timer_id = g_timeout_add (MESH_NODE_ROOTS_DELAY_MS, tell_cb, self);
}

static void
shares_changed_cb (MeshStore *store, gpointer user_data)
{
  changed (user_data);
}

MeshNodeRoots *
mesh_node_roots_new (MeshStore *store, MeshCapsService *caps, MeshDht *dht)
{
  MeshNodeRoots *self = g_new0 (MeshNodeRoots, 1);

  self->store = g_object_ref (store);
  self->caps = g_object_ref (caps);
  self->dht = dht != NULL ? g_object_ref (dht) : NULL;
  self->provided = g_hash_table_new_full (mesh_cid_hash, mesh_cid_equal,
                                          (GDestroyNotify) mesh_cid_unref, NULL);
  self->handler_id
      = g_signal_connect (store, "shares-changed", G_CALLBACK (shares_changed_cb), self);
  return self;
}

void
mesh_node_roots_free (MeshNodeRoots *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_signal_handler_disconnect (self->store, self->handler_id);
  g_hash_table_unref (self->provided);
  g_clear_object (&self->dht);
  g_object_unref (self->caps);
  g_object_unref (self->store);
  g_free (self);
}

void
mesh_node_roots_set_telling (MeshNodeRoots *self, gboolean in_caps, gboolean in_dht)
{
  if (self->in_caps == in_caps && self->in_dht == in_dht)
    return;
  self->in_caps = in_caps;
  self->in_dht = in_dht;
  changed (self);
}

guint
mesh_node_roots_get_n_provided (MeshNodeRoots *self)
{
  return g_hash_table_size (self->provided);
}
