/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Runs live as in shoald-content.c: one call under way, kept by the job. */
#include "config.h"

#include "engine/shoald-local.h"

#include <string.h>

#include "config/shoald-error.h"
#include "engine/shoald-content.h"

typedef struct
{
  ShoaldEngine *engine;          /* (owned) */
  MeshNode *node;                /* (owned): runs until the last job has ended */
  ShoaldJob *job;                /* (unowned): owns this */
  char *path;                    /* (owned) (nullable) */
  ShoaldLocalAddOptions options; /* of add; import-car uses the last two */
  MeshStoreLease *lease;         /* (owned) (nullable) */
  GPtrArray *roots;              /* (owned) (nullable) (element-type MeshCid) */
  guint next_root;
  GVariant *result;      /* (owned) (nullable): what is said in the end */
  GInputStream *input;   /* (owned) (nullable) */
  MeshStoreStats before; /* of add and gc */
} Run;

static void keep_next (Run *run);

static void
run_free (gpointer data)
{
  Run *run = data;

  g_clear_pointer (&run->lease, mesh_store_lease_free);
  g_clear_pointer (&run->roots, g_ptr_array_unref);
  g_clear_pointer (&run->result, g_variant_unref);
  g_clear_object (&run->input);
  g_free (run->path);
  g_object_unref (run->node);
  g_object_unref (run->engine);
  g_free (run);
}

static Run *
new_run (ShoaldEngine *engine, const char *path, GError **error)
{
  Run *run;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  if (path != NULL && (!g_path_is_absolute (path) || strlen (path) >= PATH_MAX))
    {
      g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_ARGUMENT,
                   "“%s” is not an absolute path", path);
      return NULL;
    }
  run = g_new0 (Run, 1);
  run->engine = g_object_ref (engine);
  run->node = g_object_ref (shoald_engine_get_node (engine));
  run->path = g_strdup (path);
  return run;
}

static MeshStore *
get_store (Run *run)
{
  return mesh_node_get_store (run->node);
}

/* Takes @run. */
static ShoaldJob *
add_operation (Run *run, const char *kind, ShoaldJobFunc func, GError **error)
{
  g_autofree char *title
      = run->path != NULL ? g_path_get_basename (run->path) : g_strdup ("");
  ShoaldJob *job
      = shoald_job_new (SHOALD_JOB_OPERATION, kind, title, func, run, run_free);

  run->job = job;
  return shoald_jobs_add (shoald_engine_get_jobs (run->engine), job, error);
}

/* Keeping: what was added is pinned and shared, root by root. */

static void
shared_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  if (!mesh_store_set_shared_finish (MESH_STORE (object), result, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  mesh_bitswap_notify_shared (mesh_node_get_bitswap (run->node),
                              g_ptr_array_index (run->roots, run->next_root));
  run->next_root++;
  keep_next (run);
}

static void
share_root (Run *run)
{
  if (!run->options.is_shared)
    {
      run->next_root++;
      keep_next (run);
      return;
    }
  mesh_store_set_shared_async (get_store (run),
                               g_ptr_array_index (run->roots, run->next_root), TRUE,
                               shoald_job_get_cancellable (run->job), shared_cb, run);
}

static void
pinned_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;

  if (mesh_store_pin_finish (MESH_STORE (object), result, &error))
    share_root (run);
  else
    shoald_job_take_error (run->job, error);
}

static gboolean
is_user_pinned (MeshStore *store, MeshCid *root)
{
  g_autoptr (GPtrArray) pins = mesh_store_dup_pins (store);

  for (guint i = 0; i < pins->len; i++)
    {
      MeshStorePin *pin = g_ptr_array_index (pins, i);

      if (g_str_has_prefix (pin->name, SHOALD_CONTENT_PIN_PREFIX)
          && mesh_cid_equal (pin->root, root))
        return TRUE;
    }
  return FALSE;
}

static void
keep_next (Run *run)
{
  MeshCid *root;
  GError *error = NULL;

  if (run->next_root >= run->roots->len)
    {
      shoald_job_take_result (run->job, run->result);
      return;
    }
  if (g_cancellable_set_error_if_cancelled (shoald_job_get_cancellable (run->job),
                                            &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  root = g_ptr_array_index (run->roots, run->next_root);
  if (run->options.is_pinned && !is_user_pinned (get_store (run), root))
    mesh_store_pin_async (get_store (run), SHOALD_CONTENT_PIN_PREFIX, root,
                          shoald_job_get_cancellable (run->job), pinned_cb, run);
  else
    share_root (run);
}

/* Add. */

void
shoald_local_init_add_options (ShoaldLocalAddOptions *options)
{
  *options = (ShoaldLocalAddOptions){
    .cid_base = MESH_BASE_58_BTC,
    .is_pinned = TRUE,
    .is_shared = TRUE,
  };
  mesh_import_options_init (&options->import);
}

static void
progress_cb (guint64 done_bytes, guint64 total_bytes, gpointer user_data)
{
  Run *run = user_data;

  shoald_job_set_bytes (run->job, done_bytes, total_bytes);
}

static guint64
count_new_bytes (Run *run)
{
  MeshStoreStats now;
  guint64 before_bytes = run->before.stored_bytes + run->before.referenced_bytes;

  mesh_store_get_stats (get_store (run), &now);
  return now.stored_bytes + now.referenced_bytes > before_bytes
             ? now.stored_bytes + now.referenced_bytes - before_bytes
             : 0;
}

static void
added_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (MeshImportResult) added = NULL;
  g_autofree char *text = NULL;
  GVariantDict dict;
  GError *error = NULL;

  added = mesh_importer_add_finish (MESH_STORE (object), result, &error);
  if (added == NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  text = mesh_cid_to_string (added->root, run->options.cid_base);
  shoald_job_set_cid (run->job, text);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "cid", "s", text);
  g_variant_dict_insert (&dict, "size", "t", added->total_bytes);
  g_variant_dict_insert (&dict, "blocks", "t", added->n_blocks);
  g_variant_dict_insert (&dict, "new-bytes", "t", count_new_bytes (run));
  run->result = g_variant_ref_sink (g_variant_dict_end (&dict));
  run->roots = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  g_ptr_array_add (run->roots, mesh_cid_ref (added->root));
  shoald_job_set_step (run->job, "writing");
  keep_next (run);
}

static void
run_add (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  mesh_store_get_stats (get_store (run), &run->before);
  run->lease = mesh_store_lease_new (get_store (run));
  shoald_job_set_step (job, "hashing");
  mesh_importer_add_async (
      get_store (run), run->path, &run->options.import,
      run->options.is_reference ? MESH_IMPORT_REFERENCE_ONLY : MESH_IMPORT_NONE,
      progress_cb, run, shoald_job_get_cancellable (job), added_cb, run);
}

ShoaldJob *
shoald_local_add (ShoaldEngine *engine,
                  const char *path,
                  const ShoaldLocalAddOptions *options,
                  GError **error)
{
  Run *run = new_run (engine, path, error);

  if (run == NULL)
    return NULL;
  run->options = *options;
  return add_operation (run, "add", run_add, error);
}

/* CAR import. */

static void
imported_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  GVariantDict dict;
  guint64 n_blocks = 0;
  GError *error = NULL;

  run->roots = mesh_car_import_finish (MESH_STORE (object), result, &n_blocks, &error);
  if (run->roots == NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  for (guint i = 0; i < run->roots->len; i++)
    {
      g_autofree char *text = mesh_cid_dup_text (g_ptr_array_index (run->roots, i));

      g_strv_builder_add (texts, text);
    }
  list = g_strv_builder_end (texts);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "roots", "^as", list);
  g_variant_dict_insert (&dict, "blocks", "t", n_blocks);
  g_variant_dict_insert (&dict, "size", "t",
                         (guint64) g_seekable_tell (G_SEEKABLE (run->input)));
  run->result = g_variant_ref_sink (g_variant_dict_end (&dict));
  shoald_job_set_step (run->job, "writing");
  keep_next (run);
}

static void
sample_import (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  if (run->input != NULL)
    shoald_job_set_bytes (job, (guint64) g_seekable_tell (G_SEEKABLE (run->input)), 0);
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GError *error = NULL;
  GFileInputStream *input = g_file_read_finish (G_FILE (object), result, &error);

  if (input == NULL)
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  run->input = G_INPUT_STREAM (input);
  mesh_car_import_async (get_store (run), run->input,
                         shoald_job_get_cancellable (run->job), imported_cb, run);
}

static void
run_import (ShoaldJob *job, gpointer data)
{
  Run *run = data;
  g_autoptr (GFile) file = g_file_new_for_path (run->path);

  run->lease = mesh_store_lease_new (get_store (run));
  shoald_job_set_step (job, "verifying");
  g_file_read_async (file, G_PRIORITY_DEFAULT, shoald_job_get_cancellable (job), read_cb,
                     run);
}

ShoaldJob *
shoald_local_import_car (ShoaldEngine *engine,
                         const char *path,
                         gboolean is_pinned,
                         gboolean is_shared,
                         GError **error)
{
  Run *run = new_run (engine, path, error);
  ShoaldJob *job;

  if (run == NULL)
    return NULL;
  run->options.is_pinned = is_pinned;
  run->options.is_shared = is_shared;
  job = add_operation (run, "import-car", run_import, error);
  if (job != NULL)
    shoald_job_set_sampler (job, sample_import);
  return job;
}

/* Garbage. */

static void
collected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  MeshStoreStats after;
  GVariantDict dict;
  guint64 freed_bytes = 0;
  GError *error = NULL;

  if (!mesh_store_gc_finish (MESH_STORE (object), result, &freed_bytes, &error))
    {
      shoald_job_take_error (run->job, error);
      return;
    }
  mesh_store_get_stats (MESH_STORE (object), &after);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (
      &dict, "removed-blocks", "t",
      run->before.n_blocks > after.n_blocks ? run->before.n_blocks - after.n_blocks : 0);
  g_variant_dict_insert (&dict, "removed-bytes", "t", freed_bytes);
  shoald_job_take_result (run->job, g_variant_dict_end (&dict));
}

static void
run_collect (ShoaldJob *job, gpointer data)
{
  Run *run = data;

  mesh_store_get_stats (get_store (run), &run->before);
  mesh_store_gc_async (get_store (run), shoald_job_get_cancellable (job), collected_cb,
                       run);
}

ShoaldJob *
shoald_local_collect (ShoaldEngine *engine, GError **error)
{
  Run *run = new_run (engine, NULL, error);

  return run != NULL ? add_operation (run, "gc", run_collect, error) : NULL;
}

/* Pins and sharing: short work, without a job. */

GVariant *
shoald_local_list_pins (ShoaldEngine *engine, GError **error)
{
  g_autoptr (GPtrArray) pins = NULL;
  GVariantBuilder builder;

  if (!shoald_engine_check_running (engine, error))
    return NULL;
  pins = mesh_store_dup_pins (mesh_node_get_store (shoald_engine_get_node (engine)));
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < pins->len; i++)
    {
      MeshStorePin *pin = g_ptr_array_index (pins, i);
      g_autofree char *text = mesh_cid_dup_text (pin->root);
      gboolean is_user = g_str_has_prefix (pin->name, SHOALD_CONTENT_PIN_PREFIX);
      g_autofree char *name = g_utf8_make_valid (
          is_user ? pin->name + strlen (SHOALD_CONTENT_PIN_PREFIX) : pin->name, -1);

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "cid", g_variant_new_string (text));
      g_variant_builder_add (&builder, "{sv}", "name", g_variant_new_string (name));
      g_variant_builder_add (&builder, "{sv}", "user", g_variant_new_boolean (is_user));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

typedef struct
{
  MeshCid *cid;    /* (owned) */
  GPtrArray *pins; /* (owned) (element-type MeshStorePin): still to be removed */
} UnpinData;

static void
unpin_data_free (gpointer user_data)
{
  UnpinData *data = user_data;

  mesh_cid_unref (data->cid);
  g_ptr_array_unref (data->pins);
  g_free (data);
}

static void unpin_next (GTask *task, MeshStore *store);

static void
unpinned_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (mesh_store_unpin_finish (MESH_STORE (object), result, &error))
    unpin_next (task, MESH_STORE (object));
  else
    g_task_return_error (task, error);
}

static void
unpin_next (GTask *task, MeshStore *store)
{
  UnpinData *data = g_task_get_task_data (task);
  MeshStorePin *pin;

  if (data->pins->len == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  pin = g_ptr_array_index (data->pins, data->pins->len - 1);
  mesh_store_unpin_async (store, pin->name, data->cid, NULL, unpinned_cb,
                          g_object_ref (task));
  if (--pin->count == 0)
    g_ptr_array_set_size (data->pins, (int) data->pins->len - 1);
}

static GPtrArray *
dup_user_pins (MeshStore *store, MeshCid *cid)
{
  g_autoptr (GPtrArray) pins = mesh_store_dup_pins (store);

  for (guint i = pins->len; i > 0; i--)
    {
      MeshStorePin *pin = g_ptr_array_index (pins, i - 1);

      if (!g_str_has_prefix (pin->name, SHOALD_CONTENT_PIN_PREFIX)
          || !mesh_cid_equal (pin->root, cid) || pin->count == 0)
        g_ptr_array_remove_index (pins, i - 1);
    }
  return g_steal_pointer (&pins);
}

void
shoald_local_unpin_async (ShoaldEngine *engine,
                          const char *cid,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  MeshCid *parsed = NULL;
  UnpinData *data;
  MeshStore *store;
  GError *error = NULL;

  g_task_set_source_tag (task, shoald_local_unpin_async);
  if (!shoald_engine_check_running (engine, &error)
      || (parsed = shoald_content_parse_cid (cid, &error)) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  store = mesh_node_get_store (shoald_engine_get_node (engine));
  data = g_new0 (UnpinData, 1);
  data->cid = parsed;
  data->pins = dup_user_pins (store, parsed);
  g_task_set_task_data (task, data, unpin_data_free);
  if (data->pins->len == 0)
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                             "“%s” is not pinned by you", cid);
  else
    unpin_next (task, store);
}

gboolean
shoald_local_unpin_finish (ShoaldEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
set_shared_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (mesh_store_set_shared_finish (MESH_STORE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
shoald_local_set_shared_async (ShoaldEngine *engine,
                               const char *cid,
                               gboolean is_shared,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  g_autoptr (MeshCid) parsed = NULL;
  MeshStore *store;
  GError *error = NULL;

  g_task_set_source_tag (task, shoald_local_set_shared_async);
  if (!shoald_engine_check_running (engine, &error)
      || (parsed = shoald_content_parse_cid (cid, &error)) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  store = mesh_node_get_store (shoald_engine_get_node (engine));
  if (is_shared && !mesh_store_has (store, parsed))
    g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                             "“%s” is not on this machine. Get or pin it first", cid);
  else
    mesh_store_set_shared_async (store, parsed, is_shared, NULL, set_shared_cb,
                                 g_steal_pointer (&task));
}

gboolean
shoald_local_set_shared_finish (ShoaldEngine *engine,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
