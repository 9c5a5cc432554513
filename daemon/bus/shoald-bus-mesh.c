/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-mesh.h"

#include "discover/shoald-bootstrap.h"
#include "discover/shoald-mesh-status.h"
#include "discover/shoald-providers.h"
#include "discover/shoald-search.h"
#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-options.h"
#include "bus/shoald-bus-path.h"

/* Search. */

static void
searched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) results
      = shoald_search_finish (SHOALD_ENGINE (object), result, &error);

  if (results == NULL)
    shoald_bus_error_return (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@aa{sv})", results));
}

static gboolean
read_search (const char *query,
             GVariant *values,
             ShoaldSearchOptions *search,
             GError **error)
{
  ShoaldBusOptions reader;

  shoald_bus_options_init (&reader, values);
  search->query = query;
  search->category = shoald_bus_options_string (&reader, "category", NULL);
  search->tag = shoald_bus_options_string (&reader, "tag", NULL);
  search->limit = shoald_bus_options_uint (&reader, "limit", 1, SHOALD_SEARCH_MAX_LIMIT,
                                           SHOALD_SEARCH_DEFAULT_LIMIT);
  search->wait_ms = shoald_bus_options_uint (
      &reader, "wait-ms", 1, SHOALD_SEARCH_MAX_WAIT_MS, SHOALD_SEARCH_DEFAULT_WAIT_MS);
  if (reader.error == NULL)
    return TRUE;
  g_propagate_error (error, reader.error);
  return FALSE;
}

static gboolean
search_cb (ShoalDBusManager *skeleton,
           GDBusMethodInvocation *invocation,
           const char *query,
           GVariant *options,
           gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldSearchOptions search;
  GError *error = NULL;

  if (!read_search (query, options, &search, &error))
    return shoald_bus_error_return (invocation, error);
  shoald_search_async (context->engine, &search, NULL, searched_cb, invocation);
  return TRUE;
}

static gboolean
start_search_cb (ShoalDBusManager *skeleton,
                 GDBusMethodInvocation *invocation,
                 const char *query,
                 GVariant *options,
                 gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  g_autofree char *path = NULL;
  ShoaldSearchOptions search;
  ShoaldJob *job;
  GError *error = NULL;

  if (!read_search (query, options, &search, &error))
    return shoald_bus_error_return (invocation, error);
  job = shoald_search_start (context->engine, &search, &error);
  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  shoal_dbus_manager_complete_start_search (skeleton, invocation, path);
  return TRUE;
}

static gboolean
find_providers_cb (ShoalDBusManager *skeleton,
                   GDBusMethodInvocation *invocation,
                   const char *cid,
                   GVariant *options,
                   gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldProvidersOptions find = { .target = cid };
  ShoaldBusOptions reader;
  g_autofree char *path = NULL;
  ShoaldJob *job;
  GError *error = NULL;

  shoald_bus_options_init (&reader, options);
  find.limit = shoald_bus_options_uint (&reader, "limit", 1, SHOALD_PROVIDERS_MAX_LIMIT,
                                        SHOALD_PROVIDERS_DEFAULT_LIMIT);
  find.wait_ms = shoald_bus_options_uint (
      &reader, "wait-ms", SHOALD_PROVIDERS_MIN_WAIT_MS, SHOALD_PROVIDERS_MAX_WAIT_MS,
      SHOALD_PROVIDERS_DEFAULT_WAIT_MS);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_providers_start (context->engine, &find, &error);
  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  shoal_dbus_manager_complete_find_providers (skeleton, invocation, path);
  return TRUE;
}

static gboolean
get_mesh_status_cb (ShoalDBusManager *skeleton,
                    GDBusMethodInvocation *invocation,
                    gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  GError *error = NULL;
  GVariant *status = shoald_mesh_status_build (context->engine, &error);

  if (status == NULL)
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_manager_complete_get_mesh_status (skeleton, invocation, status);
  return TRUE;
}

static gboolean
dismiss_split_view_cb (ShoalDBusManager *skeleton,
                       GDBusMethodInvocation *invocation,
                       const char *id,
                       gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  GError *error = NULL;

  if (!shoald_catalog_dismiss_split_view (context->catalog, id, &error))
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_manager_complete_dismiss_split_view (skeleton, invocation);
  return TRUE;
}

static gboolean
get_split_view_cb (ShoalDBusManager *skeleton,
                   GDBusMethodInvocation *invocation,
                   const char *id,
                   gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  GError *error = NULL;
  GVariant *view = shoald_catalog_get_split_view (context->catalog, id, &error);

  if (view == NULL)
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_manager_complete_get_split_view (skeleton, invocation, view);
  return TRUE;
}

/* Bootstrap. */

static void
bootstrap_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (!shoald_bootstrap_finish (SHOALD_ENGINE (object), result, &error))
    shoald_bus_error_return (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
add_bootstrap_cb (ShoalDBusManager *skeleton,
                  GDBusMethodInvocation *invocation,
                  const char *address,
                  gpointer user_data)
{
  const ShoaldBusContext *context = user_data;

  shoald_bootstrap_add_async (context->engine, address, bootstrap_cb, invocation);
  return TRUE;
}

static gboolean
remove_bootstrap_cb (ShoalDBusManager *skeleton,
                     GDBusMethodInvocation *invocation,
                     const char *address,
                     gpointer user_data)
{
  const ShoaldBusContext *context = user_data;

  shoald_bootstrap_remove_async (context->engine, address, bootstrap_cb, invocation);
  return TRUE;
}

void
shoald_bus_mesh_connect (const ShoaldBusContext *context, ShoalDBusManager *skeleton)
{
  gpointer data = (gpointer) context;

  g_object_connect (skeleton, "signal::handle-search", search_cb, data,
                    "signal::handle-start-search", start_search_cb, data,
                    "signal::handle-find-providers", find_providers_cb, data,
                    "signal::handle-get-mesh-status", get_mesh_status_cb, data,
                    "signal::handle-get-split-view", get_split_view_cb, data,
                    "signal::handle-dismiss-split-view", dismiss_split_view_cb, data,
                    "signal::handle-add-bootstrap", add_bootstrap_cb, data,
                    "signal::handle-remove-bootstrap", remove_bootstrap_cb, data, NULL);
}
