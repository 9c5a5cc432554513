/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Runs live as in shoald-content.c: one call under way, kept by the job. */
#include "config.h"

#include "engine/shoald-publish.h"

#include <string.h>

#include "config/shoald-error.h"

typedef struct
{
  ShoaldEngine *engine;       /* (owned) */
  MeshNode *node;             /* (owned): runs until the last job has ended */
  ShoaldJob *job;             /* (unowned): owns this */
  char *directory;            /* (owned) */
  GStringChunk *texts;        /* (owned): of options */
  MeshPublishOptions options; /* its texts are in texts or the lists below */
  char **categories;          /* (owned) */
  char **tags;                /* (owned) */
  char **key_paths;           /* (owned) (nullable) */
  char **new_key_paths;       /* (owned) (nullable) */
  char *output;               /* (owned) (nullable) */
  MeshPublishResult *release; /* (owned) (nullable) */
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_string_chunk_free (run->texts);
  g_strfreev (run->categories);
  g_strfreev (run->tags);
  g_strfreev (run->key_paths);
  g_strfreev (run->new_key_paths);
  g_free (run->directory);
  g_free (run->output);
  g_clear_pointer (&run->release, mesh_publish_result_free);
  g_object_unref (run->node);
  g_object_unref (run->engine);
  g_free (run);
}

static gboolean
is_key_name (const char *name)
{
  gsize len = strlen (name);

  return len >= 1 && len <= MESH_PUBLISHER_KEY_MAX_NAME_LEN && *name != '.'
         && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                          "-_.")
                == len;
}

static gboolean
check_key_name (const char *name, GError **error)
{
  if (is_key_name (name))
    return TRUE;
  g_set_error (
      error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
      "“%s” is not the name of a key: use 1 to %d of a-z, A-Z, 0-9, “-”, “_” and "
      "“.”, not “.” first",
      name, MESH_PUBLISHER_KEY_MAX_NAME_LEN);
  return FALSE;
}

static char *
dup_key_dir (MeshNode *node)
{
  return g_build_filename (mesh_node_get_config (node)->data_dir, MESH_PUBLISHER_KEY_DIR,
                           NULL);
}

/* Leaves @paths %NULL when @names is. */
static gboolean
resolve_keys (MeshNode *node, const char *const *names, char ***paths, GError **error)
{
  g_autofree char *dir = dup_key_dir (node);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  *paths = NULL;
  if (names == NULL)
    return TRUE;
  for (; *names != NULL; names++)
    {
      g_autofree char *base = NULL;
      g_autofree char *path = NULL;

      if (!check_key_name (*names, error))
        return FALSE;
      base = g_strconcat (*names, ".key", NULL);
      path = g_build_filename (dir, base, NULL);
      g_strv_builder_add (builder, path);
    }
  *paths = g_strv_builder_end (builder);
  return TRUE;
}

static const char *
keep_text (Run *run, const char *text)
{
  return text != NULL ? g_string_chunk_insert (run->texts, text) : NULL;
}

static void
copy_options (Run *run, const MeshPublishOptions *from)
{
  MeshPublishOptions *to = &run->options;

  *to = *from;
  to->app_id = keep_text (run, from->app_id);
  to->name = keep_text (run, from->name);
  to->summary = keep_text (run, from->summary);
  to->notes = keep_text (run, from->notes);
  to->channel = keep_text (run, from->channel);
  to->version = keep_text (run, from->version);
  to->publisher = keep_text (run, from->publisher);
  to->exec_path = keep_text (run, from->exec_path);
  to->icon_path = keep_text (run, from->icon_path);
  to->desktop_path = keep_text (run, from->desktop_path);
  run->categories = g_strdupv ((char **) from->categories);
  run->tags = g_strdupv ((char **) from->tags);
  to->categories = (const char *const *) run->categories;
  to->tags = (const char *const *) run->tags;
  to->key_paths = (const char *const *) run->key_paths;
  to->new_key_paths = (const char *const *) run->new_key_paths;
}

/* The end. */

/* Whether the mesh hears of what is published: then it is found without a server. */
static gboolean
tells_mesh (const MeshNodeConfig *config)
{
  return config->is_announcing && config->registry != MESH_NODE_REGISTRY_CENTRAL
         && config->sharing == MESH_NODE_SHARING_ON && !config->is_serving_paused;
}

static void
finish (Run *run)
{
  MeshPublishResult *release = run->release;
  const MeshNodeConfig *config = mesh_node_get_config (run->node);
  const char *master = release->master_error == NULL ? config->master_url : NULL;
  gboolean is_told = tells_mesh (config);
  GVariantDict dict;

  if (release->master_error != NULL && !is_told)
    {
      GError *error = g_steal_pointer (&release->master_error);

      g_prefix_error (&error,
                      "%s %s is signed and shared, but the Master Server did not take "
                      "it: ",
                      release->app_id, release->version);
      shoald_job_take_error (run->job, error);
      return;
    }
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "cid", "s", release->root);
  g_variant_dict_insert (&dict, "app", "s", release->app_id);
  g_variant_dict_insert (&dict, "version", "s", release->version);
  g_variant_dict_insert (&dict, "counter", "t", release->counter);
  g_variant_dict_insert (&dict, "envelope", "s", run->output != NULL ? run->output : "");
  g_variant_dict_insert (&dict, "fingerprint", "s", release->fingerprint);
  g_variant_dict_insert (&dict, "link", "s", release->link);
  g_variant_dict_insert (&dict, "size", "t", release->n_bytes);
  g_variant_dict_insert (&dict, "files", "t", release->n_files);
  g_variant_dict_insert (&dict, "chunks", "t", release->n_chunks);
  g_variant_dict_insert (&dict, "new-chunks", "t", release->n_new_chunks);
  g_variant_dict_insert (&dict, "new-bytes", "t", release->n_new_bytes);
  g_variant_dict_insert (&dict, "master", "s", master != NULL ? master : "");
  g_variant_dict_insert (&dict, "master-error", "s",
                         release->master_error != NULL ? release->master_error->message
                                                       : "");
  g_variant_dict_insert (&dict, "announced", "b", is_told);
  g_variant_dict_insert (&dict, "announced-to", "u", release->n_told);
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

static void
written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    finish (run);
  else
    shoald_job_take_error (run->job, error);
}

static void
published_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GFile) file = NULL;
  GError *error = NULL;

  run->release
      = mesh_update_engine_publish_finish (MESH_UPDATE_ENGINE (object), result, &error);
  if (run->release == NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  shoald_job_set_cid (run->job, run->release->root);
  if (run->output == NULL)
    {
      finish (run);
      return;
    }
  file = g_file_new_for_path (run->output);
  g_file_replace_contents_bytes_async (
      file, run->release->envelope, NULL, FALSE, G_FILE_CREATE_NONE,
      shoald_job_get_cancellable (run->job), written_cb, run);
}

static void
run_publish (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  run->job = job;
  shoald_job_set_step (job, "hashing");
  mesh_update_engine_publish_async (mesh_node_get_updates (run->node), run->directory,
                                    &run->options, shoald_job_get_cancellable (job),
                                    published_cb, run);
}

static gboolean
check_options (const char *directory, const ShoaldPublishOptions *options, GError **error)
{
  const char *problem = NULL;

  if (!g_path_is_absolute (directory))
    problem = "The folder must be an absolute path";
  else if (options->publish.app_id == NULL || *options->publish.app_id == '\0')
    problem = "Option app is needed: the id of the app, like org.example.App";
  else if (options->publish.version == NULL || *options->publish.version == '\0')
    problem = "Option version is needed: a semantic version, like 1.2.0";
  else if (options->output != NULL && !g_path_is_absolute (options->output))
    problem = "Option output must be an absolute path";
  if (problem != NULL)
    g_set_error_literal (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT, problem);
  return problem == NULL;
}

ShoaldJob *
shoald_publish (ShoaldEngine *engine,
                const char *directory,
                const ShoaldPublishOptions *options,
                GError **error)
{
  g_auto (GStrv) key_paths = NULL;
  g_auto (GStrv) new_key_paths = NULL;
  g_autofree char *title = NULL;
  MeshNode *node;
  ShoaldJob *job;
  Run *run;

  if (!shoald_engine_check_running (engine, error)
      || !check_options (directory, options, error))
    return NULL;
  node = shoald_engine_get_node (engine);
  if (!resolve_keys (node, options->keys, &key_paths, error)
      || !resolve_keys (node, options->new_keys, &new_key_paths, error))
    return NULL;
  run = g_new0 (Run, 1);
  run->engine = g_object_ref (engine);
  run->node = g_object_ref (node);
  run->directory = g_strdup (directory);
  run->texts = g_string_chunk_new (1024);
  run->key_paths = g_steal_pointer (&key_paths);
  run->new_key_paths = g_steal_pointer (&new_key_paths);
  run->output = g_strdup (options->output);
  copy_options (run, &options->publish);
  title = g_strdup_printf (
      "%s %s", run->options.name != NULL ? run->options.name : run->options.app_id,
      run->options.version);
  job = shoald_job_new (SHOALD_JOB_OPERATION, "publish", title, run_publish, run,
                        run_free);
  shoald_job_set_app (job, run->options.app_id);
  return shoald_jobs_add (shoald_engine_get_jobs (engine), job, error);
}

/* Keys. */

static char *
dup_fingerprint (const MeshPublicKey *key)
{
  gsize len;
  const guint8 *data = mesh_public_key_get_data (key, &len);

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, len);
}

char *
shoald_publish_create_key (ShoaldEngine *engine, const char *name, GError **error)
{
  g_autofree char *dir = NULL;
  g_autoptr (MeshPublisherKey) key = NULL;

  if (!shoald_engine_check_running (engine, error) || !check_key_name (name, error))
    return NULL;
  dir = dup_key_dir (shoald_engine_get_node (engine));
  key = mesh_publisher_key_create (dir, name, error);
  return key != NULL ? dup_fingerprint (key->public_key) : NULL;
}

GVariant *
shoald_publish_list_keys (ShoaldEngine *engine, GError **error)
{
  g_autofree char *dir = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  GVariantBuilder builder;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  dir = dup_key_dir (shoald_engine_get_node (engine));
  keys = mesh_publisher_key_list (dir, error);
  if (keys == NULL)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < keys->len; i++)
    {
      MeshPublisherKey *key = g_ptr_array_index (keys, i);
      g_autofree char *fingerprint = dup_fingerprint (key->public_key);
      g_autofree char *did = mesh_public_key_to_did (key->public_key, NULL);

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (key->name));
      g_variant_builder_add (&builder, "{sv}", "fingerprint",
                             g_variant_new_string (fingerprint));
      g_variant_builder_add (&builder, "{sv}", "public-key",
                             g_variant_new_string (did != NULL ? did : ""));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}
