/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-app.h"

#include <string.h>

#include "engine/shoald-throttle.h"

struct _ShoaldApp
{
  GObject parent_instance;

  MeshApp *app;   /* (owned) */
  ShoaldJob *job; /* (owned) (nullable): not finished */
  MeshUpdateState last_state;
  gboolean shows_applied; /* an update was applied just now */
  guint applied_id;
  ShoaldThrottle throttle;
};

G_DEFINE_FINAL_TYPE (ShoaldApp, shoald_app, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static gboolean
changed_cb (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static gboolean
applied_cb (gpointer user_data)
{
  ShoaldApp *app = user_data;

  app->applied_id = 0;
  app->shows_applied = FALSE;
  shoald_throttle_flush (&app->throttle);
  return G_SOURCE_REMOVE;
}

/* Going back is applying, too, but no news. */
static gboolean
is_rolling_back (ShoaldApp *app)
{
  return app->job != NULL && strcmp (shoald_job_get_kind (app->job), "rollback") == 0;
}

static void
notify_cb (MeshApp *mesh_app, GParamSpec *pspec, gpointer user_data)
{
  ShoaldApp *app = user_data;
  MeshUpdateState state = mesh_app_get_state (mesh_app);

  if (state == app->last_state)
    {
      shoald_throttle_poke (&app->throttle);
      return;
    }
  app->last_state = state;
  g_clear_handle_id (&app->applied_id, g_source_remove);
  app->shows_applied = state == MESH_UPDATE_STATE_APPLIED && !is_rolling_back (app);
  if (app->shows_applied)
    app->applied_id = g_timeout_add_seconds (SHOALD_APP_SHOW_APPLIED_S, applied_cb, app);
  shoald_throttle_flush (&app->throttle);
}

static void
shoald_app_dispose (GObject *object)
{
  ShoaldApp *app = SHOALD_APP (object);

  g_clear_handle_id (&app->applied_id, g_source_remove);
  shoald_throttle_clear (&app->throttle);
  if (app->job != NULL)
    g_signal_handlers_disconnect_by_data (app->job, app);
  g_clear_object (&app->job);
  G_OBJECT_CLASS (shoald_app_parent_class)->dispose (object);
}

static void
shoald_app_finalize (GObject *object)
{
  g_object_unref (SHOALD_APP (object)->app);
  G_OBJECT_CLASS (shoald_app_parent_class)->finalize (object);
}

static void
shoald_app_class_init (ShoaldAppClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_app_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_app_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoald_app_init (ShoaldApp *app)
{
  shoald_throttle_init (&app->throttle, changed_cb, app);
}

ShoaldApp *
shoald_app_new (MeshApp *mesh_app)
{
  ShoaldApp *app = g_object_new (SHOALD_TYPE_APP, NULL);

  app->app = g_object_ref (mesh_app);
  app->last_state = mesh_app_get_state (mesh_app);
  g_signal_connect_object (mesh_app, "notify", G_CALLBACK (notify_cb), app, 0);
  return app;
}

MeshApp *
shoald_app_get_mesh_app (ShoaldApp *app)
{
  return app->app;
}

const char *
shoald_app_get_id (ShoaldApp *app)
{
  return mesh_app_get_id (app->app);
}

static gboolean
is_switching (ShoaldApp *app)
{
  static const char *const kinds[] = { "apply", "rollback", "remove", NULL };

  return mesh_app_get_state (app->app) == MESH_UPDATE_STATE_APPLYING
         || (app->job != NULL && g_strv_contains (kinds, shoald_job_get_kind (app->job)));
}

const char *
shoald_app_get_state_name (ShoaldApp *app)
{
  if (is_switching (app))
    return "busy";
  if (mesh_app_get_installed_version (app->app) != NULL)
    return "installed";
  if (mesh_app_get_state (app->app) == MESH_UPDATE_STATE_FAILED)
    return "failed";
  return "not-installed";
}

gboolean
shoald_app_has_update (ShoaldApp *app)
{
  switch (mesh_app_get_state (app->app))
    {
    case MESH_UPDATE_STATE_NONE:
      return FALSE;
    case MESH_UPDATE_STATE_APPLIED:
      return app->shows_applied;
    default:
      return TRUE;
    }
}

void
shoald_app_refresh (ShoaldApp *app)
{
  shoald_throttle_flush (&app->throttle);
}

ShoaldJob *
shoald_app_get_job (ShoaldApp *app)
{
  return app->job;
}

static void
job_finished_cb (ShoaldJob *job, gpointer user_data)
{
  shoald_app_set_job (user_data, NULL);
}

void
shoald_app_set_job (ShoaldApp *app, ShoaldJob *job)
{
  if (app->job == job)
    return;
  if (app->job != NULL)
    g_signal_handlers_disconnect_by_data (app->job, app);
  g_set_object (&app->job, job);
  if (job != NULL)
    g_signal_connect (job, "finished", G_CALLBACK (job_finished_cb), app);
  shoald_throttle_flush (&app->throttle);
}
