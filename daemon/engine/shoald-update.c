/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Runs live as in shoald-content.c: one call under way, kept by the job. */
#include "config.h"

#include "engine/shoald-update.h"

#include <string.h>

#include "config/shoald-error.h"
#include "engine/shoald-fetch.h"

typedef struct
{
  ShoaldEngine *engine; /* (owned) */
  MeshNode *node;       /* (owned): runs until the last job has ended */
  ShoaldJob *job;       /* (unowned): owns this */
  char *app_id;         /* (owned) (nullable): all */
  gboolean is_holding;
  gboolean is_applying;
  gulong changed_id; /* on the ShoaldApp, for a fetch of the engine's own */
  guint64 freed_bytes;
} Run;

static void run_follow (ShoaldJob *job, gpointer data);

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->is_holding)
    mesh_node_release (run->node);
  g_free (run->app_id);
  g_object_unref (run->node);
  g_object_unref (run->engine);
  g_free (run);
}

static Run *
new_run (ShoaldEngine *engine, const char *app_id)
{
  Run *run = g_new0 (Run, 1);

  run->engine = g_object_ref (engine);
  run->node = g_object_ref (shoald_engine_get_node (engine));
  run->app_id = g_strdup (app_id);
  return run;
}

static MeshUpdateEngine *
get_updates (Run *run)
{
  return mesh_node_get_updates (run->node);
}

static ShoaldApp *
find_app (ShoaldEngine *engine, const char *app_id, GError **error)
{
  ShoaldApp *app;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  app = shoald_apps_find (shoald_engine_get_apps (engine), app_id);
  if (app == NULL)
    g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "There is no app “%s”", app_id);
  return app;
}

static gboolean
fail_state (ShoaldApp *app, const char *what, GError **error)
{
  MeshApp *mesh_app = shoald_app_get_mesh_app (app);

  g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE,
               "%s can not be %s now: it is %s, its update is %s",
               mesh_app_get_name (mesh_app), what, shoald_app_get_state_name (app),
               mesh_update_state_get_nick (mesh_app_get_state (mesh_app)));
  return FALSE;
}

/* Takes @run. */
static ShoaldJob *
add_job (Run *run,
         ShoaldJobType type,
         const char *kind,
         ShoaldApp *app,
         ShoaldJobFunc func,
         ShoaldJobSampler sampler,
         GError **error)
{
  gboolean is_under_way = func == run_follow;
  const char *title
      = app != NULL ? mesh_app_get_name (shoald_app_get_mesh_app (app)) : "";
  ShoaldJob *job = shoald_job_new (type, kind, title, func, run, run_free);

  run->job = job;
  shoald_job_set_sampler (job, sampler);
  if (is_under_way)
    shoald_job_set_skips_queue (job);
  if (app != NULL)
    {
      shoald_job_set_app (job, shoald_app_get_id (app));
      shoald_app_set_job (app, job);
    }
  return shoald_jobs_add (shoald_engine_get_jobs (run->engine), job, error);
}

/* Showing. */

void
shoald_update_show (ShoaldEngine *engine, ShoaldJob *job, ShoaldApp *app)
{
  MeshApp *mesh_app;
  g_autoptr (GPtrArray) usage = NULL;
  GPtrArray *sources;

  if (app == NULL)
    return;
  mesh_app = shoald_app_get_mesh_app (app);
  shoald_job_set_title (job, mesh_app_get_name (mesh_app));
  shoald_job_set_app (job, mesh_app_get_id (mesh_app));
  if (mesh_update_state_is_busy (mesh_app_get_state (mesh_app)))
    shoald_job_set_step (job, mesh_update_state_get_nick (mesh_app_get_state (mesh_app)));
  shoald_job_set_bytes (job, mesh_app_get_bytes_done (mesh_app),
                        mesh_app_get_bytes_total (mesh_app));
  sources = mesh_app_get_sources (mesh_app);
  if (sources == NULL)
    return;
  /* Sorted as a copy: the list is the app's. */
  usage = g_ptr_array_copy (sources, NULL, NULL);
  g_ptr_array_set_free_func (usage, NULL);
  shoald_job_set_sources (
      job, shoald_fetch_describe_usage (usage, shoald_engine_get_peers (engine)));
}

static void
sample (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  shoald_update_show (
      run->engine, job,
      shoald_apps_find (shoald_engine_get_apps (run->engine), run->app_id));
}

GVariant *
shoald_update_build_result (MeshApp *app)
{
  const char *version = mesh_app_get_available_version (app);
  GVariantDict dict;

  if (version == NULL)
    version = mesh_app_get_installed_version (app);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "app", "s", mesh_app_get_id (app));
  g_variant_dict_insert (&dict, "version", "s", version != NULL ? version : "");
  g_variant_dict_insert (&dict, "bytes-saved", "t", mesh_app_get_bytes_saved (app));
  g_variant_dict_insert (&dict, "bytes-fetched", "t", mesh_app_get_bytes_done (app));
  return g_variant_dict_end (&dict);
}

static GVariant *
build_run_result (Run *run)
{
  MeshApp *app = mesh_update_engine_lookup (get_updates (run), run->app_id);

  return app != NULL ? shoald_update_build_result (app) : NULL;
}

/* Check. */

static guint
count_installed (ShoaldEngine *engine)
{
  GListModel *apps = G_LIST_MODEL (shoald_engine_get_apps (engine));
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (apps); i++)
    {
      g_autoptr (ShoaldApp) app = g_list_model_get_item (apps, i);

      if (mesh_app_get_installed_version (shoald_app_get_mesh_app (app)) != NULL)
        n++;
    }
  return n;
}

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GVariantDict dict;
  GError *error = NULL;
  gssize n
      = mesh_update_engine_check_finish (MESH_UPDATE_ENGINE (object), result, &error);

  if (error != NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "checked", "u",
                         run->app_id != NULL ? 1 : count_installed (run->engine));
  g_variant_dict_insert (&dict, "available", "u", (guint32) MAX (n, 0));
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

static void
check_held_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  run->is_holding = mesh_node_hold_finish (MESH_NODE (object), result, &error);
  if (run->is_holding)
    mesh_update_engine_check_async (get_updates (run), run->app_id,
                                    shoald_job_get_cancellable (run->job), checked_cb,
                                    run);
  else
    shoald_job_take_error (run->job, error);
}

static void
run_check (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  shoald_job_set_step (job, "resolving");
  mesh_node_hold_async (run->node, shoald_job_get_cancellable (job), check_held_cb, run);
}

ShoaldJob *
shoald_update_check (ShoaldEngine *engine, const char *app_id, GError **error)
{
  ShoaldApp *app = NULL;
  ShoaldJob *job;
  Run *run;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  if (*app_id != '\0' && (app = find_app (engine, app_id, error)) == NULL)
    return NULL;
  run = new_run (engine, *app_id != '\0' ? app_id : NULL);
  job = shoald_job_new (SHOALD_JOB_OPERATION, "check", app_id, run_check, run, run_free);
  run->job = job;
  shoald_job_set_app (job, app_id);
  return shoald_jobs_add (shoald_engine_get_jobs (engine), job, error);
}

/* Apply, rollback, remove. */

static void
applied_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  if (mesh_update_engine_apply_finish (MESH_UPDATE_ENGINE (object), result, &error))
    shoald_job_take_result (run->job, build_run_result (run));
  else
    shoald_job_take_error (run->job, error);
}

static void
run_apply (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  shoald_job_set_step (job, "applying");
  mesh_update_engine_apply_async (get_updates (run), run->app_id,
                                  shoald_job_get_cancellable (job), applied_cb, run);
}

ShoaldJob *
shoald_update_apply (ShoaldEngine *engine, const char *app_id, GError **error)
{
  ShoaldApp *app = find_app (engine, app_id, error);

  if (app == NULL)
    return NULL;
  if (mesh_app_get_state (shoald_app_get_mesh_app (app)) != MESH_UPDATE_STATE_STAGED
      || shoald_app_get_job (app) != NULL)
    {
      fail_state (app, "updated", error);
      return NULL;
    }
  return add_job (new_run (engine, app_id), SHOALD_JOB_OPERATION, "apply", app, run_apply,
                  NULL, error);
}

static void
rolled_back_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  MeshApp *app;
  GVariantDict dict;
  GError *error = NULL;

  if (!mesh_update_engine_rollback_finish (MESH_UPDATE_ENGINE (object), result, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  app = mesh_update_engine_lookup (get_updates (run), run->app_id);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "app", "s", run->app_id);
  if (app != NULL && mesh_app_get_installed_version (app) != NULL)
    g_variant_dict_insert (&dict, "version", "s", mesh_app_get_installed_version (app));
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

static void
run_rollback (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  shoald_job_set_step (job, "applying");
  mesh_update_engine_rollback_async (get_updates (run), run->app_id,
                                     shoald_job_get_cancellable (job), rolled_back_cb,
                                     run);
}

ShoaldJob *
shoald_update_rollback (ShoaldEngine *engine, const char *app_id, GError **error)
{
  ShoaldApp *app = find_app (engine, app_id, error);
  MeshApp *mesh_app;

  if (app == NULL)
    return NULL;
  mesh_app = shoald_app_get_mesh_app (app);
  if (mesh_app_get_previous_version (mesh_app) == NULL
      || mesh_app_get_installed_version (mesh_app) == NULL
      || shoald_app_get_job (app) != NULL
      || mesh_update_state_is_busy (mesh_app_get_state (mesh_app)))
    {
      fail_state (app, "rolled back", error);
      return NULL;
    }
  return add_job (new_run (engine, app_id), SHOALD_JOB_OPERATION, "rollback", app,
                  run_rollback, NULL, error);
}

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GVariantDict dict;
  GError *error = NULL;

  if (!mesh_update_engine_remove_finish (MESH_UPDATE_ENGINE (object), result, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "app", "s", run->app_id);
  g_variant_dict_insert (&dict, "freed-bytes", "t", run->freed_bytes);
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

static void
run_remove (ShoaldJob *job, gpointer data)
{
  Run *run = data;
  MeshApp *app = mesh_update_engine_lookup (get_updates (run), run->app_id);

  if (app != NULL)
    run->freed_bytes = mesh_app_get_installed_size (app);
  mesh_update_engine_remove_async (get_updates (run), run->app_id,
                                   shoald_job_get_cancellable (job), removed_cb, run);
}

ShoaldJob *
shoald_update_remove (ShoaldEngine *engine, const char *app_id, GError **error)
{
  ShoaldApp *app = find_app (engine, app_id, error);

  if (app == NULL)
    return NULL;
  if (shoald_app_get_job (app) != NULL
      || mesh_update_state_is_busy (mesh_app_get_state (shoald_app_get_mesh_app (app))))
    {
      fail_state (app, "removed", error);
      return NULL;
    }
  return add_job (new_run (engine, app_id), SHOALD_JOB_OPERATION, "remove", app,
                  run_remove, NULL, error);
}

/* Fetch. */

static void
staged_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  if (!mesh_update_engine_stage_finish (MESH_UPDATE_ENGINE (object), result, &error))
    shoald_job_take_error (run->job, error);
  else if (run->is_applying)
    run_apply (run->job, run);
  else
    shoald_job_take_result (run->job, build_run_result (run));
}

static void
fetch_held_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  run->is_holding = mesh_node_hold_finish (MESH_NODE (object), result, &error);
  if (run->is_holding)
    mesh_update_engine_stage_async (get_updates (run), run->app_id,
                                    shoald_job_get_cancellable (run->job), staged_cb,
                                    run);
  else
    shoald_job_take_error (run->job, error);
}

static void
run_fetch (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  shoald_job_set_step (job, "planning");
  mesh_node_hold_async (run->node, shoald_job_get_cancellable (job), fetch_held_cb, run);
}

ShoaldJob *
shoald_update_fetch (ShoaldEngine *engine,
                     const char *app_id,
                     gboolean is_applying,
                     GError **error)
{
  ShoaldApp *app = find_app (engine, app_id, error);
  MeshUpdateState state;
  Run *run;

  if (app == NULL)
    return NULL;
  state = mesh_app_get_state (shoald_app_get_mesh_app (app));
  if (shoald_app_get_job (app) != NULL
      && shoald_job_get_job_type (shoald_app_get_job (app)) == SHOALD_JOB_TRANSFER)
    return shoald_app_get_job (app);
  if ((state != MESH_UPDATE_STATE_AVAILABLE && state != MESH_UPDATE_STATE_FAILED)
      || shoald_app_get_job (app) != NULL)
    {
      fail_state (app, "fetched", error);
      return NULL;
    }
  run = new_run (engine, app_id);
  run->is_applying = is_applying;
  return add_job (run, SHOALD_JOB_TRANSFER, "update", app, run_fetch, sample, error);
}

/* A fetch that the update engine began by itself: the job follows the app. */

static void
follow (ShoaldApp *app, gpointer user_data)
{
  Run *run = user_data;
  MeshApp *mesh_app = shoald_app_get_mesh_app (app);
  const char *message = mesh_app_get_error_message (mesh_app);

  if (mesh_update_state_is_busy (mesh_app_get_state (mesh_app)))
    {
      shoald_update_show (run->engine, run->job, app);
      return;
    }
  g_clear_signal_handler (&run->changed_id, app);
  if (mesh_app_get_state (mesh_app) == MESH_UPDATE_STATE_FAILED)
    shoald_job_take_error (
        run->job,
        g_error_new_literal (MESH_ERROR, MESH_ERROR_IO, message != NULL ? message : ""));
  else if (mesh_app_get_state (mesh_app) == MESH_UPDATE_STATE_AVAILABLE)
    shoald_job_take_error (
        run->job, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  else
    shoald_job_take_result (run->job, shoald_update_build_result (mesh_app));
}

static void
follow_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Run *run = user_data;

  (void) mesh_update_engine_cancel (get_updates (run), run->app_id);
}

static void
run_follow (ShoaldJob *job, gpointer data)
{
  Run *run = data;
  ShoaldApp *app = shoald_apps_find (shoald_engine_get_apps (run->engine), run->app_id);

  /* The signal, not g_cancellable_connect(): the job is cancelled in this very thread. */
  g_signal_connect (shoald_job_get_cancellable (job), "cancelled",
                    G_CALLBACK (follow_cancelled_cb), run);
  run->changed_id = g_signal_connect (app, "changed", G_CALLBACK (follow), run);
  follow (app, run);
}

static ShoaldJob *
find_install (ShoaldJobs *jobs, const char *app_id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (jobs));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ShoaldJob) job = g_list_model_get_item (G_LIST_MODEL (jobs), i);

      if (!shoald_job_is_finished (job)
          && strcmp (shoald_job_get_kind (job), "install") == 0
          && strcmp (shoald_job_get_app (job), app_id) == 0)
        return job; /* kept by the list */
    }
  return NULL;
}

static void
unclaimed_cb (ShoaldApps *apps, ShoaldApp *app, gpointer user_data)
{
  ShoaldEngine *engine = user_data;
  ShoaldJob *job
      = find_install (shoald_engine_get_jobs (engine), shoald_app_get_id (app));
  g_autoptr (GError) error = NULL;

  if (shoald_engine_get_state (engine) != SHOALD_ENGINE_RUNNING)
    return;
  if (job != NULL)
    shoald_app_set_job (app, job);
  else if (add_job (new_run (engine, shoald_app_get_id (app)), SHOALD_JOB_TRANSFER,
                    "update", app, run_follow, NULL, &error)
           == NULL)
    g_message ("An update is fetched without being listed: %s", error->message);
}

void
shoald_update_watch (ShoaldEngine *engine)
{
  g_signal_connect_object (shoald_engine_get_apps (engine), "unclaimed",
                           G_CALLBACK (unclaimed_cb), engine, 0);
}

/* Short work, without a job. */

static void
skipped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  shoald_app_refresh (g_task_get_task_data (task));
  if (mesh_update_engine_skip_finish (MESH_UPDATE_ENGINE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
held_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  shoald_app_refresh (g_task_get_task_data (task));
  if (mesh_update_engine_hold_finish (MESH_UPDATE_ENGINE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
shoald_update_cancel_async (ShoaldEngine *engine,
                            const char *app_id,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  GError *error = NULL;
  ShoaldApp *app = find_app (engine, app_id, &error);
  ShoaldJob *job = app != NULL ? shoald_app_get_job (app) : NULL;
  MeshUpdateState state;

  g_task_set_source_tag (task, shoald_update_finish);
  if (app == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  state = mesh_app_get_state (shoald_app_get_mesh_app (app));
  if (job != NULL && shoald_job_get_job_type (job) == SHOALD_JOB_TRANSFER
      && shoald_job_cancel (job, NULL))
    g_task_return_boolean (task, TRUE);
  else if (mesh_update_state_is_busy (state) && state != MESH_UPDATE_STATE_APPLYING
           && mesh_update_engine_cancel (
               mesh_node_get_updates (shoald_engine_get_node (engine)), app_id))
    g_task_return_boolean (task, TRUE);
  else
    {
      fail_state (app, "cancelled", &error);
      g_task_return_error (task, error);
    }
}

void
shoald_update_skip_async (ShoaldEngine *engine,
                          const char *app_id,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  GError *error = NULL;
  ShoaldApp *app = find_app (engine, app_id, &error);
  MeshApp *mesh_app = app != NULL ? shoald_app_get_mesh_app (app) : NULL;

  g_task_set_source_tag (task, shoald_update_finish);
  if (app != NULL
      && (mesh_update_state_is_busy (mesh_app_get_state (mesh_app))
          || mesh_app_get_available_version (mesh_app) == NULL))
    fail_state (app, "skipped", &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, g_object_ref (app), g_object_unref);
  mesh_update_engine_skip_async (mesh_node_get_updates (shoald_engine_get_node (engine)),
                                 app_id, mesh_app_get_available_version (mesh_app), NULL,
                                 skipped_cb, g_steal_pointer (&task));
}

void
shoald_update_unskip_async (ShoaldEngine *engine,
                            const char *app_id,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  GError *error = NULL;
  ShoaldApp *app = find_app (engine, app_id, &error);

  g_task_set_source_tag (task, shoald_update_finish);
  if (app == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, g_object_ref (app), g_object_unref);
  mesh_update_engine_skip_async (mesh_node_get_updates (shoald_engine_get_node (engine)),
                                 app_id, NULL, NULL, skipped_cb, g_steal_pointer (&task));
}

void
shoald_update_hold_async (ShoaldEngine *engine,
                          const char *app_id,
                          gboolean is_held,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  GError *error = NULL;
  ShoaldApp *app = find_app (engine, app_id, &error);

  g_task_set_source_tag (task, shoald_update_finish);
  if (app != NULL && strcmp (shoald_app_get_state_name (app), "busy") == 0)
    fail_state (app, "held", &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, g_object_ref (app), g_object_unref);
  mesh_update_engine_hold_async (mesh_node_get_updates (shoald_engine_get_node (engine)),
                                 app_id, is_held, NULL, held_cb, g_steal_pointer (&task));
}

gboolean
shoald_update_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
shoald_update_launch (ShoaldEngine *engine,
                      const char *app_id,
                      const char *activation_token,
                      const char *const *arguments,
                      GError **error)
{
  ShoaldApp *app = find_app (engine, app_id, error);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_auto (GStrv) argv_list = NULL;
  g_auto (GStrv) environment = g_get_environ ();
  g_autoptr (GError) local = NULL;
  const char *exec;

  if (app == NULL)
    return FALSE;
  if (strcmp (shoald_app_get_state_name (app), "installed") != 0)
    return fail_state (app, "started", error);
  exec = mesh_app_get_exec (shoald_app_get_mesh_app (app));
  if (exec == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                   "%s names no program to start",
                   mesh_app_get_name (shoald_app_get_mesh_app (app)));
      return FALSE;
    }
  g_strv_builder_add (argv, exec);
  g_strv_builder_addv (argv, (const char **) arguments);
  argv_list = g_strv_builder_end (argv);
  if (activation_token != NULL)
    {
      environment = g_environ_setenv (environment, "XDG_ACTIVATION_TOKEN",
                                      activation_token, TRUE);
      environment
          = g_environ_setenv (environment, "DESKTOP_STARTUP_ID", activation_token, TRUE);
    }
  if (g_spawn_async (g_get_home_dir (), argv_list, environment,
                     G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                     NULL, &local))
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "Can not start %s: %s", exec,
               local->message);
  return FALSE;
}
