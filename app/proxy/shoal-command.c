/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "proxy/shoal-command.h"

#include <glib/gi18n-lib.h>

#include "shoal-dbus-names.h"
#include "shoal-dbus.h"
#include "proxy/shoal-error.h"

/* The daemon answers calls at once, but for Inspect, Search and Connect, which ask
 * others. */
#define CALL_TIMEOUT_MS (120 * 1000)

typedef struct
{
  ShoalDBusOperation *operation; /* (owned) (nullable): what is waited for */
  gulong changed_id;
} CommandData;

static void
command_data_free (CommandData *data)
{
  if (data->operation != NULL)
    g_clear_signal_handler (&data->changed_id, data->operation);
  g_clear_object (&data->operation);
  g_free (data);
}

static void
finish_operation (GTask *task)
{
  CommandData *data = g_task_get_task_data (task);
  ShoalDBusOperation *operation = data->operation;
  const char *state = shoal_dbus_operation_get_state (operation);
  GVariant *result = shoal_dbus_operation_get_result (operation);

  g_clear_signal_handler (&data->changed_id, operation);
  shoal_dbus_operation_call_dismiss (operation, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
                                     NULL, NULL);
  if (g_str_equal (state, "done") && result != NULL)
    g_task_return_pointer (task, g_variant_ref (result),
                           (GDestroyNotify) g_variant_unref);
  else if (g_str_equal (state, "cancelled"))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else
    g_task_return_error (task, shoal_error_new_for_name (
                                   shoal_dbus_operation_get_error_name (operation),
                                   shoal_dbus_operation_get_error_message (operation)));
}

/* Ends the task, and with it the reference the signal handler keeps, when there is an
 * end. */
static void
operation_changed_cb (GTask *task)
{
  g_autoptr (GTask) hold = g_object_ref (task);
  CommandData *data = g_task_get_task_data (task);
  g_autofree char *owner = NULL;
  const char *state = shoal_dbus_operation_get_state (data->operation);

  owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (data->operation));
  if (state != NULL
      && (g_str_equal (state, "done") || g_str_equal (state, "failed")
          || g_str_equal (state, "cancelled")))
    finish_operation (hold);
  else if (owner == NULL || state == NULL)
    {
      g_clear_signal_handler (&data->changed_id, data->operation);
      g_task_return_new_error (hold, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY,
                               _ ("The Shoal service stopped before it was done."));
    }
}

static void
unref_task (gpointer task, GClosure *closure)
{
  g_object_unref (task);
}

static void
operation_ready_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  CommandData *data = g_task_get_task_data (task);
  GError *error = NULL;

  data->operation = shoal_dbus_operation_proxy_new_finish (result, &error);
  if (data->operation == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  data->changed_id = g_signal_connect_data (
      data->operation, "notify", G_CALLBACK (operation_changed_cb), g_object_ref (task),
      unref_task, G_CONNECT_SWAPPED);
  operation_changed_cb (task);
}

static void
call_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GDBusProxy *proxy = G_DBUS_PROXY (object);
  g_autoptr (GVariant) reply = NULL;
  const char *path = NULL;
  GError *error = NULL;

  reply = g_dbus_proxy_call_finish (proxy, result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(o)")))
    g_variant_get (reply, "(&o)", &path);
  if (path == NULL || !g_str_has_prefix (path, SHOAL_DBUS_OPERATIONS_PATH "/"))
    {
      g_task_return_pointer (task, g_steal_pointer (&reply),
                             (GDestroyNotify) g_variant_unref);
      return;
    }
  shoal_dbus_operation_proxy_new (
      g_dbus_proxy_get_connection (proxy), G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
      g_dbus_proxy_get_name (proxy), path, g_task_get_cancellable (task),
      operation_ready_cb, g_object_ref (task));
}

void
shoal_command_async (GDBusProxy *proxy,
                     const char *method,
                     GVariant *args,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (proxy, cancellable, callback, user_data);
  g_autoptr (GVariant) owned_args = args != NULL ? g_variant_ref_sink (args) : NULL;

  g_task_set_source_tag (task, shoal_command_async);
  g_task_set_task_data (task, g_new0 (CommandData, 1),
                        (GDestroyNotify) command_data_free);
  if (proxy == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                               _ ("The Shoal service is not running."));
      return;
    }
  g_dbus_proxy_call (proxy, method, owned_args, G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS,
                     cancellable, call_cb, g_object_ref (task));
}

GVariant *
shoal_command_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, shoal_command_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
