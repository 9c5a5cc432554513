/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-release.h"

#include "engine/shoald-install.h"
#include "engine/shoald-publish.h"
#include "engine/shoald-update.h"
#include "bus/shoald-bus-error.h"
#include "bus/shoald-bus-options.h"
#include "bus/shoald-bus-path.h"

/* Publish. */

static void
read_chunker (ShoaldBusOptions *reader, MeshPublishOptions *publish)
{
  const char *chunker = shoald_bus_options_string (reader, "chunker", NULL);
  MeshImportOptions import;

  mesh_import_options_init (&import);
  if (chunker != NULL && !mesh_import_options_parse_chunker (&import, chunker))
    shoald_bus_options_fail (reader, "chunker",
                             "write fastcdc, or size-N with N from 1024 to 2096128");
  publish->chunker = import.chunker;
  publish->chunk_size = import.chunk_size;
}

static void
read_texts (ShoaldBusOptions *reader, MeshPublishOptions *publish)
{
  publish->app_id = shoald_bus_options_string (reader, "app", NULL);
  publish->version = shoald_bus_options_string (reader, "version", NULL);
  publish->name = shoald_bus_options_string (reader, "name", NULL);
  publish->summary = shoald_bus_options_string (reader, "summary", NULL);
  publish->publisher = shoald_bus_options_string (reader, "publisher", NULL);
  publish->notes = shoald_bus_options_string (reader, "release-notes", NULL);
  publish->channel = shoald_bus_options_string (reader, "channel", NULL);
  publish->exec_path = shoald_bus_options_string (reader, "exec", NULL);
  publish->icon_path = shoald_bus_options_string (reader, "icon", NULL);
  publish->desktop_path = shoald_bus_options_string (reader, "desktop-file", NULL);
  publish->expires_s = shoald_bus_options_int64 (reader, "expires", 1, 0);
  publish->threshold
      = shoald_bus_options_uint (reader, "threshold", 0, MESH_KEY_FILE_MAX_KEYS, 0);
  publish->new_threshold
      = shoald_bus_options_uint (reader, "new-threshold", 0, MESH_KEY_FILE_MAX_KEYS, 0);
  publish->is_copying = !shoald_bus_options_boolean (reader, "reference", TRUE);
}

static gboolean
publish_cb (ShoalDBusManager *skeleton,
            GDBusMethodInvocation *invocation,
            const char *directory,
            GVariant *values,
            gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldPublishOptions options = { 0 };
  ShoaldBusOptions reader;
  g_auto (GStrv) categories = NULL;
  g_auto (GStrv) tags = NULL;
  g_auto (GStrv) keys = NULL;
  g_auto (GStrv) new_keys = NULL;
  g_autofree char *path = NULL;
  const char *one_key[] = { NULL, NULL };
  ShoaldJob *job;
  GError *error = NULL;

  shoald_bus_options_init (&reader, values);
  read_texts (&reader, &options.publish);
  read_chunker (&reader, &options.publish);
  categories = shoald_bus_options_dup_strv (&reader, "categories");
  tags = shoald_bus_options_dup_strv (&reader, "tags");
  keys = shoald_bus_options_dup_strv (&reader, "keys");
  new_keys = shoald_bus_options_dup_strv (&reader, "new-keys");
  one_key[0] = shoald_bus_options_string (&reader, "key", NULL);
  options.output = shoald_bus_options_string (&reader, "output", NULL);
  if (reader.error == NULL && keys != NULL && one_key[0] != NULL)
    shoald_bus_options_fail (&reader, "key", "give either key or keys");
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  options.publish.categories = (const char *const *) categories;
  options.publish.tags = (const char *const *) tags;
  options.keys = (const char *const *) keys;
  options.new_keys = (const char *const *) new_keys;
  if (one_key[0] != NULL)
    options.keys = one_key;
  job = shoald_publish (context->engine, directory, &options, &error);
  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  shoal_dbus_manager_complete_publish (skeleton, invocation, path);
  return TRUE;
}

/* Inspect, install and check. */

static void
inspected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) info
      = shoald_install_inspect_finish (SHOALD_ENGINE (object), result, &error);

  if (info == NULL)
    shoald_bus_error_return (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a{sv})", info));
}

static gboolean
inspect_cb (ShoalDBusManager *skeleton,
            GDBusMethodInvocation *invocation,
            const char *target,
            GVariant *options,
            gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldBusOptions reader;
  const char *channel;

  shoald_bus_options_init (&reader, options);
  channel = shoald_bus_options_string (&reader, "channel", NULL);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  shoald_install_inspect_async (context->engine, target, channel, NULL, inspected_cb,
                                invocation);
  return TRUE;
}

static gboolean
install_cb (ShoalDBusManager *skeleton,
            GDBusMethodInvocation *invocation,
            const char *target,
            GVariant *values,
            gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  ShoaldInstallOptions options = { 0 };
  ShoaldBusOptions reader;
  g_autofree char *path = NULL;
  ShoaldJob *job;
  GError *error = NULL;

  shoald_bus_options_init (&reader, values);
  options.channel = shoald_bus_options_string (&reader, "channel", NULL);
  options.fingerprint = shoald_bus_options_string (&reader, "publisher", NULL);
  options.is_applying = shoald_bus_options_boolean (&reader, "apply", TRUE);
  if (reader.error != NULL)
    return shoald_bus_error_return (invocation, reader.error);
  job = shoald_install (context->engine, target, &options, &error);
  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  shoal_dbus_manager_complete_install (skeleton, invocation, path);
  return TRUE;
}

static gboolean
check_cb (ShoalDBusManager *skeleton,
          GDBusMethodInvocation *invocation,
          const char *app_id,
          GVariant *options,
          gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  g_autofree char *path = NULL;
  GError *error = NULL;
  ShoaldJob *job = shoald_update_check (context->engine, app_id, &error);

  if (job == NULL)
    return shoald_bus_error_return (invocation, error);
  path = shoald_bus_path_for_job (job);
  shoal_dbus_manager_complete_check (skeleton, invocation, path);
  return TRUE;
}

/* Keys. */

static gboolean
create_key_cb (ShoalDBusManager *skeleton,
               GDBusMethodInvocation *invocation,
               const char *name,
               gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  GError *error = NULL;
  g_autofree char *fingerprint
      = shoald_publish_create_key (context->engine, name, &error);

  if (fingerprint == NULL)
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_manager_complete_create_key (skeleton, invocation, fingerprint);
  return TRUE;
}

static gboolean
list_keys_cb (ShoalDBusManager *skeleton,
              GDBusMethodInvocation *invocation,
              gpointer user_data)
{
  const ShoaldBusContext *context = user_data;
  GError *error = NULL;
  GVariant *keys = shoald_publish_list_keys (context->engine, &error);

  if (keys == NULL)
    return shoald_bus_error_return (invocation, error);
  shoal_dbus_manager_complete_list_keys (skeleton, invocation, keys);
  return TRUE;
}

void
shoald_bus_release_connect (const ShoaldBusContext *context, ShoalDBusManager *skeleton)
{
  gpointer data = (gpointer) context;

  g_object_connect (skeleton, "signal::handle-publish", publish_cb, data,
                    "signal::handle-inspect", inspect_cb, data, "signal::handle-install",
                    install_cb, data, "signal::handle-check", check_cb, data,
                    "signal::handle-create-key", create_key_cb, data,
                    "signal::handle-list-keys", list_keys_cb, data, NULL);
}
