/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* A find task turns a target into a verified release: it holds the network, reads the
 * file if there is one, inspects, and compares the version. Inspect() says what it found;
 * an install goes on from there. */
#include "config.h"

#include "engine/shoald-install.h"

#include <string.h>

#include "config/shoald-error.h"
#include "engine/shoald-update.h"

/* What a person wrote, taken apart. */
typedef struct
{
  char *link;   /* (owned) (nullable): for the update engine */
  char *app_id; /* (owned) (nullable): unknown for a file */
  char *path;   /* (owned) (nullable) */
  char *range;  /* (owned) (nullable): versions that will do */
} Target;

typedef struct
{
  MeshNode *node; /* (owned) */
  Target *target; /* (owned) */
  GBytes *bytes;  /* (owned) (nullable): of the file */
  gboolean is_holding;
} FindData;

typedef struct
{
  ShoaldEngine *engine; /* (owned) */
  MeshNode *node;       /* (owned): runs until the last job has ended */
  ShoaldJob *job;       /* (unowned): owns this */
  Target *target;       /* (owned) */
  char *fingerprint;    /* (owned) (nullable) */
  GBytes *bytes;        /* (owned) (nullable) */
  gboolean is_applying;
  gboolean is_holding;
} Run;

static void
target_free (Target *target)
{
  g_free (target->link);
  g_free (target->app_id);
  g_free (target->path);
  g_free (target->range);
  g_free (target);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Target, target_free)

static gboolean
split_range (Target *target, const char *text, char **bare, GError **error)
{
  const char *at = strrchr (text, '@');
  g_autoptr (MeshSemverRange) range = NULL;

  *bare = at != NULL ? g_strndup (text, (gsize) (at - text)) : g_strdup (text);
  if (at == NULL)
    return TRUE;
  target->range = g_strdup (at + 1);
  range = *target->range != '\0' ? mesh_semver_range_parse (target->range, NULL) : NULL;
  if (range != NULL)
    return TRUE;
  g_set_error (
      error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
      "“%s”: after the “@” there must be a version, as 1.2.3, or a range, as ^1.2", text);
  return FALSE;
}

/* The link with the range behind the app id, as the update engine reads it. */
static char *
build_link (const MeshAppLink *link, const char *range)
{
  g_autofree char *text = mesh_app_link_to_string (link);
  const char *rest = strstr (text, link->app_id) + strlen (link->app_id);

  if (range == NULL)
    return g_steal_pointer (&text);
  return g_strdup_printf ("%.*s@%s%s", (int) (rest - text), text, range, rest);
}

static Target *
parse_target (const char *text, const char *channel, GError **error)
{
  g_autoptr (Target) target = g_new0 (Target, 1);
  g_autoptr (MeshAppLink) link = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *bare = NULL;

  if (*text == '/')
    {
      target->path = g_strdup (text);
      return g_steal_pointer (&target);
    }
  if (!split_range (target, text, &bare, error))
    return NULL;
  link = mesh_app_link_parse (bare, &local);
  if (link == NULL)
    {
      g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
                   "“%s” is neither a shoal: link, an app id nor an absolute path: %s",
                   text, local->message);
      return NULL;
    }
  if (channel != NULL)
    {
      g_free (link->channel);
      link->channel = g_strdup (channel);
    }
  target->app_id = g_strdup (link->app_id);
  target->link = build_link (link, target->range);
  return g_steal_pointer (&target);
}

/* Find. */

static void
find_data_free (gpointer user_data)
{
  FindData *data = user_data;

  if (data->is_holding)
    mesh_node_release (data->node);
  target_free (data->target);
  g_clear_pointer (&data->bytes, g_bytes_unref);
  g_object_unref (data->node);
  g_free (data);
}

static void
inspected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshUpdateInspection *found;
  GError *error = NULL;

  found = mesh_update_engine_inspect_finish (MESH_UPDATE_ENGINE (object), result, &error);
  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_return_pointer (task, found, (GDestroyNotify) mesh_update_inspection_free);
}

static void
inspect (GTask *task)
{
  FindData *data = g_task_get_task_data (task);

  mesh_update_engine_inspect_async (
      mesh_node_get_updates (data->node), data->bytes == NULL ? data->target->link : NULL,
      data->bytes, g_task_get_cancellable (task), inspected_cb, g_object_ref (task));
}

static gpointer
read_job (gpointer input, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (input);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  GBytes *bytes;

  if (stream == NULL)
    return NULL;
  bytes = g_input_stream_read_bytes (
      G_INPUT_STREAM (stream), MESH_SIGNED_MANIFEST_MAX_BYTES + 1, cancellable, error);
  if (bytes == NULL || g_bytes_get_size (bytes) <= MESH_SIGNED_MANIFEST_MAX_BYTES)
    return bytes;
  g_bytes_unref (bytes);
  g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
               "“%s” is too large for a signed manifest", (const char *) input);
  return NULL;
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  FindData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->bytes = mesh_work_pool_run_finish (MESH_WORK_POOL (object), result, &error);
  if (data->bytes == NULL)
    g_task_return_error (task, error);
  else
    inspect (task);
}

static void
held_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  FindData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->is_holding = mesh_node_hold_finish (data->node, result, &error);
  if (!data->is_holding)
    g_task_return_error (task, error);
  else if (data->target->path == NULL)
    inspect (task);
  else
    mesh_work_pool_run_async (
        mesh_node_get_pool (data->node), MESH_WORK_PRIORITY_DEFAULT, read_job,
        g_strdup (data->target->path), g_free, (GDestroyNotify) g_bytes_unref,
        g_task_get_cancellable (task), read_cb, g_object_ref (task));
}

/* Takes @target. Returns a MeshUpdateInspection. */
static void
find_async (MeshNode *node,
            Target *target,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (node, cancellable, callback, user_data);
  FindData *data = g_new0 (FindData, 1);

  g_task_set_source_tag (task, find_async);
  data->node = g_object_ref (node);
  data->target = target;
  g_task_set_task_data (task, data, find_data_free);
  mesh_node_hold_async (node, cancellable, held_cb, g_steal_pointer (&task));
}

/* Inspect. */

static void
split_source (const char *source, const char **kind, const char **name)
{
  static const char *const kinds[] = { "master", "peer", "gateway", "file" };

  *kind = "";
  *name = source;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize len = strlen (kinds[i]);

      if (strncmp (source, kinds[i], len) != 0
          || (source[len] != ' ' && source[len] != '\0'))
        continue;
      *kind = kinds[i];
      *name = source[len] == ' ' ? source + len + 1 : "";
      return;
    }
}

static GVariant *
describe (ShoaldEngine *engine, const MeshUpdateInspection *found)
{
  MeshManifest *manifest = mesh_signed_manifest_get_manifest (found->release);
  ShoaldApp *app = shoald_apps_find (shoald_engine_get_apps (engine), manifest->app_id);
  const char *installed
      = app != NULL ? mesh_app_get_installed_version (shoald_app_get_mesh_app (app))
                    : NULL;
  const char *publishers[] = { found->fingerprint, NULL };
  g_autofree char *cid = mesh_cid_dup_text (manifest->root);
  const char *kind;
  const char *name;
  GVariantDict dict;

  split_source (found->source != NULL ? found->source : "", &kind, &name);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "app", "s", manifest->app_id);
  g_variant_dict_insert (&dict, "name", "s", manifest->name);
  g_variant_dict_insert (&dict, "summary", "s", manifest->summary);
  g_variant_dict_insert (&dict, "version", "s", manifest->version);
  g_variant_dict_insert (&dict, "channel", "s", manifest->channel);
  g_variant_dict_insert (&dict, "publishers", "^as", publishers);
  g_variant_dict_insert (&dict, "size", "t", manifest->size);
  g_variant_dict_insert (&dict, "fetch-size", "t", found->fetch_bytes);
  g_variant_dict_insert (&dict, "release-notes", "s", manifest->notes);
  g_variant_dict_insert (&dict, "installed-version", "s",
                         installed != NULL ? installed : "");
  g_variant_dict_insert (&dict, "cid", "s", cid);
  g_variant_dict_insert (&dict, "trusted", "b", found->is_known_key);
  g_variant_dict_insert (&dict, "source", "s", kind);
  g_variant_dict_insert (&dict, "source-name", "s", name);
  return g_variant_dict_end (&dict);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  ShoaldEngine *engine = g_task_get_source_object (task);
  g_autoptr (MeshUpdateInspection) found = NULL;
  GError *error = NULL;

  found = g_task_propagate_pointer (G_TASK (result), &error);
  if (found == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_variant_ref_sink (describe (engine, found)),
                           (GDestroyNotify) g_variant_unref);
}

void
shoald_install_inspect_async (ShoaldEngine *engine,
                              const char *target,
                              const char *channel,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  Target *parsed = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, shoald_install_inspect_async);
  if (!shoald_engine_check_running (engine, &error)
      || (parsed = parse_target (target, channel, &error)) == NULL)
    g_task_return_error (task, error);
  else
    find_async (shoald_engine_get_node (engine), parsed, cancellable, found_cb,
                g_steal_pointer (&task));
}

GVariant *
shoald_install_inspect_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Install. */

static void
run_free (gpointer user_data)
{
  Run *run = user_data;

  if (run->is_holding)
    mesh_node_release (run->node);
  g_clear_pointer (&run->target, target_free);
  g_clear_pointer (&run->bytes, g_bytes_unref);
  g_free (run->fingerprint);
  g_object_unref (run->node);
  g_object_unref (run->engine);
  g_free (run);
}

static void
sample (ShoaldJob *job, gpointer user_data)
{
  Run *run = user_data;
  const char *app_id = shoald_job_get_app (job);

  if (*app_id != '\0')
    shoald_update_show (run->engine, job,
                        shoald_apps_find (shoald_engine_get_apps (run->engine), app_id));
}

static void
installed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  MeshUpdateEngine *updates = MESH_UPDATE_ENGINE (object);
  MeshApp *app = NULL;
  GError *error = NULL;

  if (!mesh_update_engine_install_finish (updates, result, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  app = mesh_update_engine_lookup (updates, shoald_job_get_app (run->job));
  shoald_job_take_result (run->job,
                          app != NULL ? shoald_update_build_result (app) : NULL);
}

static void
target_found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (MeshUpdateInspection) found = NULL;
  g_autofree char *cid = NULL;
  MeshInstallOptions options = { 0 };
  MeshManifest *manifest;
  GError *error = NULL;

  found = g_task_propagate_pointer (G_TASK (result), &error);
  if (found == NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  manifest = mesh_signed_manifest_get_manifest (found->release);
  cid = mesh_cid_dup_text (manifest->root);
  shoald_job_set_app (run->job, manifest->app_id);
  shoald_job_set_title (run->job, manifest->name);
  shoald_job_set_cid (run->job, cid);
  shoald_job_set_step (run->job, "planning");
  /* What was inspected is what is installed: the same bytes, not asked for again. */
  run->bytes = mesh_signed_manifest_to_bytes (found->release);
  options.link = run->target->link;
  options.range = run->target->range;
  options.envelope = run->bytes;
  options.fingerprint = run->fingerprint;
  options.is_staging_only = !run->is_applying;
  mesh_update_engine_install_async (mesh_node_get_updates (run->node), &options,
                                    shoald_job_get_cancellable (run->job), installed_cb,
                                    run);
}

static Target *
target_copy (const Target *target)
{
  Target *copy = g_new0 (Target, 1);

  copy->link = g_strdup (target->link);
  copy->app_id = g_strdup (target->app_id);
  copy->path = g_strdup (target->path);
  copy->range = g_strdup (target->range);
  return copy;
}

static void
run_held_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  run->is_holding = mesh_node_hold_finish (MESH_NODE (object), result, &error);
  if (!run->is_holding)
    shoald_job_take_error (run->job, error);
  else
    find_async (run->node, target_copy (run->target),
                shoald_job_get_cancellable (run->job), target_found_cb, run);
}

static void
run_install (ShoaldJob *job, gpointer user_data)
{
  Run *run = user_data;

  run->job = job;
  shoald_job_set_step (job, "resolving");
  mesh_node_hold_async (run->node, shoald_job_get_cancellable (job), run_held_cb, run);
}

static gboolean
check_not_installed (ShoaldEngine *engine, const char *app_id, GError **error)
{
  ShoaldApp *app = app_id != NULL
                       ? shoald_apps_find (shoald_engine_get_apps (engine), app_id)
                       : NULL;

  if (app == NULL)
    return TRUE;
  if (mesh_app_get_installed_version (shoald_app_get_mesh_app (app)) != NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE,
                   "%s is installed already. Look for updates with check",
                   mesh_app_get_name (shoald_app_get_mesh_app (app)));
      return FALSE;
    }
  if (shoald_app_get_job (app) != NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE,
                   "%s is being worked on already",
                   mesh_app_get_name (shoald_app_get_mesh_app (app)));
      return FALSE;
    }
  return TRUE;
}

ShoaldJob *
shoald_install (ShoaldEngine *engine,
                const char *target,
                const ShoaldInstallOptions *options,
                GError **error)
{
  g_autoptr (Target) parsed = NULL;
  g_autofree char *title = NULL;
  ShoaldJob *job;
  Run *run;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  parsed = parse_target (target, options->channel, error);
  if (parsed == NULL || !check_not_installed (engine, parsed->app_id, error))
    return NULL;
  title = parsed->app_id != NULL ? g_strdup (parsed->app_id)
                                 : g_path_get_basename (parsed->path);
  run = g_new0 (Run, 1);
  run->engine = g_object_ref (engine);
  run->node = g_object_ref (shoald_engine_get_node (engine));
  run->fingerprint = g_strdup (options->fingerprint);
  run->is_applying = options->is_applying;
  run->target = g_steal_pointer (&parsed);
  job = shoald_job_new (SHOALD_JOB_TRANSFER, "install", title, run_install, run,
                        run_free);
  if (run->target->app_id != NULL)
    shoald_job_set_app (job, run->target->app_id);
  shoald_job_set_sampler (job, sample);
  return shoald_jobs_add (shoald_engine_get_jobs (engine), job, error);
}
