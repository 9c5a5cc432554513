/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-mesh.h"

#include "discover/shoald-bootstrap.h"
#include "engine/shoald-search.h"
#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-options.h"

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
search_cb (ShoalDBusManager *skeleton,
           GDBusMethodInvocation *invocation,
           const char *query,
           GVariant *options,
           gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldBusOptions reader;
  const char *category;
  guint limit;

  shoald_bus_options_init (&reader, options);
  category = shoald_bus_options_string (&reader, "category", NULL);
  limit = shoald_bus_options_uint (&reader, "limit", 1, SHOALD_SEARCH_MAX_LIMIT,
                                   SHOALD_SEARCH_DEFAULT_LIMIT);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  shoald_search_async (context->engine, query, category, limit, NULL, searched_cb,
                       invocation);
  return TRUE;
}

/* What the mesh of this version does not answer. */
static gboolean
refuse (GDBusMethodInvocation *invocation, const char *what)
{
  return shoald_bus_error_return (
      invocation, g_error_new (MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                               "%s is not available in this version yet", what));
}

static gboolean
start_search_cb (ShoalDBusManager *skeleton,
                 GDBusMethodInvocation *invocation,
                 const char *query,
                 GVariant *options,
                 gpointer user_data)
{
  return refuse (invocation, "StartSearch");
}

static gboolean
find_providers_cb (ShoalDBusManager *skeleton,
                   GDBusMethodInvocation *invocation,
                   const char *cid,
                   GVariant *options,
                   gpointer user_data)
{
  return refuse (invocation, "FindProviders");
}

static gboolean
get_mesh_status_cb (ShoalDBusManager *skeleton,
                    GDBusMethodInvocation *invocation,
                    gpointer user_data)
{
  return refuse (invocation, "GetMeshStatus");
}

static gboolean
dismiss_split_view_cb (ShoalDBusManager *skeleton,
                       GDBusMethodInvocation *invocation,
                       const char *id,
                       gpointer user_data)
{
  return shoald_bus_error_return (
      invocation,
      g_error_new (MESH_ERROR, MESH_ERROR_NOT_FOUND, "There is no split view “%s”", id));
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
                    "signal::handle-dismiss-split-view", dismiss_split_view_cb, data,
                    "signal::handle-add-bootstrap", add_bootstrap_cb, data,
                    "signal::handle-remove-bootstrap", remove_bootstrap_cb, data, NULL);
}
