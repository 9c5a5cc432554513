/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* The registry: opening and stopping, what the node has, announcements on their way in
 * and out, and the evidence of split views. Owned by the node; lives in the main context
 * it was opened in; ends with mesh_registry_stop_async(). Searching is in
 * mesh-registry-find.c, finding a release in mesh-registry-resolve.c. */

#include "config.h"

#include "registry/mesh-registry.h"

#include <string.h>

#include "base/mesh-error.h"
#include "registry/mesh-registry-news.h"
#include "registry/mesh-registry-private.h"
#include "registry/mesh-registry-topics.h"

#define UPKEEP_S 60
#define EXPIRE_US (60 * G_TIME_SPAN_MINUTE)
#define MAX_ANSWERS 256
#define MAX_ANSWER_BYTES (8u << 20)

G_DEFINE_FINAL_TYPE (MeshRegistry, mesh_registry, G_TYPE_OBJECT)

enum
{
  PROP_MASTER_WARNING = 1,
  N_PROPS,
};

enum
{
  SIGNAL_ANNOUNCED,
  SIGNAL_ANNOUNCEMENT_DUE,
  SIGNAL_SPLIT_VIEW,
  SIGNAL_SPLIT_VIEWS_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static const char *const mode_nicks[] = { "central", "p2p", "hybrid" };

const char *
mesh_registry_mode_get_nick (MeshRegistryMode mode)
{
  return (guint) mode < G_N_ELEMENTS (mode_nicks) ? mode_nicks[mode] : "hybrid";
}

gboolean
mesh_registry_mode_from_nick (const char *nick, MeshRegistryMode *mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (mode_nicks); i++)
    if (g_strcmp0 (nick, mode_nicks[i]) == 0)
      {
        *mode = (MeshRegistryMode) i;
        return TRUE;
      }
  return FALSE;
}

gint64
mesh_registry_get_now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

gboolean
mesh_registry_uses_mesh (MeshRegistry *self)
{
  return self->mode != MESH_REGISTRY_MODE_CENTRAL;
}

gboolean
mesh_registry_uses_master (MeshRegistry *self)
{
  return self->mode != MESH_REGISTRY_MODE_P2P;
}

MeshCid *
mesh_registry_package_cid (const char *app_id)
{
  g_autofree char *text = g_strconcat ("shoal:package:", app_id, NULL);

  return mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256,
                                (const guint8 *) text, strlen (text), NULL);
}

static void
mesh_registry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_MASTER_WARNING)
    g_value_set_string (value, MESH_REGISTRY (object)->master_warning);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

/* Everything that others can notice ends. */
static void
close_registry (MeshRegistry *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_cancellable_cancel (self->stopping);
  g_clear_pointer (&self->server, mesh_registry_server_free);
  g_clear_pointer (&self->index, mesh_registry_index_unref);
  mesh_registry_topics_update (self);
  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_pointer (&self->db, mesh_registry_db_unref);
}

static void
mesh_registry_dispose (GObject *object)
{
  MeshRegistry *self = MESH_REGISTRY (object);

  close_registry (self);
  g_clear_object (&self->host);
  g_clear_object (&self->master);
  g_clear_object (&self->dht);
  g_clear_object (&self->gossip);
  g_clear_object (&self->pool);
  G_OBJECT_CLASS (mesh_registry_parent_class)->dispose (object);
}

static void
mesh_registry_finalize (GObject *object)
{
  MeshRegistry *self = MESH_REGISTRY (object);

  mesh_answer_cache_free (self->answers);
  mesh_registry_judge_free (self->judge);
  g_hash_table_unref (self->tracked);
  g_hash_table_unref (self->newest);
  g_hash_table_unref (self->read_news);
  g_ptr_array_unref (self->publications);
  g_ptr_array_unref (self->split_views);
  g_object_unref (self->stopping);
  g_free (self->master_warning);
  G_OBJECT_CLASS (mesh_registry_parent_class)->finalize (object);
}

static void
mesh_registry_class_init (MeshRegistryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mesh_registry_get_property;
  object_class->dispose = mesh_registry_dispose;
  object_class->finalize = mesh_registry_finalize;
  props[PROP_MASTER_WARNING] = g_param_spec_string (
      "master-warning", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_ANNOUNCED]
      = g_signal_new ("announced", MESH_TYPE_REGISTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
  signals[SIGNAL_ANNOUNCEMENT_DUE]
      = g_signal_new ("announcement-due", MESH_TYPE_REGISTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
  signals[SIGNAL_SPLIT_VIEW]
      = g_signal_new ("split-view", MESH_TYPE_REGISTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_SPLIT_VIEWS_CHANGED]
      = g_signal_new ("split-views-changed", MESH_TYPE_REGISTRY, G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mesh_registry_init (MeshRegistry *self)
{
  self->mode = MESH_REGISTRY_MODE_HYBRID;
  self->answers = mesh_answer_cache_new (MAX_ANSWERS, MAX_ANSWER_BYTES);
  self->judge = mesh_registry_judge_new ();
  self->tracked = mesh_registry_presence_new_table ();
  self->newest = mesh_registry_intake_new_table ();
  self->read_news = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->publications = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mesh_registry_ledger_free_publication);
  self->split_views
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_split_view_unref);
  self->stopping = g_cancellable_new ();
  self->n_repeats_left = MESH_REGISTRY_TOPICS_MAX_REPEATS;
}

/* Upkeep. */

static void
look_for_due (MeshRegistry *self)
{
  g_autoptr (GPtrArray) list = g_ptr_array_copy (self->publications, NULL, NULL);
  gint64 now_s = mesh_registry_get_now_s ();

  g_ptr_array_set_free_func (list, NULL);
  for (guint i = 0; i < list->len; i++)
    {
      const MeshRegistryPublication *publication = list->pdata[i];
      g_autoptr (MeshAnnouncement) announcement = NULL;

      if (publication->expires_s - now_s >= MESH_ANNOUNCEMENT_LIFE_S / 3)
        continue;
      announcement = mesh_announcement_parse (g_bytes_get_data (publication->data, NULL),
                                              g_bytes_get_size (publication->data), NULL);
      if (announcement != NULL)
        g_signal_emit (self, signals[SIGNAL_ANNOUNCEMENT_DUE], 0, announcement,
                       publication->keys);
    }
}

static gboolean
upkeep_cb (gpointer user_data)
{
  MeshRegistry *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  mesh_registry_news_read (self);
  mesh_registry_topics_tick (self);
  if (now_us - self->upkeep_us < EXPIRE_US)
    return G_SOURCE_CONTINUE;
  self->upkeep_us = now_us;
  mesh_registry_index_expire (self->index, mesh_registry_get_now_s ());
  look_for_due (self);
  return G_SOURCE_CONTINUE;
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  mesh_registry_news_read (user_data);
}

/* Opening. */

typedef enum
{
  STEP_DB,
  STEP_SPLIT_VIEWS,
  STEP_PUBLICATIONS,
  STEP_DONE,
} Step;

typedef struct
{
  MeshRegistry *registry; /* (owned) (nullable) */
  char *path;             /* (owned) */
  Step step;
} Open;

static void advance (GTask *task);

static void
free_open (gpointer data)
{
  Open *open = data;

  g_clear_object (&open->registry);
  g_free (open->path);
  g_free (open);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Open *open = g_task_get_task_data (task);
  MeshRegistry *self = open->registry;
  GError *error = NULL;

  if (open->step == STEP_DB)
    self->db = mesh_registry_db_open_finish (result, &error);
  else if (open->step == STEP_SPLIT_VIEWS)
    {
      g_autoptr (GPtrArray) views
          = mesh_registry_ledger_load_split_views_finish (result, &error);

      if (views != NULL)
        g_ptr_array_extend_and_steal (self->split_views, g_steal_pointer (&views));
    }
  else
    {
      g_autoptr (GPtrArray) list
          = mesh_registry_ledger_load_publications_finish (result, &error);

      if (list != NULL)
        g_ptr_array_extend_and_steal (self->publications, g_steal_pointer (&list));
    }
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  open->step++;
  advance (task);
}

static void
start (MeshRegistry *self)
{
  g_autoptr (GSource) source = g_timeout_source_new_seconds (UPKEEP_S);

  self->index = mesh_registry_index_new (self->db, NULL);
  self->stats.n_split_views = self->split_views->len;
  if (self->host != NULL)
    {
      self->server = mesh_registry_server_new (self->host, self->db, self->index);
      g_signal_connect (self->host, "peer-identified", G_CALLBACK (identified_cb), self);
    }
  g_source_set_callback (source, upkeep_cb, self, NULL);
  self->timer_id = g_source_attach (source, g_main_context_get_thread_default ());
  self->upkeep_us = g_get_monotonic_time ();
  mesh_registry_index_expire (self->index, mesh_registry_get_now_s ());
  mesh_registry_presence_update (self, FALSE);
  mesh_registry_news_read (self);
}

/* The only place that knows the order. */
static void
advance (GTask *task)
{
  Open *open = g_task_get_task_data (task);

  switch (open->step)
    {
    case STEP_DB:
      mesh_registry_db_open_async (open->path, NULL, opened_cb, g_object_ref (task));
      return;
    case STEP_SPLIT_VIEWS:
      mesh_registry_ledger_load_split_views_async (open->registry->db, opened_cb,
                                                   g_object_ref (task));
      return;
    case STEP_PUBLICATIONS:
      mesh_registry_ledger_load_publications_async (open->registry->db, opened_cb,
                                                    g_object_ref (task));
      return;
    case STEP_DONE:
      if (g_task_return_error_if_cancelled (task))
        return;
      start (open->registry);
      g_task_return_pointer (task, g_steal_pointer (&open->registry), g_object_unref);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_registry_open_async (const MeshRegistryOptions *options,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Open *open = g_new0 (Open, 1);
  MeshRegistry *self = g_object_new (MESH_TYPE_REGISTRY, NULL);

  g_set_object (&self->pool, options->pool);
  g_set_object (&self->host, options->host);
  g_set_object (&self->master, options->master);
  g_set_object (&self->dht, options->dht);
  g_set_object (&self->gossip, options->gossip);
  self->mode = options->mode;
  self->is_sharing = options->is_sharing;
  open->registry = self;
  open->path = g_build_filename (options->data_dir, "registry.db", NULL);
  g_task_set_source_tag (task, mesh_registry_open_async);
  g_task_set_task_data (task, open, free_open);
  advance (task);
}

MeshRegistry *
mesh_registry_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshRegistryDb *db = g_task_get_task_data (task);

  mesh_registry_db_finish (result, NULL);
  g_assert (db != NULL);
  g_task_return_boolean (task, TRUE);
}

static gpointer
flush_job (sqlite3 *db, gpointer input, GError **error)
{
  return NULL;
}

void
mesh_registry_stop_async (MeshRegistry *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  MeshRegistryDb *db = self->db != NULL ? mesh_registry_db_ref (self->db) : NULL;

  g_task_set_source_tag (task, mesh_registry_stop_async);
  g_task_set_check_cancellable (task, FALSE);
  close_registry (self);
  if (db == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* Behind everything that was to be written. */
  g_task_set_task_data (task, db, (GDestroyNotify) mesh_registry_db_unref);
  mesh_registry_db_write_async (db, flush_job, NULL, NULL, NULL, flushed_cb,
                                g_steal_pointer (&task));
}

gboolean
mesh_registry_stop_finish (MeshRegistry *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

MeshRegistryMode
mesh_registry_get_mode (MeshRegistry *self)
{
  return self->mode;
}

void
mesh_registry_set_mode (MeshRegistry *self, MeshRegistryMode mode)
{
  gboolean was_found = mesh_registry_presence_is_found (self);

  self->mode = mode;
  mesh_registry_presence_update (self, was_found);
  if (self->db != NULL)
    mesh_registry_news_read (self);
}

void
mesh_registry_set_master (MeshRegistry *self, MeshMasterClient *master)
{
  if (g_set_object (&self->master, master))
    mesh_registry_note_master (self, NULL);
}

void
mesh_registry_set_sharing (MeshRegistry *self, gboolean is_sharing)
{
  gboolean was_found = mesh_registry_presence_is_found (self);

  self->is_sharing = is_sharing;
  mesh_registry_presence_update (self, was_found);
}

const char *
mesh_registry_get_master_warning (MeshRegistry *self)
{
  return self->master_warning;
}

void
mesh_registry_note_master (MeshRegistry *self, const GError *error)
{
  gboolean is_untrusted = g_error_matches (error, MESH_ERROR, MESH_ERROR_AUTH);
  g_autofree char *warning = NULL;

  if (is_untrusted)
    warning = g_strdup_printf ("The Master Server can't prove who it is, so it is not "
                               "believed: %s",
                               error->message);
  /* What says nothing about the certificate changes nothing. */
  if (error != NULL && !is_untrusted && mesh_master_client_can_fall_back (error))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_strcmp0 (warning, self->master_warning) == 0)
    return;
  g_free (self->master_warning);
  self->master_warning = g_steal_pointer (&warning);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MASTER_WARNING]);
}

static int
compare_latency (gconstpointer a, gconstpointer b)
{
  gint64 latency_a = mesh_connection_get_latency_us (*(MeshConnection *const *) a);
  gint64 latency_b = mesh_connection_get_latency_us (*(MeshConnection *const *) b);

  latency_a = latency_a < 0 ? G_MAXINT64 : latency_a;
  latency_b = latency_b < 0 ? G_MAXINT64 : latency_b;
  return latency_a < latency_b ? -1 : latency_a > latency_b;
}

GPtrArray *
mesh_registry_dup_peers (MeshRegistry *self, const char *protocol, guint max)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_peer_id_unref);
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);

  g_ptr_array_sort (connections, compare_latency);
  for (guint i = 0; i < connections->len && peers->len < max; i++)
    if (mesh_connection_get_peer_info (connections->pdata[i]) == NULL
        || mesh_connection_supports (connections->pdata[i], protocol))
      g_ptr_array_add (
          peers, mesh_peer_id_ref (mesh_connection_get_peer_id (connections->pdata[i])));
  return peers;
}

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshRegistry *self = MESH_REGISTRY (source);
  GError *error = NULL;
  g_autoptr (MeshRegistryOutcome) outcome
      = mesh_registry_intake_finish (self, result, &error);

  if (outcome == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (outcome->verdict == MESH_REGISTRY_VERDICT_ACCEPT)
    mesh_registry_topics_publish (self,
                                  mesh_announcement_get_topic (outcome->announcement),
                                  g_task_get_task_data (task));
  if (outcome->verdict == MESH_REGISTRY_VERDICT_REJECT)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE,
                             "The announcement is malformed or its signatures do not "
                             "verify");
  else
    g_task_return_boolean (task, TRUE);
}

void
mesh_registry_take_announcement_async (MeshRegistry *self,
                                       GBytes *data,
                                       const char *source,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, mesh_registry_take_announcement_async);
  g_task_set_task_data (task, g_bytes_ref (data), (GDestroyNotify) g_bytes_unref);
  mesh_registry_intake_async (self, data, source, TRUE, taken_cb, task);
}

gboolean
mesh_registry_take_announcement_finish (MeshRegistry *self,
                                        GAsyncResult *result,
                                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Announcements, ours and others'. */

/* Returns: (transfer none): until another of the same app and channel takes its place. */
static MeshRegistryPublication *
remember_publication (MeshRegistry *self,
                      const MeshAnnouncement *announcement,
                      const char *keys,
                      GBytes *data)
{
  const MeshListing *listing = mesh_announcement_get_listing (announcement);
  MeshRegistryPublication *publication = g_new0 (MeshRegistryPublication, 1);

  for (guint i = 0; i < self->publications->len; i++)
    {
      const MeshRegistryPublication *old = self->publications->pdata[i];

      if (g_str_equal (old->app_id, listing->app_id)
          && g_str_equal (old->channel, listing->channel))
        g_ptr_array_remove_index (self->publications, i--);
    }
  if (self->publications->len >= MESH_REGISTRY_LEDGER_MAX_PUBLICATIONS)
    g_ptr_array_remove_index (self->publications, 0);
  publication->app_id = g_strdup (listing->app_id);
  publication->channel = g_strdup (listing->channel);
  publication->keys = g_strdup (keys);
  publication->data = g_bytes_ref (data);
  publication->topic = mesh_announcement_get_topic (announcement);
  publication->expires_s = listing->expires_s;
  g_ptr_array_add (self->publications, publication);
  mesh_registry_ledger_keep_publication (self->db, listing->app_id, listing->channel,
                                         keys, data);
  return publication;
}

static void
announced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshRegistry *self = MESH_REGISTRY (source);
  GError *error = NULL;
  g_autoptr (MeshRegistryOutcome) outcome
      = mesh_registry_intake_finish (self, result, &error);

  if (outcome == NULL)
    g_task_return_error (task, error);
  else if (outcome->verdict == MESH_REGISTRY_VERDICT_REJECT)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE,
                             "The announcement does not verify");
  else
    g_task_return_boolean (task, TRUE);
}

static void
master_announced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mesh_master_client_publish_finish (MESH_MASTER_CLIENT (source), result, &error))
    g_message ("The Master Server did not take an announcement: %s", error->message);
}

void
mesh_registry_announce_async (MeshRegistry *self,
                              MeshAnnouncement *announcement,
                              const char *keys,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  g_autoptr (GBytes) data = mesh_announcement_to_bytes (announcement, &error);
  MeshRegistryPublication *publication;

  g_task_set_source_tag (task, mesh_registry_announce_async);
  if (data == NULL || self->db == NULL)
    {
      if (data != NULL)
        error = g_error_new (MESH_ERROR, MESH_ERROR_CLOSED, "Shoal is being stopped");
      g_task_return_error (task, error);
      return;
    }
  publication = remember_publication (self, announcement, keys != NULL ? keys : "", data);
  publication->n_told = mesh_registry_topics_publish (self, publication->topic, data);
  if (self->master != NULL && mesh_registry_uses_master (self))
    mesh_master_client_announce_async (self->master, data, NULL, master_announced_cb,
                                       NULL);
  mesh_registry_intake_async (self, data, MESH_REGISTRY_INDEX_LOCAL, FALSE, announced_cb,
                              g_steal_pointer (&task));
}

gboolean
mesh_registry_announce_finish (MeshRegistry *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
mesh_registry_count_told (MeshRegistry *self, const char *app_id, const char *channel)
{
  for (guint i = 0; i < self->publications->len; i++)
    {
      const MeshRegistryPublication *publication = self->publications->pdata[i];

      if (g_str_equal (publication->app_id, app_id)
          && g_str_equal (publication->channel, channel))
        return publication->n_told;
    }
  return 0;
}

/* Categories. */

void
mesh_registry_list_categories_async (MeshRegistry *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  if (self->index == NULL)
    g_task_report_new_error (NULL, callback, user_data,
                             mesh_registry_list_categories_async, MESH_ERROR,
                             MESH_ERROR_CLOSED, "Shoal is being stopped");
  else
    mesh_registry_index_categories_async (self->index, mesh_registry_get_now_s (),
                                          callback, user_data);
}

GPtrArray *
mesh_registry_list_categories_finish (MeshRegistry *self,
                                      GAsyncResult *result,
                                      GError **error)
{
  return mesh_registry_index_categories_finish (result, error);
}

/* What is in other files. */

void
mesh_registry_track (MeshRegistry *self,
                     const MeshTrustState *trust,
                     MeshCid *root,
                     GBytes *envelope)
{
  mesh_registry_presence_track (self, trust, root, envelope);
}

void
mesh_registry_untrack (MeshRegistry *self, const char *app_id)
{
  mesh_registry_presence_untrack (self, app_id);
}

GPtrArray *
mesh_registry_dup_split_views (MeshRegistry *self)
{
  return mesh_registry_evidence_dup (self);
}

gboolean
mesh_registry_dismiss_split_view (MeshRegistry *self, gint64 id)
{
  return mesh_registry_evidence_dismiss (self, id);
}

void
mesh_registry_found_free (MeshRegistryFound *found)
{
  if (found == NULL)
    return;
  g_clear_pointer (&found->release, mesh_signed_manifest_free);
  g_clear_pointer (&found->envelope, g_bytes_unref);
  g_free (found->source);
  g_free (found);
}

void
mesh_registry_verify_async (MeshRegistry *self,
                            const MeshTrustState *trust,
                            GBytes *envelope,
                            const char *source,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  mesh_registry_resolve_at_hand_async (self, trust, envelope, source, cancellable,
                                       callback, user_data);
}

void
mesh_registry_get_stats (MeshRegistry *self, MeshRegistryStats *stats)
{
  *stats = self->stats;
  if (self->server != NULL)
    stats->n_turned_away = mesh_registry_server_get_n_refused (self->server);
}
