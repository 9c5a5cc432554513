/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "engine/shoald-search.h"

#include <string.h>

#include "config/shoald-error.h"

/* Longest text of one field that is passed on. */
#define MAX_TEXT_LEN 4096
#define MAX_LIST_LEN 32

typedef struct
{
  MeshMasterClient *master; /* (owned) */
  char *category;           /* (owned) (nullable) */
  guint limit;
} SearchData;

static const char *
get_text (const MeshJson *object, const char *member)
{
  const MeshJson *value = mesh_json_get_member (object, member);
  const char *text;

  if (value == NULL || mesh_json_get_kind (value) != MESH_JSON_STRING)
    return "";
  text = mesh_json_get_string (value);
  return strlen (text) <= MAX_TEXT_LEN ? text : "";
}

static guint64
get_number (const MeshJson *object, const char *member)
{
  const MeshJson *value = mesh_json_get_member (object, member);

  if (value == NULL || mesh_json_get_kind (value) != MESH_JSON_INTEGER)
    return 0;
  return (guint64) MAX (mesh_json_get_integer (value), 0);
}

static GStrv
dup_list (const MeshJson *object, const char *member)
{
  const MeshJson *list = mesh_json_get_member (object, member);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (list == NULL || mesh_json_get_kind (list) != MESH_JSON_ARRAY)
    return g_strv_builder_end (builder);
  for (guint i = 0; i < MIN (mesh_json_get_length (list), MAX_LIST_LEN); i++)
    {
      const MeshJson *entry = mesh_json_get_element (list, i);

      if (mesh_json_get_kind (entry) == MESH_JSON_STRING
          && strlen (mesh_json_get_string (entry)) <= MAX_TEXT_LEN)
        g_strv_builder_add (builder, mesh_json_get_string (entry));
    }
  return g_strv_builder_end (builder);
}

static void
add_entry (GVariantBuilder *builder,
           const MeshJson *object,
           const char *const *categories,
           const char *source,
           gboolean is_installed)
{
  const char *fingerprint = get_text (object, "fingerprint");
  const char *publishers[] = { *fingerprint != '\0' ? fingerprint : NULL, NULL };
  const char *name = get_text (object, "name");
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "app", "s", get_text (object, "app_id"));
  g_variant_dict_insert (&dict, "name", "s",
                         *name != '\0' ? name : get_text (object, "app_id"));
  g_variant_dict_insert (&dict, "summary", "s", get_text (object, "summary"));
  g_variant_dict_insert (&dict, "version", "s", get_text (object, "version"));
  g_variant_dict_insert (&dict, "channel", "s", get_text (object, "channel"));
  g_variant_dict_insert (&dict, "size", "t", get_number (object, "size"));
  g_variant_dict_insert (&dict, "publishers", "^as", publishers);
  g_variant_dict_insert (&dict, "categories", "^as", categories);
  g_variant_dict_insert (&dict, "installed", "b", is_installed);
  g_variant_dict_insert (&dict, "source", "s", source);
  g_variant_builder_add_value (builder, g_variant_dict_end (&dict));
}

GVariant *
shoald_search_parse (GBytes *bytes,
                     const char *source,
                     const char *category,
                     guint limit,
                     gboolean (*is_installed) (const char *app_id, gpointer user_data),
                     gpointer user_data,
                     GError **error)
{
  g_autoptr (MeshJson) root = NULL;
  const MeshJson *packages = NULL;
  GVariantBuilder builder;
  guint n = 0;
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  root = mesh_json_parse (data, len, NULL);
  if (root != NULL && mesh_json_get_kind (root) == MESH_JSON_OBJECT)
    packages = mesh_json_get_member (root, "packages");
  if (packages == NULL || mesh_json_get_kind (packages) != MESH_JSON_ARRAY)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                   "%s did not answer with a list of packages", source);
      return NULL;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < mesh_json_get_length (packages) && n < limit; i++)
    {
      const MeshJson *object = mesh_json_get_element (packages, i);
      g_auto (GStrv) categories = NULL;
      const char *app_id;

      if (mesh_json_get_kind (object) != MESH_JSON_OBJECT)
        continue;
      app_id = get_text (object, "app_id");
      categories = dup_list (object, "categories");
      if (*app_id == '\0'
          || (category != NULL
              && !g_strv_contains ((const char *const *) categories, category)))
        continue;
      n++;
      add_entry (&builder, object, (const char *const *) categories, source,
                 is_installed != NULL && is_installed (app_id, user_data));
    }
  return g_variant_builder_end (&builder);
}

static void
search_data_free (gpointer user_data)
{
  SearchData *data = user_data;

  g_object_unref (data->master);
  g_free (data->category);
  g_free (data);
}

static gboolean
is_installed (const char *app_id, gpointer user_data)
{
  ShoaldApp *app = shoald_apps_find (shoald_engine_get_apps (user_data), app_id);

  return app != NULL
         && mesh_app_get_installed_version (shoald_app_get_mesh_app (app)) != NULL;
}

static void
searched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  SearchData *data = g_task_get_task_data (task);
  g_autoptr (GBytes) bytes = NULL;
  GVariant *results;
  GError *error = NULL;

  bytes = mesh_master_client_search_finish (data->master, result, NULL, &error);
  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  results = shoald_search_parse (bytes, mesh_master_client_get_url (data->master),
                                 data->category, data->limit, is_installed,
                                 g_task_get_source_object (task), &error);
  if (results == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_variant_ref_sink (results),
                           (GDestroyNotify) g_variant_unref);
}

void
shoald_search_async (ShoaldEngine *engine,
                     const char *query,
                     const char *category,
                     guint limit,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  MeshMasterClient *master;
  SearchData *data;
  GError *error = NULL;

  g_task_set_source_tag (task, shoald_search_async);
  if (!shoald_engine_check_running (engine, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  master = mesh_node_get_master (shoald_engine_get_node (engine));
  if (master == NULL)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                               "No Master Server is set. Set master-url in the settings");
      return;
    }
  data = g_new0 (SearchData, 1);
  data->master = g_object_ref (master);
  data->category = g_strdup (category);
  data->limit = MIN (limit, SHOALD_SEARCH_MAX_LIMIT);
  g_task_set_task_data (task, data, search_data_free);
  mesh_master_client_search_async (master, query, cancellable, searched_cb,
                                   g_steal_pointer (&task));
}

GVariant *
shoald_search_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
