/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-request.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-command.h"
#include "proxy/shoal-error.h"

/* Answers of a Master Server are hostile too. */
#define MAX_RESULTS 100

typedef struct
{
  ShoalClient *client; /* (owned) */
  char *done_text;     /* (owned) (nullable) */
  char *failed_text;   /* (owned) */
} RunData;

static void
run_data_free (RunData *data)
{
  g_clear_object (&data->client);
  g_free (data->done_text);
  g_free (data->failed_text);
  g_free (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RunData, run_data_free)

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RunData) data = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = shoal_command_finish (result, &error);
  g_autofree char *reason = NULL;
  g_autofree char *text = NULL;

  if (reply != NULL && data->done_text != NULL)
    shoal_client_notice (data->client, data->done_text);
  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  reason = shoal_error_text (error);
  /* Translators: what could not be done, and a sentence that says why */
  text = g_strdup_printf (_ ("%s. %s"), data->failed_text, reason);
  shoal_client_notice (data->client, text);
}

void
shoal_request_run (ShoalClient *client,
                   ShoalProxyObject *object,
                   const char *method,
                   GVariant *args,
                   const char *done_text,
                   const char *failed_text)
{
  RunData *data = g_new0 (RunData, 1);

  data->client = g_object_ref (client);
  data->done_text = g_strdup (done_text);
  data->failed_text = g_strdup (failed_text);
  shoal_command_async (shoal_proxy_object_get_proxy (object), method, args,
                       shoal_client_get_cancellable (client), run_cb, data);
}

static GDBusProxy *
get_manager (ShoalClient *client)
{
  return shoal_proxy_object_get_proxy (
      SHOAL_PROXY_OBJECT (shoal_client_get_node (client)));
}

static GVariant *
no_options (void)
{
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
}

static void
inspected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (GVariant) reply = shoal_command_finish (result, &error);
  g_autoptr (GVariant) info = NULL;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  info = g_variant_get_child_value (reply, 0);
  g_task_return_pointer (task, shoal_release_new (info), g_object_unref);
}

void
shoal_request_inspect_async (ShoalClient *client,
                             const char *target,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, user_data);

  g_task_set_source_tag (task, shoal_request_inspect_async);
  shoal_command_async (get_manager (client), "Inspect",
                       g_variant_new ("(s@a{sv})", target, no_options ()), cancellable,
                       inspected_cb, g_object_ref (task));
}

ShoalRelease *
shoal_request_inspect_finish (ShoalClient *client, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;
  g_autoptr (GVariant) reply = shoal_command_finish (result, &error);
  g_autoptr (GVariant) all = NULL;
  GListStore *releases;

  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  all = g_variant_get_child_value (reply, 0);
  releases = g_list_store_new (SHOAL_TYPE_RELEASE);
  for (gsize i = 0; i < MIN (g_variant_n_children (all), MAX_RESULTS); i++)
    {
      g_autoptr (GVariant) info = g_variant_get_child_value (all, i);
      g_autoptr (ShoalRelease) release = shoal_release_new (info);

      if (*shoal_release_get_app_id (release) != '\0')
        g_list_store_append (releases, release);
    }
  g_task_return_pointer (task, releases, g_object_unref);
}

void
shoal_request_search_async (ShoalClient *client,
                            const char *words,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, cancellable, callback, user_data);

  g_task_set_source_tag (task, shoal_request_search_async);
  shoal_command_async (get_manager (client), "Search",
                       g_variant_new ("(s@a{sv})", words, no_options ()), cancellable,
                       searched_cb, g_object_ref (task));
}

GListModel *
shoal_request_search_finish (ShoalClient *client, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
shoal_request_install (ShoalClient *client, const char *target, const char *publisher)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  if (publisher != NULL)
    g_variant_builder_add (&options, "{sv}", "publisher",
                           g_variant_new_string (publisher));
  shoal_request_run (client, SHOAL_PROXY_OBJECT (shoal_client_get_node (client)),
                     "Install", g_variant_new ("(sa{sv})", target, &options), NULL,
                     _ ("Could not install the app"));
}
