/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoald-search.h"

#include <string.h>

/* One search of a job. Ends with the job, which ends only in searched_cb(). */
typedef struct
{
  ShoaldEngine *engine;     /* (owned) */
  MeshRegistry *registry;   /* (owned) */
  ShoaldJob *job;           /* (unowned): owns this */
  MeshRegistryQuery *query; /* (owned) */
  GPtrArray *results;       /* (owned) (element-type MeshRegistryResult): so far */
  guint wait_ms;
  guint items_id;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_clear_handle_id (&run->items_id, g_source_remove);
  g_ptr_array_unref (run->results);
  mesh_registry_query_free (run->query);
  g_object_unref (run->registry);
  g_object_unref (run->engine);
  g_free (run);
}

/* In words. */

static char **
dup_sources (char **sources)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (; sources != NULL && *sources != NULL; sources++)
    if (g_str_has_prefix (*sources, "peer "))
      g_strv_builder_add (builder, *sources + strlen ("peer "));
    else if (g_str_has_prefix (*sources, "master "))
      g_strv_builder_add (builder, *sources + strlen ("master "));
    else
      g_strv_builder_add (builder, *sources);
  return g_strv_builder_end (builder);
}

static void
put_text (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  g_variant_dict_insert (dict, key, "s", valid);
}

static void
put_list (GVariantDict *dict, const char *key, char **list)
{
  g_autoptr (GPtrArray) valid = g_ptr_array_new_with_free_func (g_free);

  for (; list != NULL && *list != NULL; list++)
    g_ptr_array_add (valid, g_utf8_make_valid (*list, -1));
  g_ptr_array_add (valid, NULL);
  g_variant_dict_insert (dict, key, "^as", valid->pdata);
}

GVariant *
shoald_search_describe (const MeshRegistryResult *result,
                        const char *split_view,
                        gboolean is_installed)
{
  g_auto (GStrv) sources = dup_sources (result->sources);
  char *publishers[]
      = { *result->fingerprint != '\0' ? result->fingerprint : NULL, NULL };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  put_text (&dict, "app", result->app_id);
  put_text (&dict, "name", *result->name != '\0' ? result->name : result->app_id);
  put_text (&dict, "summary", result->summary);
  put_text (&dict, "version", result->version);
  put_text (&dict, "channel", result->channel);
  put_text (&dict, "publisher", result->publisher);
  put_text (&dict, "fingerprint", result->fingerprint);
  put_text (&dict, "link", result->link);
  put_text (&dict, "cid", result->root);
  put_text (&dict, "source", sources[0]);
  put_text (&dict, "split-view", split_view);
  put_list (&dict, "publishers", publishers);
  put_list (&dict, "categories", result->categories);
  put_list (&dict, "tags", result->tags);
  put_list (&dict, "sources", sources);
  g_variant_dict_insert (&dict, "size", "t", result->size);
  g_variant_dict_insert (&dict, "verified", "b", result->is_verified);
  g_variant_dict_insert (&dict, "disputed", "b", result->is_disputed);
  g_variant_dict_insert (&dict, "installed", "b", is_installed);
  return g_variant_dict_end (&dict);
}

static gboolean
is_installed (ShoaldEngine *engine, const char *app_id)
{
  ShoaldApp *app = shoald_apps_find (shoald_engine_get_apps (engine), app_id);

  return app != NULL
         && mesh_app_get_installed_version (shoald_app_get_mesh_app (app)) != NULL;
}

static char *
dup_split_view (GPtrArray *views, const MeshRegistryResult *result)
{
  for (guint i = 0; i < views->len; i++)
    {
      const MeshSplitView *view = g_ptr_array_index (views, i);

      if (strcmp (view->app_id, result->app_id) == 0
          && strcmp (view->channel, result->channel) == 0)
        return g_strdup_printf ("%" G_GINT64_FORMAT, view->id);
    }
  return g_strdup ("");
}

static GVariant *
describe_all (ShoaldEngine *engine, MeshRegistry *registry, GPtrArray *results)
{
  g_autoptr (GPtrArray) views = mesh_registry_dup_split_views (registry);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < MIN (results->len, SHOALD_JOB_MAX_ITEMS); i++)
    {
      const MeshRegistryResult *result = g_ptr_array_index (results, i);
      g_autofree char *view = dup_split_view (views, result);

      g_variant_builder_add_value (
          &builder,
          shoald_search_describe (result, view, is_installed (engine, result->app_id)));
    }
  return g_variant_builder_end (&builder);
}

static MeshRegistryQuery *
make_query (const ShoaldSearchOptions *options)
{
  return mesh_registry_query_new (options->query, options->category, options->tag,
                                  MIN (options->limit, SHOALD_SEARCH_MAX_LIMIT));
}

/* As a job. */

static gboolean
items_cb (gpointer user_data)
{
  Run *run = user_data;

  run->items_id = 0;
  shoald_job_set_items (run->job,
                        describe_all (run->engine, run->registry, run->results));
  return G_SOURCE_REMOVE;
}

static int
compare_results (gconstpointer a, gconstpointer b)
{
  return mesh_registry_result_compare (*(MeshRegistryResult *const *) a,
                                       *(MeshRegistryResult *const *) b);
}

static void
found_cb (MeshRegistryResult *result, gpointer user_data)
{
  Run *run = user_data;
  guint i = 0;

  while (
      i < run->results->len
      && !mesh_registry_result_is_same_app (g_ptr_array_index (run->results, i), result))
    i++;
  if (i < run->results->len)
    g_ptr_array_remove_index (run->results, i);
  g_ptr_array_add (run->results, mesh_registry_result_ref (result));
  g_ptr_array_sort (run->results, compare_results);
  if (run->results->len > run->query->limit)
    g_ptr_array_set_size (run->results, (int) run->query->limit);
  if (run->items_id == 0)
    run->items_id = g_timeout_add (SHOALD_SEARCH_ITEMS_MS, items_cb, run);
}

static void
searched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GPtrArray) results = NULL;
  GVariantDict dict;
  GError *error = NULL;

  results = mesh_registry_search_finish (run->registry, result, &warnings, &error);
  if (results == NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  shoald_job_set_items (run->job, describe_all (run->engine, run->registry, results));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "count", "u", results->len);
  put_list (&dict, "warnings", warnings);
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

static void
run_search (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  shoald_job_set_step (job, "searching");
  mesh_registry_search_async (run->registry, run->query, run->wait_ms, found_cb, run,
                              shoald_job_get_cancellable (job), searched_cb, run);
}

ShoaldJob *
shoald_search_start (ShoaldEngine *engine,
                     const ShoaldSearchOptions *options,
                     GError **error)
{
  Run *run;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  run = g_new0 (Run, 1);
  run->engine = g_object_ref (engine);
  run->registry = g_object_ref (mesh_node_get_registry (shoald_engine_get_node (engine)));
  run->query = make_query (options);
  run->results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_registry_result_unref);
  run->wait_ms = options->wait_ms;
  run->job = shoald_job_new (SHOALD_JOB_OPERATION, "search", options->query, run_search,
                             run, run_free);
  return shoald_jobs_add (shoald_engine_get_jobs (engine), run->job, error);
}

/* At once. */

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshRegistry *registry = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) results
      = mesh_registry_search_finish (registry, result, NULL, &error);

  if (results == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task,
                           g_variant_ref_sink (describe_all (
                               g_task_get_source_object (task), registry, results)),
                           (GDestroyNotify) g_variant_unref);
}

void
shoald_search_async (ShoaldEngine *engine,
                     const ShoaldSearchOptions *options,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  g_autoptr (MeshRegistryQuery) query = make_query (options);
  MeshRegistry *registry;
  GError *error = NULL;

  g_task_set_source_tag (task, shoald_search_async);
  if (!shoald_engine_check_running (engine, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  registry = mesh_node_get_registry (shoald_engine_get_node (engine));
  g_task_set_task_data (task, g_object_ref (registry), g_object_unref);
  mesh_registry_search_async (registry, query, options->wait_ms, NULL, NULL, cancellable,
                              answered_cb, g_steal_pointer (&task));
}

GVariant *
shoald_search_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
