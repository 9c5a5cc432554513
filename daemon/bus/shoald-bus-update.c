/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-update.h"

#include "engine/shoald-update.h"
#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-options.h"
#include "bus/shoald-bus-path.h"

#define VERSION 1

struct ShoaldBusUpdate
{
  const ShoaldBusContext *context; /* (unowned) */
  ShoaldApp *app;                  /* (owned) */
  ShoalDBusUpdate *skeleton;       /* (owned) */
};

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static double
compute_progress (MeshApp *app)
{
  switch (mesh_app_get_state (app))
    {
    case MESH_UPDATE_STATE_FETCHING:
      if (mesh_app_get_bytes_total (app) == 0)
        return 1.0;
      return MIN (1.0, (double) mesh_app_get_bytes_done (app)
                           / (double) mesh_app_get_bytes_total (app));
    case MESH_UPDATE_STATE_AVAILABLE:
    case MESH_UPDATE_STATE_FAILED:
      return 0.0;
    case MESH_UPDATE_STATE_STAGED:
    case MESH_UPDATE_STATE_APPLIED:
      return 1.0;
    default:
      return -1.0;
    }
}

static void
mirror_transfer (ShoaldBusUpdate *self)
{
  ShoaldJob *job = shoald_app_get_job (self->app);
  g_autofree char *path = NULL;

  if (job != NULL && shoald_job_get_job_type (job) == SHOALD_JOB_TRANSFER)
    path = shoald_bus_path_for_job (job);
  shoal_dbus_update_set_transfer (self->skeleton, path != NULL ? path : "/");
}

void
shoald_bus_update_mirror (ShoaldBusUpdate *self)
{
  ShoalDBusUpdate *to = self->skeleton;
  MeshApp *from = shoald_app_get_mesh_app (self->app);
  MeshUpdateState state = mesh_app_get_state (from);
  g_autofree char *error_name
      = shoald_bus_error_name_nick (mesh_app_get_error_name (from));
  gboolean is_applied = state == MESH_UPDATE_STATE_APPLIED;
  const char *version = mesh_app_get_available_version (from);
  guint64 to_fetch = mesh_app_get_bytes_total (from);

  if (version == NULL && is_applied)
    version = mesh_app_get_installed_version (from);
  shoal_dbus_update_set_new_version (to, or_empty (version));
  shoal_dbus_update_set_previous_version (
      to, or_empty (is_applied ? mesh_app_get_previous_version (from)
                               : mesh_app_get_installed_version (from)));
  shoal_dbus_update_set_progress (to, compute_progress (from));
  shoal_dbus_update_set_bytes_total (to, to_fetch + mesh_app_get_bytes_saved (from));
  shoal_dbus_update_set_bytes_to_fetch (to, to_fetch);
  shoal_dbus_update_set_bytes_fetched (to,
                                       MIN (mesh_app_get_bytes_done (from), to_fetch));
  shoal_dbus_update_set_bytes_saved (to, mesh_app_get_bytes_saved (from));
  shoal_dbus_update_set_chunks_total (to, mesh_app_get_n_chunks_total (from)
                                              + mesh_app_get_n_chunks_saved (from));
  shoal_dbus_update_set_chunks_to_fetch (to, mesh_app_get_n_chunks_total (from));
  shoal_dbus_update_set_release_notes (to, or_empty (mesh_app_get_notes (from)));
  shoal_dbus_update_set_error_name (to, error_name);
  shoal_dbus_update_set_error_message (to, or_empty (mesh_app_get_error_message (from)));
  mirror_transfer (self);
  shoal_dbus_update_set_state (to, mesh_update_state_get_nick (state));
}

/* Methods. */

static gboolean
fetch_cb (ShoalDBusUpdate *skeleton,
          GDBusMethodInvocation *invocation,
          GVariant *options,
          gpointer user_data)
{
  ShoaldBusUpdate *self = user_data;
  ShoaldBusOptions reader;
  g_autofree char *path = NULL;
  gboolean is_applying;
  ShoaldJob *job;
  GError *error = NULL;

  shoald_bus_options_init (&reader, options);
  is_applying = shoald_bus_options_boolean (&reader, "apply", FALSE);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_update_fetch (self->context->engine, shoald_app_get_id (self->app),
                             is_applying, &error);
  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  shoal_dbus_update_complete_fetch (skeleton, invocation, path);
  return TRUE;
}

static gboolean
apply_cb (ShoalDBusUpdate *skeleton,
          GDBusMethodInvocation *invocation,
          GVariant *options,
          gpointer user_data)
{
  ShoaldBusUpdate *self = user_data;
  g_autofree char *path = NULL;
  GError *error = NULL;
  ShoaldJob *job = shoald_update_apply (self->context->engine,
                                        shoald_app_get_id (self->app), &error);

  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  shoal_dbus_update_complete_apply (skeleton, invocation, path);
  return TRUE;
}

static void
done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (!shoald_update_finish (SHOALD_ENGINE (object), result, &error))
    shoald_bus_error_return (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
skip_cb (ShoalDBusUpdate *skeleton, GDBusMethodInvocation *invocation, gpointer user_data)
{
  ShoaldBusUpdate *self = user_data;

  shoald_update_skip_async (self->context->engine, shoald_app_get_id (self->app), done_cb,
                            invocation);
  return TRUE;
}

static gboolean
cancel_cb (ShoalDBusUpdate *skeleton,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
{
  ShoaldBusUpdate *self = user_data;

  shoald_update_cancel_async (self->context->engine, shoald_app_get_id (self->app),
                              done_cb, invocation);
  return TRUE;
}

ShoaldBusUpdate *
shoald_bus_update_new (const ShoaldBusContext *context, ShoaldApp *app)
{
  ShoaldBusUpdate *self = g_new0 (ShoaldBusUpdate, 1);
  g_autofree char *app_path = shoald_bus_path_for_app (shoald_app_get_id (app));

  self->context = context;
  self->app = g_object_ref (app);
  self->skeleton = shoal_dbus_update_skeleton_new ();
  shoal_dbus_update_set_version (self->skeleton, VERSION);
  shoal_dbus_update_set_app (self->skeleton, app_path);
  shoal_dbus_update_set_app_id (self->skeleton, shoald_app_get_id (app));
  shoald_bus_update_mirror (self);
  g_object_connect (self->skeleton, "signal::handle-fetch", fetch_cb, self,
                    "signal::handle-apply", apply_cb, self, "signal::handle-skip",
                    skip_cb, self, "signal::handle-cancel", cancel_cb, self, NULL);
  shoald_bus_context_export (context,
                             shoald_bus_path_for_update (shoald_app_get_id (app)),
                             G_DBUS_INTERFACE_SKELETON (self->skeleton));
  return self;
}

void
shoald_bus_update_free (ShoaldBusUpdate *self)
{
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  shoald_bus_context_unexport (self->context, G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self->skeleton);
  g_object_unref (self->app);
  g_free (self);
}
