/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-request-private.h"

#include "base/mesh-error.h"
#include "trust/mesh-app-link.h"
#include "trust/mesh-semver.h"
#include "update/mesh-update-command-private.h"
#include "update/mesh-update-plan.h"
#include "update/mesh-update-publish.h"

#define DEFAULT_CHANNEL "stable"
/* Chunks an inspection looks up; of a larger app the rest counts as missing. */
#define MAX_LOOKED_UP 4096

typedef struct
{
  MeshUpdateEngine *engine; /* (unowned): the task's source */
  MeshAppLink *link;        /* (owned) (nullable): until known */
  GBytes *envelope;         /* (owned) (nullable) */
  char *fingerprint;        /* (owned) (nullable) */
  MeshSemverRange *range;   /* (owned) (nullable) */
  MeshUpdateCommandKind kind;
  gboolean is_inspection;
} Request;

static void
free_request (gpointer data)
{
  Request *request = data;

  g_clear_pointer (&request->link, mesh_app_link_free);
  g_clear_pointer (&request->envelope, g_bytes_unref);
  g_free (request->fingerprint);
  g_clear_pointer (&request->range, mesh_semver_range_free);
  g_free (request);
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!mesh_update_command_run_finish (MESH_UPDATE_ENGINE (source), result, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static const char *
pin_of (const Request *request)
{
  return request->fingerprint != NULL ? request->fingerprint : request->link->fingerprint;
}

static void
run (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  MeshUpdateEngine *engine = request->engine;
  MeshUpdateEntry *entry;
  GError *error = NULL;

  if (request->kind == MESH_UPDATE_COMMAND_CHECK
      && mesh_update_engine_lookup (engine, request->link->app_id) == NULL)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                               "%s is not among the apps here", request->link->app_id);
      return;
    }
  entry = mesh_update_engine_ensure_entry (engine, request->link->app_id,
                                           request->link->channel, &error);
  if (entry == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* Nothing is installed yet, so the channel may still be chosen. */
  if (entry->record->current == NULL && entry->record->published == NULL
      && entry->running == NULL
      && !g_str_equal (entry->record->trust->channel, request->link->channel))
    {
      MeshUpdateRecord *record
          = mesh_update_record_new (request->link->app_id, request->link->channel);

      mesh_update_engine_set_record (engine, entry, record);
    }
  mesh_update_command_run_async (
      engine, entry, request->kind, pin_of (request), request->range, request->envelope,
      g_task_get_cancellable (task), ran_cb, g_object_ref (task));
}

/* Inspecting. */

static guint64
count_missing (MeshUpdateEngine *engine, MeshManifest *manifest)
{
  g_autoptr (MeshUpdatePlan) plan = mesh_update_plan_new (manifest, NULL);
  gsize n = MIN (mesh_update_plan_get_n_chunks (plan), MAX_LOOKED_UP);

  for (gsize i = 0; i < n; i++)
    mesh_update_plan_set_local (
        plan, i,
        mesh_store_has (engine->store, mesh_update_plan_get_chunk (plan, i)->cid));
  return mesh_update_plan_get_fetch_bytes (plan);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MeshRegistryFound) found
      = mesh_registry_resolve_finish (MESH_REGISTRY (source), result, &error);
  MeshUpdateInspection *inspection;
  MeshUpdateEntry *entry;
  GPtrArray *chain;

  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  entry = mesh_update_engine_find_entry (request->engine, request->link->app_id);
  chain = mesh_signed_manifest_get_chain (found->release);
  inspection = g_new0 (MeshUpdateInspection, 1);
  inspection->fingerprint
      = g_strdup (mesh_key_file_get_fingerprint (chain->pdata[chain->len - 1]));
  inspection->is_known_key
      = pin_of (request) != NULL || (entry != NULL && entry->record->trust->keys != NULL);
  inspection->fetch_bytes = count_missing (
      request->engine, mesh_signed_manifest_get_manifest (found->release));
  inspection->source = g_steal_pointer (&found->source);
  inspection->release = g_steal_pointer (&found->release);
  g_task_return_pointer (task, inspection, (GDestroyNotify) mesh_update_inspection_free);
}

static void
inspect (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  MeshUpdateEngine *engine = request->engine;
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, request->link->app_id);
  g_autoptr (MeshTrustState) trust = NULL;

  if (entry != NULL
      && g_str_equal (entry->record->trust->channel, request->link->channel))
    trust = mesh_update_command_dup_trust (entry->record->trust, pin_of (request));
  else
    {
      g_autoptr (MeshTrustState) fresh
          = mesh_trust_state_new (request->link->app_id, request->link->channel);

      trust = mesh_update_command_dup_trust (fresh, pin_of (request));
    }
  if (request->envelope != NULL)
    mesh_registry_verify_async (engine->registry, trust, request->envelope, "file",
                                g_task_get_cancellable (task), found_cb,
                                g_object_ref (task));
  else
    mesh_registry_resolve_async (engine->registry, trust, request->range,
                                 entry == NULL || entry->record->current == NULL,
                                 g_task_get_cancellable (task), found_cb,
                                 g_object_ref (task));
}

/* Which app an envelope is for is read before anything in it is believed. */

static gpointer
name_job (gpointer input, GCancellable *cancellable, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (input, &len);
  g_autoptr (MeshSignedManifest) envelope = mesh_signed_manifest_parse (data, len, error);
  const MeshManifest *manifest;
  MeshAppLink *link;

  if (envelope == NULL)
    return NULL;
  manifest = mesh_signed_manifest_get_manifest (envelope);
  link = g_new0 (MeshAppLink, 1);
  link->app_id = g_strdup (manifest->app_id);
  link->channel = g_strdup (manifest->channel);
  return link;
}

static void
go_on (GTask *task)
{
  Request *request = g_task_get_task_data (task);

  if (request->is_inspection)
    inspect (task);
  else
    run (task);
}

static void
named_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;

  request->link = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);
  if (request->link == NULL)
    g_task_return_error (task, error);
  else
    go_on (task);
}

/* @range: (nullable): besides the one in @link */
static void
start (GTask *task, const char *link, const char *range)
{
  Request *request = g_task_get_task_data (task);
  g_autofree char *plain = NULL;
  GError *error = NULL;

  if (link == NULL && request->envelope == NULL)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_INVALID,
                               "Neither a link nor a release was given");
      return;
    }
  if (link == NULL)
    {
      mesh_work_pool_run_async (
          request->engine->pool, MESH_WORK_PRIORITY_DEFAULT, name_job,
          g_bytes_ref (request->envelope), (GDestroyNotify) g_bytes_unref,
          (GDestroyNotify) mesh_app_link_free, g_task_get_cancellable (task), named_cb,
          g_object_ref (task));
      return;
    }
  plain = mesh_semver_range_split (link, &request->range, &error);
  if (plain != NULL && range != NULL && request->range == NULL)
    request->range = mesh_semver_range_parse (range, &error);
  if (plain != NULL && error == NULL)
    request->link = mesh_app_link_parse (plain, &error);
  if (request->link == NULL)
    g_task_return_error (task, error);
  else
    go_on (task);
}

static GTask *
new_request (MeshUpdateEngine *engine,
             GBytes *envelope,
             gpointer tag,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  GTask *task = g_task_new (engine, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->engine = engine;
  request->envelope = envelope != NULL ? g_bytes_ref (envelope) : NULL;
  /* A command that went through is done, even if its caller lost interest at the end. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, request, free_request);
  return task;
}

void
mesh_update_request_install_async (MeshUpdateEngine *engine,
                                   const MeshInstallOptions *options,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task
      = new_request (engine, options->envelope, mesh_update_request_finish, cancellable,
                     callback, user_data);
  Request *request = g_task_get_task_data (task);

  request->kind = options->is_staging_only ? MESH_UPDATE_COMMAND_INSTALL_STAGED
                                           : MESH_UPDATE_COMMAND_INSTALL;
  request->fingerprint = g_strdup (options->fingerprint);
  start (task, options->link, options->range);
}

void
mesh_update_request_offer_async (MeshUpdateEngine *engine,
                                 GBytes *envelope,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = new_request (engine, envelope, mesh_update_request_finish,
                                        cancellable, callback, user_data);
  Request *request = g_task_get_task_data (task);

  request->kind = MESH_UPDATE_COMMAND_CHECK;
  start (task, NULL, NULL);
}

gboolean
mesh_update_request_finish (MeshUpdateEngine *engine,
                            GAsyncResult *result,
                            GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mesh_update_request_inspect_async (MeshUpdateEngine *engine,
                                   const char *link,
                                   GBytes *envelope,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task
      = new_request (engine, envelope, mesh_update_request_inspect_async, cancellable,
                     callback, user_data);
  Request *request = g_task_get_task_data (task);

  request->is_inspection = TRUE;
  start (task, link, NULL);
}

MeshUpdateInspection *
mesh_update_request_inspect_finish (MeshUpdateEngine *engine,
                                    GAsyncResult *result,
                                    GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Publishing. */

static void
published_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshUpdateEngine *engine = MESH_UPDATE_ENGINE (source);
  GError *error = NULL;
  MeshPublishResult *published = mesh_update_publish_finish (engine, result, &error);

  mesh_update_engine_end (engine, g_task_get_task_data (task));
  if (published == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, published, (GDestroyNotify) mesh_publish_result_free);
}

static gboolean
check_options (const char *dir, const MeshPublishOptions *options, GError **error)
{
  g_autoptr (MeshSemver) version = NULL;

  if (!g_path_is_absolute (dir))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "“%s” is not an absolute path",
                   dir);
      return FALSE;
    }
  if (options->app_id == NULL || !mesh_tree_path_check_app_id (options->app_id, error))
    return FALSE;
  version = mesh_semver_parse (options->version != NULL ? options->version : "", error);
  return version != NULL;
}

void
mesh_update_request_publish_async (MeshUpdateEngine *engine,
                                   const char *dir,
                                   const MeshPublishOptions *options,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  const char *channel = options->channel != NULL ? options->channel : DEFAULT_CHANNEL;
  MeshUpdateEntry *entry = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, mesh_update_request_publish_async);
  if (check_options (dir, options, &error))
    entry = mesh_update_engine_ensure_entry (engine, options->app_id, channel, &error);
  if (entry == NULL || !mesh_update_engine_begin (engine, entry, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, entry, NULL);
  mesh_update_publish_async (engine, entry, dir, options, published_cb,
                             g_object_ref (task));
}

MeshPublishResult *
mesh_update_request_publish_finish (MeshUpdateEngine *engine,
                                    GAsyncResult *result,
                                    GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
