/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The engine: which apps there are, one operation at a time for each, the journal between
 * them, polling, and answers to peers. Owned by the node; lives in the main context it
 * was opened in. What the operations do is in mesh-update-{stage,apply,detect,publish}.c.
 * It ends with mesh_update_engine_stop_async(). */

#include "config.h"

#include "update/mesh-update-engine.h"

#include <sys/random.h>

#include "base/mesh-error.h"
#include "update/mesh-update-announce-private.h"
#include "update/mesh-update-command-private.h"
#include "update/mesh-update-engine-private.h"
#include "update/mesh-update-open-private.h"
#include "update/mesh-update-request-private.h"

G_DEFINE_FINAL_TYPE (MeshUpdateEngine, mesh_update_engine, G_TYPE_OBJECT)

static void
free_entry (gpointer data)
{
  MeshUpdateEntry *entry = data;

  mesh_update_record_free (entry->record);
  g_object_unref (entry->app);
  g_free (entry->dir);
  g_free (entry->tracked);
  g_clear_object (&entry->running);
  g_assert (entry->watch == NULL);
  g_assert (g_queue_is_empty (&entry->waiting));
  g_free (entry);
}

static void
mesh_update_engine_dispose (GObject *object)
{
  MeshUpdateEngine *engine = MESH_UPDATE_ENGINE (object);

  g_clear_handle_id (&engine->timer_id, g_source_remove);
  g_cancellable_cancel (engine->stopping);
  if (engine->registry != NULL)
    g_signal_handlers_disconnect_by_data (engine->registry, engine);
  g_clear_object (&engine->registry);
  g_clear_object (&engine->master);
  g_clear_object (&engine->host);
  g_clear_object (&engine->source);
  g_clear_object (&engine->store);
  g_clear_object (&engine->pool);
  g_clear_pointer (&engine->journal, mesh_update_journal_unref);
  G_OBJECT_CLASS (mesh_update_engine_parent_class)->dispose (object);
}

static void
mesh_update_engine_finalize (GObject *object)
{
  MeshUpdateEngine *engine = MESH_UPDATE_ENGINE (object);

  g_free (engine->data_dir);
  g_free (engine->desktop_dir);
  g_hash_table_unref (engine->entries);
  g_object_unref (engine->apps);
  g_object_unref (engine->stopping);
  g_assert (engine->stop_task == NULL);
  G_OBJECT_CLASS (mesh_update_engine_parent_class)->finalize (object);
}

static void
mesh_update_engine_class_init (MeshUpdateEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mesh_update_engine_dispose;
  object_class->finalize = mesh_update_engine_finalize;
}

static void
mesh_update_engine_init (MeshUpdateEngine *engine)
{
  engine->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_entry);
  engine->apps = g_list_store_new (MESH_TYPE_APP);
  engine->stopping = g_cancellable_new ();
}

/* For the operations. */

gint64
mesh_update_engine_get_now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

MeshUpdateEntry *
mesh_update_engine_find_entry (MeshUpdateEngine *engine, const char *app_id)
{
  return g_hash_table_lookup (engine->entries, app_id);
}

MeshUpdateEntry *
mesh_update_engine_ensure_entry (MeshUpdateEngine *engine,
                                 const char *app_id,
                                 const char *channel,
                                 GError **error)
{
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, app_id);

  if (entry != NULL)
    return entry;
  if (g_hash_table_size (engine->entries) >= MESH_UPDATE_MAX_APPS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "There are %d apps already; remove some", MESH_UPDATE_MAX_APPS);
      return NULL;
    }
  entry = g_new0 (MeshUpdateEntry, 1);
  entry->record = mesh_update_record_new (app_id, channel);
  entry->app = mesh_app_new (app_id);
  entry->dir = g_build_filename (engine->data_dir, "apps", app_id, NULL);
  g_hash_table_insert (engine->entries, entry->record->trust->app_id, entry);
  return entry;
}

char *
mesh_update_engine_dup_staging_path (MeshUpdateEngine *engine,
                                     const char *app_id,
                                     const MeshUpdateRelease *release)
{
  g_autofree char *name = g_strdup_printf ("%s-%s", app_id, release->dir);

  return g_build_filename (engine->data_dir, "staging", name, NULL);
}

char *
mesh_update_engine_dup_version_path (const MeshUpdateEntry *entry,
                                     const MeshUpdateRelease *release)
{
  return g_build_filename (entry->dir, "versions", release->dir, NULL);
}

static gboolean
watch_cb (GCancellable *cancellable, gpointer user_data)
{
  MeshUpdateEntry *entry = user_data;

  g_cancellable_cancel (entry->running);
  return G_SOURCE_REMOVE;
}

gboolean
mesh_update_engine_begin (MeshUpdateEngine *engine,
                          MeshUpdateEntry *entry,
                          GCancellable *cancellable,
                          GError **error)
{
  if (g_cancellable_is_cancelled (engine->stopping))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_CLOSED, "Shoal is being stopped");
      return FALSE;
    }
  if (entry->running != NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_BUSY,
                   "Something is being done with %s already; wait or cancel it",
                   entry->record->trust->app_id);
      return FALSE;
    }
  entry->running = g_cancellable_new ();
  if (cancellable != NULL)
    {
      entry->watch = g_cancellable_source_new (cancellable);
      g_source_set_callback (entry->watch, G_SOURCE_FUNC (watch_cb), entry, NULL);
      g_source_attach (entry->watch, g_main_context_get_thread_default ());
    }
  engine->n_running++;
  return TRUE;
}

/* A name that was tried and does not exist is not kept. */
static void
forget_unknown (MeshUpdateEngine *engine, MeshUpdateEntry *entry)
{
  if (!entry->is_listed && entry->record->trust->keys == NULL
      && g_queue_is_empty (&entry->waiting))
    g_hash_table_remove (engine->entries, entry->record->trust->app_id);
}

static void
registry_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);

  (void) mesh_registry_stop_finish (MESH_REGISTRY (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

/* @task: (transfer full): of stopping. A registry that was given is not ours to stop. */
static void
stop_registry (GTask *task)
{
  MeshUpdateEngine *engine = g_task_get_source_object (task);

  if (engine->owns_registry && engine->registry != NULL)
    {
      mesh_registry_stop_async (engine->registry, NULL, registry_stopped_cb, task);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
mesh_update_engine_end (MeshUpdateEngine *engine, MeshUpdateEntry *entry)
{
  g_clear_object (&entry->running);
  entry->is_brief = FALSE;
  if (entry->watch != NULL)
    {
      g_source_destroy (entry->watch);
      g_clear_pointer (&entry->watch, g_source_unref);
    }
  forget_unknown (engine, entry);
  engine->n_running--;
  if (engine->n_running == 0 && engine->stop_task != NULL)
    {
      stop_registry (g_steal_pointer (&engine->stop_task));
    }
}

static int
compare_apps (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_strcmp0 (mesh_app_get_id ((MeshApp *) a), mesh_app_get_id ((MeshApp *) b));
}

void
mesh_update_engine_set_record (MeshUpdateEngine *engine,
                               MeshUpdateEntry *entry,
                               MeshUpdateRecord *record)
{
  gboolean is_listed
      = record->current != NULL || record->next != NULL || record->published != NULL;
  guint position;

  g_hash_table_steal (engine->entries, entry->record->trust->app_id);
  mesh_update_record_free (entry->record);
  entry->record = record;
  g_hash_table_insert (engine->entries, record->trust->app_id, entry);
  mesh_app_sync (entry->app, record, entry->dir);
  if (is_listed && !entry->is_listed)
    g_list_store_insert_sorted (engine->apps, entry->app, compare_apps, NULL);
  else if (!is_listed && entry->is_listed
           && g_list_store_find (engine->apps, entry->app, &position))
    g_list_store_remove (engine->apps, position);
  entry->is_listed = is_listed;
  mesh_update_announce_track (engine, entry);
}

MeshUpdateRecord *
mesh_update_engine_draft_state (const MeshUpdateEntry *entry, MeshUpdateState state)
{
  MeshUpdateRecord *draft = mesh_update_record_copy (entry->record);

  if (draft->state != state)
    g_warn_if_fail (mesh_update_state_may_follow (draft->state, state));
  draft->state = state;
  g_clear_pointer (&draft->error_name, g_free);
  g_clear_pointer (&draft->error_message, g_free);
  return draft;
}

typedef struct
{
  MeshUpdateEntry *entry;   /* (unowned): kept by the engine */
  MeshUpdateRecord *record; /* (owned) (nullable) */
} Commit;

static void
free_commit (gpointer data)
{
  Commit *commit = data;

  mesh_update_record_free (commit->record);
  g_free (commit);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshUpdateEngine *engine = g_task_get_source_object (task);
  Commit *commit = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_update_journal_save_finish (engine->journal, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  mesh_update_engine_set_record (engine, commit->entry,
                                 g_steal_pointer (&commit->record));
  g_task_return_boolean (task, TRUE);
}

void
mesh_update_engine_commit_async (MeshUpdateEngine *engine,
                                 MeshUpdateEntry *entry,
                                 MeshUpdateRecord *draft,
                                 GBytes *envelope,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (engine, NULL, callback, user_data);
  Commit *commit = g_new0 (Commit, 1);

  commit->entry = entry;
  commit->record = draft;
  g_task_set_source_tag (task, mesh_update_engine_commit_async);
  g_task_set_task_data (task, commit, free_commit);
  mesh_update_journal_save_async (engine->journal, draft, envelope, saved_cb, task);
}

gboolean
mesh_update_engine_commit_finish (MeshUpdateEngine *engine,
                                  GAsyncResult *result,
                                  GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gpointer
parse_job (gpointer input, GCancellable *cancellable, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (input, &len);

  return mesh_signed_manifest_parse (data, len, error);
}

static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  MeshSignedManifest *manifest
      = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (manifest == NULL)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_CORRUPT,
                             "A release in the journal is damaged: %s", error->message);
  else
    g_task_return_pointer (task, manifest, (GDestroyNotify) mesh_signed_manifest_free);
}

static void
envelope_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshUpdateEngine *engine = g_task_get_source_object (task);
  GError *error = NULL;
  GBytes *envelope
      = mesh_update_journal_get_envelope_finish (engine->journal, result, &error);

  if (envelope == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  mesh_work_pool_run_async (engine->pool, MESH_WORK_PRIORITY_DEFAULT, parse_job, envelope,
                            (GDestroyNotify) g_bytes_unref,
                            (GDestroyNotify) mesh_signed_manifest_free, NULL, parsed_cb,
                            g_object_ref (task));
}

void
mesh_update_engine_load_manifest_async (MeshUpdateEngine *engine,
                                        const char *digest,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  GTask *task = g_task_new (engine, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_update_engine_load_manifest_async);
  mesh_update_journal_get_envelope_async (engine->journal, digest, envelope_cb, task);
}

MeshSignedManifest *
mesh_update_engine_load_manifest_finish (MeshUpdateEngine *engine,
                                         GAsyncResult *result,
                                         GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Polling. */

static void arm_timer (MeshUpdateEngine *engine);

static void
polled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeshUpdateEngine *engine = MESH_UPDATE_ENGINE (source);
  g_autoptr (GError) error = NULL;
  gboolean is_good = mesh_update_command_all_finish (engine, result, &error) >= 0;

  if (!is_good)
    g_message ("Can't look for updates: %s", error->message);
  mesh_update_schedule_note_poll (&engine->schedule, is_good, g_get_monotonic_time ());
  arm_timer (engine);
}

static gboolean
timer_cb (gpointer user_data)
{
  MeshUpdateEngine *engine = user_data;

  engine->timer_id = 0;
  mesh_update_command_all_async (engine, MESH_UPDATE_COMMAND_POLL, NULL, NULL, polled_cb,
                                 NULL);
  return G_SOURCE_REMOVE;
}

static void
arm_timer (MeshUpdateEngine *engine)
{
  gint64 deadline_us = mesh_update_schedule_next_deadline_us (&engine->schedule);
  gint64 delay_us = deadline_us - g_get_monotonic_time ();
  g_autoptr (GSource) source = NULL;

  g_clear_handle_id (&engine->timer_id, g_source_remove);
  if (deadline_us == G_MAXINT64 || g_cancellable_is_cancelled (engine->stopping))
    return;
  source = g_timeout_source_new ((guint) CLAMP (delay_us / 1000, 0, G_MAXINT));
  g_source_set_callback (source, timer_cb, engine, NULL);
  engine->timer_id = g_source_attach (source, g_main_context_get_thread_default ());
}

/* The public face. */

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshUpdateEngine *engine = MESH_UPDATE_ENGINE (source);
  gint64 interval_us = GPOINTER_TO_SIZE (g_task_get_task_data (task)) * G_USEC_PER_SEC;
  GError *error = NULL;

  if (!mesh_update_open_finish (engine, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  mesh_update_schedule_init (&engine->schedule, &engine->rng, interval_us,
                             g_get_monotonic_time ());
  arm_timer (engine);
  mesh_update_announce_watch (engine);
  g_task_return_pointer (task, g_object_ref (engine), g_object_unref);
}

void
mesh_update_engine_open_async (const MeshUpdateOptions *options,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (MeshUpdateEngine) engine = g_object_new (MESH_TYPE_UPDATE_ENGINE, NULL);
  guint64 seed = 0;

  /* It only spreads polls: without it they are spread as in every other process. */
  (void) !getrandom (&seed, sizeof seed, GRND_NONBLOCK);
  mesh_rng_init (&engine->rng, seed);
  engine->data_dir = g_strdup (options->data_dir);
  engine->desktop_dir = g_strdup (options->desktop_dir);
  engine->store = g_object_ref (options->store);
  engine->pool = g_object_ref (mesh_store_get_pool (options->store));
  engine->new_source = options->new_source;
  engine->new_source_data = options->new_source_data;
  g_set_object (&engine->source, options->source);
  g_set_object (&engine->master, options->master);
  g_set_object (&engine->host, options->host);
  g_set_object (&engine->registry, options->registry);
  engine->is_auto_staging = options->is_auto_staging;
  engine->is_sharing = options->is_sharing;
  g_task_set_source_tag (task, mesh_update_engine_open_async);
  g_task_set_task_data (
      task, GSIZE_TO_POINTER (MIN (options->poll_interval_s, G_MAXINT32)), NULL);
  mesh_update_open_async (engine, cancellable, opened_cb, task);
}

MeshUpdateEngine *
mesh_update_engine_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mesh_update_engine_stop_async (MeshUpdateEngine *engine,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  GHashTableIter iter;
  gpointer value;

  g_task_set_source_tag (task, mesh_update_engine_stop_async);
  if (engine->registry != NULL)
    g_signal_handlers_disconnect_by_data (engine->registry, engine);
  g_cancellable_cancel (engine->stopping);
  g_clear_handle_id (&engine->timer_id, g_source_remove);
  g_hash_table_iter_init (&iter, engine->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_cancellable_cancel (((MeshUpdateEntry *) value)->running);
  if (engine->n_running > 0 && engine->stop_task == NULL)
    engine->stop_task = g_steal_pointer (&task);
  else
    stop_registry (g_steal_pointer (&task));
}

gboolean
mesh_update_engine_stop_finish (MeshUpdateEngine *engine,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

GListModel *
mesh_update_engine_get_apps (MeshUpdateEngine *engine)
{
  g_return_val_if_fail (MESH_IS_UPDATE_ENGINE (engine), NULL);
  return G_LIST_MODEL (engine->apps);
}

MeshApp *
mesh_update_engine_lookup (MeshUpdateEngine *engine, const char *app_id)
{
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, app_id);

  return entry != NULL && entry->is_listed ? entry->app : NULL;
}

gboolean
mesh_update_engine_cancel (MeshUpdateEngine *engine, const char *app_id)
{
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, app_id);

  if (entry == NULL || entry->running == NULL)
    return FALSE;
  g_cancellable_cancel (entry->running);
  return TRUE;
}

void
mesh_update_engine_set_auto_staging (MeshUpdateEngine *engine, gboolean is_auto_staging)
{
  engine->is_auto_staging = is_auto_staging;
}

void
mesh_update_engine_set_poll_interval (MeshUpdateEngine *engine, guint64 interval_s)
{
  mesh_update_schedule_set_interval (
      &engine->schedule, (gint64) MIN (interval_s, G_MAXINT32) * G_USEC_PER_SEC,
      g_get_monotonic_time ());
  arm_timer (engine);
}

void
mesh_update_engine_set_master (MeshUpdateEngine *engine, MeshMasterClient *master)
{
  g_set_object (&engine->master, master);
  mesh_registry_set_master (engine->registry, master);
}

MeshRegistry *
mesh_update_engine_get_registry (MeshUpdateEngine *engine)
{
  return engine->registry;
}

void
mesh_update_engine_set_sharing (MeshUpdateEngine *engine, gboolean is_sharing)
{
  if (engine->is_sharing == is_sharing)
    return;
  engine->is_sharing = is_sharing;
  mesh_registry_set_sharing (engine->registry, is_sharing);
  mesh_update_open_share_all (engine);
}

void
mesh_update_engine_publish_async (MeshUpdateEngine *engine,
                                  const char *dir,
                                  const MeshPublishOptions *options,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  mesh_update_request_publish_async (engine, dir, options, cancellable, callback,
                                     user_data);
}

MeshPublishResult *
mesh_update_engine_publish_finish (MeshUpdateEngine *engine,
                                   GAsyncResult *result,
                                   GError **error)
{
  return mesh_update_request_publish_finish (engine, result, error);
}

void
mesh_update_engine_inspect_async (MeshUpdateEngine *engine,
                                  const char *link,
                                  GBytes *envelope,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  mesh_update_request_inspect_async (engine, link, envelope, cancellable, callback,
                                     user_data);
}

MeshUpdateInspection *
mesh_update_engine_inspect_finish (MeshUpdateEngine *engine,
                                   GAsyncResult *result,
                                   GError **error)
{
  return mesh_update_request_inspect_finish (engine, result, error);
}

void
mesh_update_engine_check_async (MeshUpdateEngine *engine,
                                const char *app_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  mesh_update_command_all_async (engine, MESH_UPDATE_COMMAND_CHECK, app_id, cancellable,
                                 callback, user_data);
}

gssize
mesh_update_engine_check_finish (MeshUpdateEngine *engine,
                                 GAsyncResult *result,
                                 GError **error)
{
  return mesh_update_command_all_finish (engine, result, error);
}

void
mesh_update_engine_install_async (MeshUpdateEngine *engine,
                                  const MeshInstallOptions *options,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  mesh_update_request_install_async (engine, options, cancellable, callback, user_data);
}

void
mesh_update_engine_offer_async (MeshUpdateEngine *engine,
                                GBytes *envelope,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  mesh_update_request_offer_async (engine, envelope, cancellable, callback, user_data);
}

#define COMMAND(name, kind) \
  void mesh_update_engine_##name##_async ( \
      MeshUpdateEngine *engine, const char *app_id, GCancellable *cancellable, \
      GAsyncReadyCallback callback, gpointer user_data) \
  { \
    mesh_update_command_named_async (engine, app_id, kind, cancellable, callback, \
                                     user_data); \
  }

gboolean
mesh_update_engine_install_finish (MeshUpdateEngine *engine,
                                   GAsyncResult *result,
                                   GError **error)
{
  return mesh_update_request_finish (engine, result, error);
}

gboolean
mesh_update_engine_offer_finish (MeshUpdateEngine *engine,
                                 GAsyncResult *result,
                                 GError **error)
{
  return mesh_update_request_finish (engine, result, error);
}

#define FINISH(name) \
  gboolean mesh_update_engine_##name##_finish (MeshUpdateEngine *engine, \
                                               GAsyncResult *result, GError **error) \
  { \
    return mesh_update_command_run_finish (engine, result, error); \
  }

COMMAND (stage, MESH_UPDATE_COMMAND_STAGE)
COMMAND (apply, MESH_UPDATE_COMMAND_APPLY)
COMMAND (rollback, MESH_UPDATE_COMMAND_ROLLBACK)
COMMAND (remove, MESH_UPDATE_COMMAND_REMOVE)
FINISH (stage)
FINISH (apply)
FINISH (rollback)
FINISH (remove)
FINISH (hold)
FINISH (skip)

void
mesh_update_engine_hold_async (MeshUpdateEngine *engine,
                               const char *app_id,
                               gboolean is_held,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  mesh_update_command_set_async (
      engine, app_id, is_held ? MESH_UPDATE_COMMAND_HOLD : MESH_UPDATE_COMMAND_LET_GO,
      NULL, cancellable, callback, user_data);
}

void
mesh_update_engine_skip_async (MeshUpdateEngine *engine,
                               const char *app_id,
                               const char *version,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  mesh_update_command_set_async (engine, app_id, MESH_UPDATE_COMMAND_SKIP, version,
                                 cancellable, callback, user_data);
}
