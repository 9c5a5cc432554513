/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-private.h"
#include "registry/mesh-registry-topics.h"

/* How others find what this node has: as a provider on the DHT, by its announcements, and
 * by its answers. */

/* An app whose releases this node has. */
typedef struct
{
  char *app_id;  /* (owned) */
  MeshCid *root; /* (owned) (nullable) */
} Tracked;

static void
free_tracked (gpointer data)
{
  Tracked *tracked = data;

  g_free (tracked->app_id);
  g_clear_pointer (&tracked->root, mesh_cid_unref);
  g_free (tracked);
}

GHashTable *
mesh_registry_presence_new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_tracked);
}

/* Being found on the DHT. */

static void
provided_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* It is tried again by the DHT itself. */
  if (!mesh_dht_provide_finish (MESH_DHT (source), result, &error))
    g_debug ("Not announced on the DHT yet: %s", error->message);
}

static void
set_provided (MeshRegistry *self, const Tracked *tracked, gboolean is_provided)
{
  g_autoptr (MeshCid) package = mesh_registry_package_cid (tracked->app_id);
  MeshCid *cids[] = { package, tracked->root };

  for (gsize i = 0; self->dht != NULL && i < G_N_ELEMENTS (cids); i++)
    if (cids[i] != NULL && is_provided)
      mesh_dht_provide_async (self->dht, cids[i], NULL, provided_cb, NULL);
    else if (cids[i] != NULL)
      mesh_dht_unprovide (self->dht, cids[i]);
}

gboolean
mesh_registry_presence_is_found (MeshRegistry *self)
{
  return self->is_sharing && self->db != NULL && mesh_registry_uses_mesh (self);
}

/* What follows from the mode and from sharing. */
void
mesh_registry_presence_update (MeshRegistry *self, gboolean was_found)
{
  GHashTableIter iter;
  gpointer value;

  if (self->server != NULL)
    mesh_registry_server_set_serving (self->server,
                                      mesh_registry_presence_is_found (self));
  mesh_registry_topics_update (self);
  if (mesh_registry_presence_is_found (self) == was_found)
    return;
  g_hash_table_iter_init (&iter, self->tracked);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    set_provided (self, value, mesh_registry_presence_is_found (self));
  for (guint i = 0; i < self->publications->len; i++)
    ((MeshRegistryPublication *) self->publications->pdata[i])->n_told = 0;
  mesh_registry_topics_repeat (self);
}

static void
keep_release (MeshRegistry *self, GBytes *envelope)
{
  g_autoptr (MeshSignedManifest) release = mesh_signed_manifest_parse (
      g_bytes_get_data (envelope, NULL), g_bytes_get_size (envelope), NULL);
  const MeshManifest *manifest;
  MeshRegistryRelease row;

  if (release == NULL)
    return;
  manifest = mesh_signed_manifest_get_manifest (release);
  row = (MeshRegistryRelease){ mesh_signed_manifest_get_digest (release),
                               manifest->app_id,
                               manifest->channel,
                               manifest->version,
                               manifest->counter,
                               manifest->expires_s };
  mesh_registry_ledger_keep_release (self->db, &row, envelope);
}

void
mesh_registry_presence_track (MeshRegistry *self,
                              const MeshTrustState *trust,
                              MeshCid *root,
                              GBytes *envelope)
{
  Tracked *tracked = g_hash_table_lookup (self->tracked, trust->app_id);
  Tracked *new;

  if (self->db == NULL
      || (tracked == NULL
          && g_hash_table_size (self->tracked) >= MESH_REGISTRY_MAX_TRACKED))
    return;
  mesh_registry_index_trust (self->index, trust);
  if (envelope != NULL)
    keep_release (self, envelope);
  if (tracked != NULL && mesh_registry_presence_is_found (self) && tracked->root != NULL
      && root != NULL && !mesh_cid_equal (tracked->root, root) && self->dht != NULL)
    mesh_dht_unprovide (self->dht, tracked->root);
  new = g_new0 (Tracked, 1);
  new->app_id = g_strdup (trust->app_id);
  if (root != NULL)
    new->root = mesh_cid_ref (root);
  else if (tracked != NULL && tracked->root != NULL)
    new->root = mesh_cid_ref (tracked->root);
  g_hash_table_replace (self->tracked, new->app_id, new);
  if (mesh_registry_presence_is_found (self))
    set_provided (self, new, TRUE);
}

void
mesh_registry_presence_untrack (MeshRegistry *self, const char *app_id)
{
  Tracked *tracked = g_hash_table_lookup (self->tracked, app_id);

  if (tracked == NULL || self->db == NULL)
    return;
  set_provided (self, tracked, FALSE);
  mesh_registry_ledger_forget_releases (self->db, app_id);
  g_hash_table_remove (self->newest, app_id);
  g_hash_table_remove (self->tracked, app_id);
}
