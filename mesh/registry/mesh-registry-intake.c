/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"
#include "registry/mesh-registry-private.h"

/* Announcements on their way in. */

static void
free_newest (gpointer data)
{
  MeshRegistryNewest *newest = data;

  mesh_announcement_unref (newest->announcement);
  g_free (newest->via);
  g_free (newest);
}

GHashTable *
mesh_registry_intake_new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_newest);
}

const MeshRegistryNewest *
mesh_registry_intake_find_newest (MeshRegistry *self,
                                  const char *app_id,
                                  const char *channel)
{
  const MeshRegistryNewest *newest = g_hash_table_lookup (self->newest, app_id);
  const MeshListing *listing
      = newest != NULL ? mesh_announcement_get_listing (newest->announcement) : NULL;

  return listing != NULL && g_str_equal (listing->channel, channel) ? newest : NULL;
}

/* As many as there are tracked apps: that is bounded. */
static void
note_newest (MeshRegistry *self, MeshAnnouncement *announcement, const char *via)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  MeshRegistryNewest *newest;

  if (!g_hash_table_contains (self->tracked, listing->app_id))
    return;
  newest = g_new0 (MeshRegistryNewest, 1);
  newest->announcement = mesh_announcement_ref (announcement);
  newest->via = g_strdup (via);
  g_hash_table_replace (
      self->newest, mesh_announcement_get_listing (newest->announcement)->app_id, newest);
}

static void
ingested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshRegistry *self = g_task_get_source_object (task);
  GError *error = NULL;
  MeshRegistryOutcome *outcome
      = mesh_registry_index_ingest_finish (self->index, result, &error);

  if (outcome == NULL)
    {
      self->stats.n_ignored++;
      g_task_return_error (task, error);
      return;
    }
  self->stats.n_listings = outcome->n_listings;
  switch (outcome->verdict)
    {
    case MESH_REGISTRY_VERDICT_ACCEPT:
      self->stats.n_announced++;
      if (outcome->is_verified)
        note_newest (self, outcome->announcement, g_task_get_task_data (task));
      g_signal_emit_by_name (self, "announced", outcome->announcement,
                             outcome->is_verified);
      break;
    case MESH_REGISTRY_VERDICT_SPLIT:
      mesh_registry_evidence_add (self, outcome->split_view);
      break;
    case MESH_REGISTRY_VERDICT_REJECT:
      self->stats.n_refused++;
      break;
    default:
      self->stats.n_ignored++;
    }
  g_task_return_pointer (task, outcome,
                         (GDestroyNotify) mesh_registry_index_free_outcome);
}

void
mesh_registry_intake_async (MeshRegistry *self,
                            GBytes *data,
                            const char *via,
                            gboolean is_gossip,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, mesh_registry_intake_async);
  if (self->index == NULL)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CLOSED,
                               "Shoal is being stopped");
      return;
    }
  g_task_set_task_data (task, g_strdup (via), g_free);
  mesh_registry_index_ingest_async (self->index, data, via, is_gossip,
                                    mesh_registry_get_now_s (), ingested_cb,
                                    g_steal_pointer (&task));
}

MeshRegistryOutcome *
mesh_registry_intake_finish (MeshRegistry *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
