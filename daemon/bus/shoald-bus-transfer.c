/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-transfer.h"

#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-path.h"

#define VERSION 1

struct ShoaldBusTransfer
{
  const ShoaldBusContext *context; /* (unowned) */
  ShoaldJob *job;                  /* (owned) */
  ShoalDBusTransfer *skeleton;     /* (owned) */
};

/* The engine knows no paths: an app is named by its id there. */
static GVariant *
build_result (ShoaldJob *job)
{
  GVariant *result = shoald_job_get_result (job);
  g_autofree char *path = NULL;
  const char *app_id;
  GVariantDict dict;

  if (!g_variant_lookup (result, "app", "&s", &app_id))
    return result;
  path = shoald_bus_path_for_app (app_id);
  g_variant_dict_init (&dict, result);
  g_variant_dict_insert (&dict, "app-path", "o", path);
  return g_variant_dict_end (&dict);
}

static void
mirror_end (ShoaldBusTransfer *self)
{
  const GError *error = shoald_job_get_error (self->job);
  g_autofree char *name = error != NULL ? shoald_bus_error_dup_name (error) : NULL;
  g_autofree char *message
      = error != NULL ? g_utf8_make_valid (error->message, -1) : NULL;

  shoal_dbus_transfer_set_result (self->skeleton, build_result (self->job));
  shoal_dbus_transfer_set_error_name (self->skeleton, name != NULL ? name : "");
  shoal_dbus_transfer_set_error_message (self->skeleton, message != NULL ? message : "");
}

static void
mirror (ShoaldBusTransfer *self)
{
  ShoalDBusTransfer *to = self->skeleton;
  ShoaldJob *from = self->job;

  shoal_dbus_transfer_set_title (to, shoald_job_get_title (from));
  shoal_dbus_transfer_set_app (to, shoald_job_get_app (from));
  shoal_dbus_transfer_set_cid (to, shoald_job_get_cid (from));
  shoal_dbus_transfer_set_step (to, shoald_job_get_step (from));
  shoal_dbus_transfer_set_progress (to, shoald_job_get_progress (from));
  shoal_dbus_transfer_set_bytes_done (to, shoald_job_get_bytes_done (from));
  shoal_dbus_transfer_set_bytes_total (to, shoald_job_get_bytes_total (from));
  shoal_dbus_transfer_set_rate_bps (to, shoald_job_get_rate_bps (from));
  shoal_dbus_transfer_set_eta_s (to, shoald_job_get_eta_s (from));
  shoal_dbus_transfer_set_sources (to, shoald_job_get_sources (from));
  mirror_end (self);
  /* After what it stands for: who reads them one by one finds the result with the end. */
  shoal_dbus_transfer_set_state (to, shoald_job_get_state_name (from));
}

static void
changed_cb (ShoaldJob *job, gpointer user_data)
{
  ShoaldBusTransfer *self = user_data;

  mirror (self);
  if (shoald_job_is_finished (job))
    g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
}

static gboolean
cancel_cb (ShoalDBusTransfer *skeleton,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
{
  ShoaldBusTransfer *self = user_data;
  GError *error = NULL;

  if (!shoald_job_cancel (self->job, &error))
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_transfer_complete_cancel (skeleton, invocation);
  return TRUE;
}

static gboolean
dismiss_cb (ShoalDBusTransfer *skeleton,
            GDBusMethodInvocation *invocation,
            gpointer user_data)
{
  ShoaldBusTransfer *self = user_data;
  g_autoptr (ShoalDBusTransfer) kept = g_object_ref (skeleton);
  GError *error = NULL;

  /* Frees @self when it succeeds. */
  if (!shoald_jobs_dismiss (shoald_engine_get_jobs (self->context->engine), self->job,
                            &error))
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_transfer_complete_dismiss (kept, invocation);
  return TRUE;
}

ShoaldBusTransfer *
shoald_bus_transfer_new (const ShoaldBusContext *context, ShoaldJob *job)
{
  ShoaldBusTransfer *self = g_new0 (ShoaldBusTransfer, 1);

  self->context = context;
  self->job = g_object_ref (job);
  self->skeleton = shoal_dbus_transfer_skeleton_new ();
  shoal_dbus_transfer_set_version (self->skeleton, VERSION);
  shoal_dbus_transfer_set_kind (self->skeleton, shoald_job_get_kind (job));
  shoal_dbus_transfer_set_started (self->skeleton, shoald_job_get_started_s (job));
  mirror (self);
  g_signal_connect (self->skeleton, "handle-cancel", G_CALLBACK (cancel_cb), self);
  g_signal_connect (self->skeleton, "handle-dismiss", G_CALLBACK (dismiss_cb), self);
  g_signal_connect (job, "changed", G_CALLBACK (changed_cb), self);
  shoald_bus_context_export (context, shoald_bus_path_for_job (job),
                             G_DBUS_INTERFACE_SKELETON (self->skeleton));
  return self;
}

void
shoald_bus_transfer_free (ShoaldBusTransfer *self)
{
  g_signal_handlers_disconnect_by_data (self->job, self);
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  shoald_bus_context_unexport (self->context, G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self->skeleton);
  g_object_unref (self->job);
  g_free (self);
}
