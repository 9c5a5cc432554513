/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-announce-private.h"

#include "base/mesh-error.h"
#include "update/mesh-publisher-key.h"
#include "update/mesh-update-command-private.h"

#define DEFAULT_KEY "default.key"

/* What this node has. */

typedef struct
{
  MeshUpdateEngine *engine; /* (owned) */
  char *app_id;             /* (owned) */
  char *digest;             /* (owned) */
  char *root;               /* (owned) */
} Track;

static void
free_track (Track *track)
{
  g_object_unref (track->engine);
  g_free (track->app_id);
  g_free (track->digest);
  g_free (track->root);
  g_free (track);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Track, free_track)

/* The newest release that this node published or has installed. */
static const MeshUpdateRelease *
find_release (const MeshUpdateRecord *record)
{
  if (record->published != NULL
      && (record->current == NULL
          || record->published->counter > record->current->counter))
    return record->published;
  return record->current;
}

static void
envelope_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Track) track = g_steal_pointer (&user_data);
  MeshUpdateEngine *engine = track->engine;
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, track->app_id);
  g_autoptr (GBytes) envelope
      = mesh_update_journal_get_envelope_finish (engine->journal, result, NULL);
  g_autoptr (MeshCid) root = mesh_cid_parse (track->root, NULL);

  /* Meanwhile it may be another release. */
  if (entry != NULL && envelope != NULL && g_strcmp0 (entry->tracked, track->digest) == 0)
    mesh_registry_track (engine->registry, entry->record->trust, root, envelope);
}

void
mesh_update_announce_track (MeshUpdateEngine *engine, MeshUpdateEntry *entry)
{
  const MeshUpdateRelease *release = find_release (entry->record);
  Track *track;

  if (engine->registry == NULL || engine->journal == NULL)
    return;
  if (release == NULL)
    {
      if (entry->tracked != NULL)
        mesh_registry_untrack (engine->registry, entry->record->trust->app_id);
      g_clear_pointer (&entry->tracked, g_free);
      return;
    }
  mesh_registry_track (engine->registry, entry->record->trust, NULL, NULL);
  if (g_strcmp0 (entry->tracked, release->digest) == 0)
    return;
  g_free (entry->tracked);
  entry->tracked = g_strdup (release->digest);
  track = g_new0 (Track, 1);
  track->engine = g_object_ref (engine);
  track->app_id = g_strdup (entry->record->trust->app_id);
  track->digest = g_strdup (release->digest);
  track->root = g_strdup (release->root);
  mesh_update_journal_get_envelope_async (engine->journal, release->digest, envelope_cb,
                                          track);
}

void
mesh_update_announce_renewed (MeshUpdateEngine *engine,
                              MeshUpdateEntry *entry,
                              const MeshRegistryFound *found)
{
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (found->release);
  const MeshUpdateRelease *current = entry->record->current;
  g_autofree char *root = mesh_cid_dup_text (manifest->root);

  if (current != NULL && manifest->counter > current->counter
      && g_str_equal (manifest->version, current->version)
      && g_str_equal (root, current->root))
    mesh_registry_track (engine->registry, entry->record->trust, NULL, found->envelope);
}

/* Signing. */

MeshAnnouncement *
mesh_update_announce_sign (const MeshSignedManifest *release,
                           const char *publisher,
                           GPtrArray *keypairs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshAnnouncement) announcement = mesh_announcement_new (
      release, publisher, mesh_update_engine_get_now_s () + MESH_ANNOUNCEMENT_LIFE_S,
      &error);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; announcement != NULL && error == NULL && i < keypairs->len; i++)
    (void) !mesh_announcement_sign (announcement, keypairs->pdata[i], &error);
  if (announcement != NULL && error == NULL)
    bytes = mesh_announcement_to_bytes (announcement, &error);
  if (bytes != NULL)
    return g_steal_pointer (&announcement);
  g_warning ("The release is not announced to the mesh: %s", error->message);
  return NULL;
}

typedef struct
{
  MeshAnnouncement *announcement; /* (owned) */
  GStrv paths;                    /* (owned) */
} Renewal;

static void
free_renewal (gpointer data)
{
  Renewal *renewal = data;

  mesh_announcement_unref (renewal->announcement);
  g_strfreev (renewal->paths);
  g_free (renewal);
}

static gpointer
renew_job (gpointer input, GCancellable *cancellable, GError **error)
{
  Renewal *renewal = input;
  g_autoptr (MeshAnnouncement) announcement = mesh_announcement_renew (
      renewal->announcement, mesh_update_engine_get_now_s () + MESH_ANNOUNCEMENT_LIFE_S);

  for (gsize i = 0; renewal->paths[i] != NULL; i++)
    {
      g_autoptr (MeshKeypair) keypair
          = mesh_publisher_key_load (renewal->paths[i], error);

      if (keypair == NULL || !mesh_announcement_sign (announcement, keypair, error))
        return NULL;
    }
  return mesh_announcement_verify (announcement, error) ? g_steal_pointer (&announcement)
                                                        : NULL;
}

typedef struct
{
  MeshUpdateEngine *engine; /* (owned) */
  char *keys;               /* (owned) */
} Due;

static void
reannounced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mesh_registry_announce_finish (MESH_REGISTRY (source), result, &error))
    g_warning ("An announcement is not renewed: %s", error->message);
}

static void
renewed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Due *due = g_steal_pointer (&user_data);
  g_autoptr (MeshUpdateEngine) engine = due->engine;
  g_autofree char *keys = due->keys;
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshAnnouncement) announcement
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (announcement == NULL)
    g_warning ("An announcement expires soon and can't be signed again; publish the app "
               "again: %s",
               error->message);
  else
    mesh_registry_announce_async (engine->registry, announcement, keys, reannounced_cb,
                                  NULL);
}

/* A release that expires before the announcement could is published again by a person. */
static void
due_cb (MeshRegistry *registry,
        MeshAnnouncement *announcement,
        const char *keys,
        gpointer user_data)
{
  MeshUpdateEngine *engine = user_data;
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, listing->app_id);
  g_autofree char *path
      = g_build_filename (engine->data_dir, MESH_PUBLISHER_KEY_DIR, DEFAULT_KEY, NULL);
  const char *const paths[] = { path, NULL };
  Renewal *renewal;
  Due *due;

  if (entry == NULL || entry->record->published == NULL
      || entry->record->published->counter != listing->counter)
    return;
  renewal = g_new0 (Renewal, 1);
  renewal->announcement = mesh_announcement_ref (announcement);
  renewal->paths
      = *keys != '\0' ? g_strsplit (keys, "\n", -1) : g_strdupv ((char **) paths);
  due = g_new0 (Due, 1);
  due->engine = g_object_ref (engine);
  due->keys = g_strdup (keys);
  mesh_work_pool_run_async (engine->pool, MESH_WORK_PRIORITY_LOW, renew_job, renewal,
                            free_renewal, (GDestroyNotify) mesh_announcement_unref, NULL,
                            renewed_cb, due);
}

/* Hearing. */

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mesh_update_command_run_finish (MESH_UPDATE_ENGINE (source), result, &error))
    g_message ("A release was announced that is not found yet: %s", error->message);
}

static void
announced_cb (MeshRegistry *registry,
              MeshAnnouncement *announcement,
              gboolean is_verified,
              gpointer user_data)
{
  MeshUpdateEngine *engine = user_data;
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, listing->app_id);

  if (!is_verified || entry == NULL || entry->record->current == NULL
      || !g_str_equal (entry->record->trust->channel, listing->channel)
      || listing->counter <= entry->record->trust->counter)
    return;
  mesh_update_command_run_async (engine, entry, MESH_UPDATE_COMMAND_POLL, NULL, NULL,
                                 NULL, NULL, checked_cb, NULL);
}

void
mesh_update_announce_watch (MeshUpdateEngine *engine)
{
  g_signal_connect (engine->registry, "announced", G_CALLBACK (announced_cb), engine);
  g_signal_connect (engine->registry, "announcement-due", G_CALLBACK (due_cb), engine);
}
