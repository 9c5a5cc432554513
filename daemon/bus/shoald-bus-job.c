/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* What both interfaces have is set by the name of the property, which is the same on the
 * two generated skeletons, as are the names of the signals for their methods. */
#include "config.h"

#include "bus/shoald-bus-job.h"

#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-path.h"

#define TRANSFER_VERSION 1
#define OPERATION_VERSION 2

struct ShoaldBusJob
{
  const ShoaldBusContext *context;  /* (unowned) */
  ShoaldJob *job;                   /* (owned) */
  GDBusInterfaceSkeleton *skeleton; /* (owned) */
};

static gboolean
is_transfer (ShoaldBusJob *self)
{
  return shoald_job_get_job_type (self->job) == SHOALD_JOB_TRANSFER;
}

/* The engine knows no paths: an app is named by its id there. */
static GVariant *
build_result (ShoaldBusJob *self)
{
  GVariant *result = shoald_job_get_result (self->job);
  g_autofree char *path = NULL;
  const char *app_id;
  GVariantDict dict;

  if (!is_transfer (self) || !g_variant_lookup (result, "app", "&s", &app_id))
    return g_variant_ref (result);
  path = shoald_bus_path_for_app (app_id);
  g_variant_dict_init (&dict, result);
  g_variant_dict_insert (&dict, "app-path", "o", path);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
mirror_end (ShoaldBusJob *self)
{
  const GError *error = shoald_job_get_error (self->job);
  g_autoptr (GVariant) result = build_result (self);
  g_autofree char *name = error != NULL ? shoald_bus_error_dup_name (error) : NULL;
  g_autofree char *message
      = error != NULL ? g_utf8_make_valid (error->message, -1) : NULL;

  g_object_set (self->skeleton, "result", result, "error-name", name != NULL ? name : "",
                "error-message", message != NULL ? message : "", NULL);
}

static void
mirror (ShoaldBusJob *self)
{
  ShoaldJob *from = self->job;

  g_object_set (self->skeleton, "title", shoald_job_get_title (from), "app",
                shoald_job_get_app (from), "cid", shoald_job_get_cid (from), "step",
                shoald_job_get_step (from), "progress", shoald_job_get_progress (from),
                "bytes-done", shoald_job_get_bytes_done (from), "bytes-total",
                shoald_job_get_bytes_total (from), "rate-bps",
                shoald_job_get_rate_bps (from), "eta-s", shoald_job_get_eta_s (from),
                NULL);
  if (is_transfer (self))
    g_object_set (self->skeleton, "sources", shoald_job_get_sources (from), NULL);
  else
    g_object_set (self->skeleton, "items", shoald_job_get_items (from), NULL);
  mirror_end (self);
  /* After what it stands for: who reads them one by one finds the result with the end. */
  g_object_set (self->skeleton, "state", shoald_job_get_state_name (from), NULL);
}

static void
changed_cb (ShoaldJob *job, gpointer user_data)
{
  ShoaldBusJob *self = user_data;

  mirror (self);
  if (shoald_job_is_finished (job))
    g_dbus_interface_skeleton_flush (self->skeleton);
}

static gboolean
cancel_cb (GDBusInterfaceSkeleton *skeleton,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
{
  ShoaldBusJob *self = user_data;
  GError *error = NULL;

  if (!shoald_job_cancel (self->job, &error))
    return shoald_bus_error_return (invocation, error);
  g_dbus_method_invocation_return_value (invocation, NULL);
  return TRUE;
}

static gboolean
dismiss_cb (GDBusInterfaceSkeleton *skeleton,
            GDBusMethodInvocation *invocation,
            gpointer user_data)
{
  ShoaldBusJob *self = user_data;
  g_autoptr (GDBusInterfaceSkeleton) kept = g_object_ref (skeleton);
  GError *error = NULL;

  /* Frees @self when it succeeds. */
  if (!shoald_jobs_dismiss (shoald_engine_get_jobs (self->context->engine), self->job,
                            &error))
    return shoald_bus_error_return (invocation, error);
  g_dbus_method_invocation_return_value (invocation, NULL);
  return TRUE;
}

static GDBusInterfaceSkeleton *
make_skeleton (ShoaldJob *job)
{
  if (shoald_job_get_job_type (job) == SHOALD_JOB_TRANSFER)
    {
      ShoalDBusTransfer *transfer = shoal_dbus_transfer_skeleton_new ();

      shoal_dbus_transfer_set_version (transfer, TRANSFER_VERSION);
      return G_DBUS_INTERFACE_SKELETON (transfer);
    }
  else
    {
      ShoalDBusOperation *operation = shoal_dbus_operation_skeleton_new ();

      shoal_dbus_operation_set_version (operation, OPERATION_VERSION);
      return G_DBUS_INTERFACE_SKELETON (operation);
    }
}

ShoaldBusJob *
shoald_bus_job_new (const ShoaldBusContext *context, ShoaldJob *job)
{
  ShoaldBusJob *self = g_new0 (ShoaldBusJob, 1);

  self->context = context;
  self->job = g_object_ref (job);
  self->skeleton = make_skeleton (job);
  g_object_set (self->skeleton, "kind", shoald_job_get_kind (job), "started",
                shoald_job_get_started_s (job), NULL);
  mirror (self);
  g_signal_connect (self->skeleton, "handle-cancel", G_CALLBACK (cancel_cb), self);
  g_signal_connect (self->skeleton, "handle-dismiss", G_CALLBACK (dismiss_cb), self);
  g_signal_connect (job, "changed", G_CALLBACK (changed_cb), self);
  shoald_bus_context_export (context, shoald_bus_path_for_job (job), self->skeleton);
  return self;
}

void
shoald_bus_job_free (ShoaldBusJob *self)
{
  g_signal_handlers_disconnect_by_data (self->job, self);
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  shoald_bus_context_unexport (self->context, self->skeleton);
  g_object_unref (self->skeleton);
  g_object_unref (self->job);
  g_free (self);
}
