/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-app.h"

#include "engine/shoald-update.h"
#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-options.h"
#include "bus/shoald-bus-path.h"
#include "bus/shoald-bus-update.h"

#define VERSION 1

struct ShoaldBusApp
{
  const ShoaldBusContext *context; /* (unowned) */
  ShoaldApp *app;                  /* (owned) */
  ShoalDBusApp *skeleton;          /* (owned) */
  ShoaldBusUpdate *update;         /* (owned) (nullable) */
};

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static void
mirror (ShoaldBusApp *self)
{
  ShoalDBusApp *to = self->skeleton;
  MeshApp *from = shoald_app_get_mesh_app (self->app);
  const char *publishers[] = { mesh_app_get_fingerprint (from), NULL };

  shoal_dbus_app_set_name (to, or_empty (mesh_app_get_name (from)));
  shoal_dbus_app_set_summary (to, or_empty (mesh_app_get_summary (from)));
  shoal_dbus_app_set_publishers (to, publishers);
  shoal_dbus_app_set_channel (to, or_empty (mesh_app_get_channel (from)));
  shoal_dbus_app_set_installed_version (to,
                                        or_empty (mesh_app_get_installed_version (from)));
  shoal_dbus_app_set_previous_version (to,
                                       or_empty (mesh_app_get_previous_version (from)));
  shoal_dbus_app_set_state (to, shoald_app_get_state_name (self->app));
  shoal_dbus_app_set_icon_path (to, or_empty (mesh_app_get_icon (from)));
  shoal_dbus_app_set_desktop_id (to, or_empty (mesh_app_get_desktop_id (from)));
  shoal_dbus_app_set_size_bytes (to, mesh_app_get_installed_size (from));
  shoal_dbus_app_set_installed_time (to, mesh_app_get_installed_s (from));
  shoal_dbus_app_set_held (to, mesh_app_is_held (from));
  shoal_dbus_app_set_published (to, mesh_app_is_published (from));
  shoal_dbus_app_set_skipped_version (to, or_empty (mesh_app_get_skipped_version (from)));
  shoal_dbus_app_set_source (to, or_empty (mesh_app_get_source (from)));
  shoal_dbus_app_set_release_notes (to, or_empty (mesh_app_get_notes (from)));
}

static void
follow_update (ShoaldBusApp *self)
{
  gboolean is_wanted = shoald_app_has_update (self->app);

  if (!is_wanted)
    g_clear_pointer (&self->update, shoald_bus_update_free);
  else if (self->update == NULL)
    self->update = shoald_bus_update_new (self->context, self->app);
  else
    shoald_bus_update_mirror (self->update);
}

static void
changed_cb (ShoaldApp *app, gpointer user_data)
{
  ShoaldBusApp *self = user_data;

  mirror (self);
  follow_update (self);
}

/* Methods. */

static gboolean
launch_cb (ShoalDBusApp *skeleton,
           GDBusMethodInvocation *invocation,
           GVariant *options,
           gpointer user_data)
{
  ShoaldBusApp *self = user_data;
  ShoaldBusOptions reader;
  g_auto (GStrv) arguments = NULL;
  const char *token;
  GError *error = NULL;

  shoald_bus_options_init (&reader, options);
  token = shoald_bus_options_string (&reader, "activation-token", NULL);
  arguments = shoald_bus_options_dup_strv (&reader, "arguments");
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  if (arguments == NULL)
    arguments = g_new0 (char *, 1);
  if (!shoald_update_launch (self->context->engine, shoald_app_get_id (self->app), token,
                             (const char *const *) arguments, &error))
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_app_complete_launch (skeleton, invocation);
  return TRUE;
}

typedef void (*CompleteJob) (ShoalDBusApp *skeleton,
                             GDBusMethodInvocation *invocation,
                             const char *path);

static gboolean
reply_job (ShoaldBusApp *self,
           GDBusMethodInvocation *invocation,
           ShoaldJob *job,
           GError *error,
           CompleteJob complete)
{
  g_autofree char *path = NULL;

  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  complete (self->skeleton, invocation, path);
  return TRUE;
}

static gboolean
rollback_cb (ShoalDBusApp *skeleton,
             GDBusMethodInvocation *invocation,
             GVariant *options,
             gpointer user_data)
{
  ShoaldBusApp *self = user_data;
  GError *error = NULL;
  ShoaldJob *job = shoald_update_rollback (self->context->engine,
                                           shoald_app_get_id (self->app), &error);

  return reply_job (self, invocation, job, error, shoal_dbus_app_complete_rollback);
}

static gboolean
remove_cb (ShoalDBusApp *skeleton,
           GDBusMethodInvocation *invocation,
           GVariant *options,
           gpointer user_data)
{
  ShoaldBusApp *self = user_data;
  GError *error = NULL;
  ShoaldJob *job = shoald_update_remove (self->context->engine,
                                         shoald_app_get_id (self->app), &error);

  return reply_job (self, invocation, job, error, shoal_dbus_app_complete_remove);
}

static gboolean
check_cb (ShoalDBusApp *skeleton,
          GDBusMethodInvocation *invocation,
          GVariant *options,
          gpointer user_data)
{
  ShoaldBusApp *self = user_data;
  GError *error = NULL;
  ShoaldJob *job = shoald_update_check (self->context->engine,
                                        shoald_app_get_id (self->app), &error);

  return reply_job (self, invocation, job, error, shoal_dbus_app_complete_check);
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
hold_cb (ShoalDBusApp *skeleton,
         GDBusMethodInvocation *invocation,
         gboolean is_held,
         gpointer user_data)
{
  ShoaldBusApp *self = user_data;

  shoald_update_hold_async (self->context->engine, shoald_app_get_id (self->app), is_held,
                            done_cb, invocation);
  return TRUE;
}

static gboolean
unskip_cb (ShoalDBusApp *skeleton, GDBusMethodInvocation *invocation, gpointer user_data)
{
  ShoaldBusApp *self = user_data;

  shoald_update_unskip_async (self->context->engine, shoald_app_get_id (self->app),
                              done_cb, invocation);
  return TRUE;
}

ShoaldBusApp *
shoald_bus_app_new (const ShoaldBusContext *context, ShoaldApp *app)
{
  ShoaldBusApp *self = g_new0 (ShoaldBusApp, 1);

  self->context = context;
  self->app = g_object_ref (app);
  self->skeleton = shoal_dbus_app_skeleton_new ();
  shoal_dbus_app_set_version (self->skeleton, VERSION);
  shoal_dbus_app_set_id (self->skeleton, shoald_app_get_id (app));
  mirror (self);
  g_object_connect (self->skeleton, "signal::handle-launch", launch_cb, self,
                    "signal::handle-rollback", rollback_cb, self, "signal::handle-remove",
                    remove_cb, self, "signal::handle-check", check_cb, self,
                    "signal::handle-hold", hold_cb, self, "signal::handle-unskip",
                    unskip_cb, self, NULL);
  g_signal_connect (app, "changed", G_CALLBACK (changed_cb), self);
  shoald_bus_context_export (context, shoald_bus_path_for_app (shoald_app_get_id (app)),
                             G_DBUS_INTERFACE_SKELETON (self->skeleton));
  follow_update (self);
  return self;
}

void
shoald_bus_app_free (ShoaldBusApp *self)
{
  g_signal_handlers_disconnect_by_data (self->app, self);
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_clear_pointer (&self->update, shoald_bus_update_free);
  shoald_bus_context_unexport (self->context, G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self->skeleton);
  g_object_unref (self->app);
  g_free (self);
}
