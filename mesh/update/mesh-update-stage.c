/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-stage.h"

#include <string.h>

#include "base/mesh-error.h"
#include "source/mesh-dag-fetch.h"
#include "update/mesh-update-fault-private.h"
#include "update/mesh-update-plan.h"
#include "update/mesh-update-tree.h"

#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 4)

typedef enum
{
  STEP_PLANNING,
  STEP_LOAD_NEXT,
  STEP_LOAD_CURRENT,
  STEP_LOOK,
  STEP_FETCHING,
  STEP_FETCH,
  STEP_VERIFYING,
  STEP_PREPARE,
  STEP_WRITE,
  STEP_SEAL,
  STEP_IMPORT,
  STEP_PIN,
  STEP_STAGED,
  STEP_DONE,
} Step;

typedef struct
{
  MeshUpdateEngine *engine;      /* (unowned): the task's source */
  MeshUpdateEntry *entry;        /* (unowned): kept by the engine */
  GCancellable *cancellable;     /* (owned) */
  MeshSignedManifest *next;      /* (owned) (nullable) */
  MeshSignedManifest *installed; /* (owned) (nullable) */
  MeshUpdatePlan *plan;          /* (owned) (nullable) */
  MeshSourceChain *chain;        /* (owned) (nullable) */
  MeshStoreLease *lease;         /* (owned) */
  GArray *writes; /* (owned) (nullable) (element-type MeshUpdateTreeWrite) */
  char *staging;  /* (owned) */
  char *old_dir;  /* (owned) (nullable) */
  GError *error;  /* (owned) (nullable): the first of a fan-out */
  Step step;
  gboolean is_reusing;
  guint n_in_flight; /* of a fan-out; 1 more while it is being started */
  gsize i;           /* next item of a fan-out */
  guint64 done_bytes;
  guint n_done_chunks;
  gint64 started_us;
  gint64 shown_us;
} Stage;

static void advance (GTask *task);

static void
free_stage (gpointer data)
{
  Stage *stage = data;

  g_object_unref (stage->cancellable);
  g_clear_pointer (&stage->next, mesh_signed_manifest_free);
  g_clear_pointer (&stage->installed, mesh_signed_manifest_free);
  g_clear_pointer (&stage->plan, mesh_update_plan_unref);
  g_clear_object (&stage->chain);
  g_clear_pointer (&stage->lease, mesh_store_lease_free);
  g_clear_pointer (&stage->writes, g_array_unref);
  g_free (stage->staging);
  g_free (stage->old_dir);
  g_clear_error (&stage->error);
  g_free (stage);
}

char *
mesh_update_stage_format_dag (const MeshImportOptions *options)
{
  return g_strdup_printf ("%s-%" G_GSIZE_FORMAT ",%s,%s,%u",
                          options->chunker == MESH_CHUNKER_FASTCDC ? "fastcdc" : "fixed",
                          options->chunk_size,
                          mesh_multihash_get_name (options->hash_code),
                          options->raw_leaves ? "raw" : "dag-pb", options->max_links);
}

static gboolean
parse_chunker (const char *text, MeshImportOptions *options)
{
  g_autofree char *fixed = NULL;

  if (strcmp (text, "fastcdc-1048576") == 0)
    return mesh_import_options_parse_chunker (options, "fastcdc");
  if (!g_str_has_prefix (text, "fixed-"))
    return FALSE;
  fixed = g_strconcat ("size-", text + strlen ("fixed-"), NULL);
  return mesh_import_options_parse_chunker (options, fixed);
}

gboolean
mesh_update_stage_parse_dag (const char *text, MeshImportOptions *options, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", 5);
  guint64 links;

  mesh_import_options_init (options);
  if (g_strv_length (parts) == 4 && parse_chunker (parts[0], options)
      && mesh_multihash_from_name (parts[1], &options->hash_code)
      && options->hash_code != MESH_MULTIHASH_IDENTITY
      && (g_str_equal (parts[2], "raw") || g_str_equal (parts[2], "dag-pb"))
      && g_ascii_string_to_unsigned (parts[3], 10, MESH_IMPORT_MIN_LINKS,
                                     MESH_IMPORT_MAX_LINKS, &links, NULL))
    {
      options->raw_leaves = g_str_equal (parts[2], "raw");
      options->max_links = (guint) links;
      return TRUE;
    }
  g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
               "The release is built in a way this version does not know; update Shoal");
  return FALSE;
}

/* The end of a failed stage. */

static const char *
name_of (const GError *error)
{
  return error->domain == MESH_ERROR ? mesh_error_get_nick (error->code) : "Failed";
}

static void
failed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Stage *stage = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!mesh_update_engine_commit_finish (stage->engine, result, &error))
    {
      /* Most likely the disk is full: show it, the journal is put right at next start. */
      MeshUpdateRecord *record = mesh_update_record_copy (stage->entry->record);

      record->state = MESH_UPDATE_STATE_FAILED;
      g_free (record->error_name);
      record->error_name = g_strdup (name_of (stage->error));
      g_free (record->error_message);
      record->error_message = g_strdup (stage->error->message);
      mesh_update_engine_set_record (stage->engine, stage->entry, record);
    }
  g_task_return_error (task, g_steal_pointer (&stage->error));
}

static void
fail (GTask *task, GError *error)
{
  Stage *stage = g_task_get_task_data (task);
  gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  MeshUpdateRecord *draft = mesh_update_engine_draft_state (
      stage->entry,
      is_cancelled ? MESH_UPDATE_STATE_AVAILABLE : MESH_UPDATE_STATE_FAILED);

  if (!is_cancelled)
    {
      draft->error_name = g_strdup (name_of (error));
      draft->error_message = g_strdup (error->message);
    }
  g_clear_error (&stage->error);
  stage->error = error;
  mesh_update_engine_commit_async (stage->engine, stage->entry, draft, NULL, failed_cb,
                                   g_object_ref (task));
}

static void
next_step (GTask *task)
{
  Stage *stage = g_task_get_task_data (task);

  stage->step++;
  stage->i = 0;
  advance (task);
}

static void
commit_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Stage *stage = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_update_engine_commit_finish (stage->engine, result, &error))
    fail (task, error);
  else
    next_step (task);
}

static void
commit_state (GTask *task, MeshUpdateState state)
{
  Stage *stage = g_task_get_task_data (task);
  MeshUpdateRecord *draft = mesh_update_engine_draft_state (stage->entry, state);

  if (state == MESH_UPDATE_STATE_FETCHING)
    {
      g_autofree MeshCid **missing = NULL;
      gsize n;

      missing = mesh_update_plan_dup_missing (stage->plan, &n);
      draft->fetch_bytes = mesh_update_plan_get_fetch_bytes (stage->plan);
      draft->saved_bytes = mesh_update_plan_get_saved_bytes (stage->plan);
      draft->n_fetch_chunks = (guint) n;
      draft->n_saved_chunks = (guint) (mesh_update_plan_get_n_chunks (stage->plan) - n);
      mesh_app_set_progress (stage->entry->app, 0, 0, 0, NULL);
    }
  mesh_update_engine_commit_async (stage->engine, stage->entry, draft, NULL, commit_cb,
                                   g_object_ref (task));
}

/* Planning. */

static void
load_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Stage *stage = g_task_get_task_data (task);
  GError *error = NULL;
  MeshSignedManifest *loaded
      = mesh_update_engine_load_manifest_finish (stage->engine, result, &error);

  if (loaded == NULL)
    {
      fail (task, error);
      return;
    }
  if (stage->step == STEP_LOAD_NEXT)
    stage->next = loaded;
  else
    stage->installed = loaded;
  next_step (task);
}

static void
load (GTask *task, const MeshUpdateRelease *release)
{
  Stage *stage = g_task_get_task_data (task);

  if (release == NULL)
    next_step (task);
  else
    mesh_update_engine_load_manifest_async (
        stage->engine, release->digest, stage->cancellable, load_cb, g_object_ref (task));
}

/* Fan-outs: an item is started as soon as one ends; with an error no more are. */

typedef void (*StartItem) (GTask *task);

static void look_next (GTask *task);
static void write_next (GTask *task);

static void
end_item (GTask *task, GError *error, StartItem start)
{
  Stage *stage = g_task_get_task_data (task);

  stage->n_in_flight--;
  if (error != NULL && stage->error == NULL)
    stage->error = error;
  else
    g_clear_error (&error);
  if (stage->error == NULL)
    start (task);
  if (stage->n_in_flight > 0)
    return;
  if (stage->error != NULL)
    fail (task, g_steal_pointer (&stage->error));
  else
    next_step (task);
}

static void
start_items (GTask *task, StartItem start)
{
  Stage *stage = g_task_get_task_data (task);

  stage->n_in_flight = 1; /* so that none of those started ends the step */
  for (guint i = 0; i < MESH_UPDATE_STAGE_WINDOW; i++)
    start (task);
  end_item (task, NULL, start);
}

typedef struct
{
  GTask *task; /* (owned) */
  gsize i;
} Item;

static void
look_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Item *item = g_steal_pointer (&user_data);
  g_autoptr (GTask) task = item->task;
  Stage *stage = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) block = mesh_store_get_finish (MESH_STORE (source), result, &error);

  mesh_update_plan_set_local (stage->plan, item->i, block != NULL);
  /* What can't be read here is fetched; only being cancelled ends the search. */
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_error (&error);
  end_item (task, error, look_next);
}

/* Reads, and by that hashes, what the index says is here. */
static void
look_next (GTask *task)
{
  Stage *stage = g_task_get_task_data (task);

  while (stage->i < mesh_update_plan_get_n_chunks (stage->plan))
    {
      gsize i = stage->i++;
      const MeshUpdatePlanChunk *chunk = mesh_update_plan_get_chunk (stage->plan, i);
      Item *item;

      if (!mesh_store_has (stage->engine->store, chunk->cid))
        continue;
      item = g_new (Item, 1);
      item->task = g_object_ref (task);
      item->i = i;
      stage->n_in_flight++;
      mesh_store_get_async (stage->engine->store, chunk->cid, stage->cancellable, look_cb,
                            item);
      return;
    }
}

static void
look (GTask *task)
{
  Stage *stage = g_task_get_task_data (task);
  MeshManifest *next = mesh_signed_manifest_get_manifest (stage->next);
  MeshManifest *installed = stage->installed != NULL
                                ? mesh_signed_manifest_get_manifest (stage->installed)
                                : NULL;

  stage->plan = mesh_update_plan_new (next, installed);
  start_items (task, look_next);
}

/* Fetching. */

static MeshSourceChain *
new_chain (Stage *stage, GError **error)
{
  MeshUpdateEngine *engine = stage->engine;
  MeshManifest *manifest = mesh_signed_manifest_get_manifest (stage->next);
  MeshSourceChain *chain;

  if (engine->new_source != NULL)
    return engine->new_source (manifest->root, engine->new_source_data, error);
  chain = mesh_source_chain_new (engine->store, NULL);
  if (engine->source != NULL)
    mesh_source_chain_add (chain, engine->source, MESH_SOURCE_GATEWAY, "source", FALSE);
  return chain;
}

static void
show_progress (Stage *stage)
{
  g_autoptr (GPtrArray) usage = mesh_source_chain_get_usage (stage->chain);
  gint64 elapsed_us = MAX (g_get_monotonic_time () - stage->started_us, 1000);
  guint64 total = stage->entry->record->fetch_bytes;

  mesh_app_set_progress (
      stage->entry->app, MIN (stage->done_bytes, total), stage->n_done_chunks,
      stage->done_bytes * G_USEC_PER_SEC / (guint64) elapsed_us, usage);
}

static void
fetched_block (MeshCid *cid, gsize size, gpointer user_data)
{
  Stage *stage = user_data;
  gint64 now_us = g_get_monotonic_time ();

  stage->done_bytes += size;
  stage->n_done_chunks++;
  mesh_update_fault_reach ("fetched");
  if (now_us - stage->shown_us < PROGRESS_INTERVAL_US)
    return;
  stage->shown_us = now_us;
  show_progress (stage);
}

static void
fetch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Stage *stage = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean is_fetched
      = mesh_dag_fetch_finish (MESH_BLOCK_SOURCE (source), result, NULL, &error);

  show_progress (stage);
  if (!is_fetched)
    {
      g_prefix_error (&error, "Can't fetch all of the update: ");
      fail (task, error);
    }
  else
    next_step (task);
}

static void
fetch (GTask *task)
{
  Stage *stage = g_task_get_task_data (task);
  g_autofree MeshCid **missing = NULL;
  GError *error = NULL;
  gsize n;

  stage->chain = new_chain (stage, &error);
  if (stage->chain == NULL)
    {
      fail (task, error);
      return;
    }
  missing = mesh_update_plan_dup_missing (stage->plan, &n);
  stage->started_us = g_get_monotonic_time ();
  mesh_dag_fetch_async (MESH_BLOCK_SOURCE (stage->chain), missing, n,
                        MESH_DAG_FETCH_BLOCKS, MESH_BLOCK_PRIORITY_DEFAULT, fetched_block,
                        stage, stage->cancellable, fetch_cb, g_object_ref (task));
}

/* Assembling. The jobs run in the worker pool on what they were given. */

typedef struct
{
  char *staging;          /* (owned) */
  char *old_dir;          /* (owned) (nullable) */
  MeshUpdatePlan *plan;   /* (owned) */
  MeshManifest *manifest; /* (owned) */
  GBytes *block;          /* (owned) (nullable) */
  MeshUpdateTreeWrite write;
  gboolean is_reusing;
} TreeJob;

static void
free_tree_job (gpointer data)
{
  TreeJob *job = data;

  g_free (job->staging);
  g_free (job->old_dir);
  mesh_update_plan_unref (job->plan);
  mesh_manifest_unref (job->manifest);
  g_clear_pointer (&job->block, g_bytes_unref);
  g_free (job);
}

static TreeJob *
new_tree_job (Stage *stage)
{
  TreeJob *job = g_new0 (TreeJob, 1);

  job->staging = g_strdup (stage->staging);
  job->old_dir = g_strdup (stage->old_dir);
  job->plan = mesh_update_plan_ref (stage->plan);
  job->manifest = mesh_manifest_ref (mesh_signed_manifest_get_manifest (stage->next));
  job->is_reusing = stage->is_reusing;
  return job;
}

static gpointer
space_job (gpointer input, GCancellable *cancellable, GError **error)
{
  TreeJob *job = input;
  g_autofree char *parent = g_path_get_dirname (job->staging);

  if (mesh_update_tree_make_folder (parent, error))
    (void) !mesh_update_tree_check_space (
        parent, mesh_update_plan_get_disk_bytes (job->plan), error);
  return NULL;
}

static gpointer
prepare_job (gpointer input, GCancellable *cancellable, GError **error)
{
  TreeJob *job = input;

  return mesh_update_tree_prepare (job->staging, job->plan, job->old_dir, job->is_reusing,
                                   cancellable, error);
}

static gpointer
write_job (gpointer input, GCancellable *cancellable, GError **error)
{
  TreeJob *job = input;

  (void) !mesh_update_tree_write (job->staging, &job->write, job->block, error);
  mesh_update_fault_reach ("written");
  return NULL;
}

static gpointer
seal_job (gpointer input, GCancellable *cancellable, GError **error)
{
  TreeJob *job = input;

  (void) !mesh_update_tree_seal (job->staging, job->manifest, error);
  return NULL;
}

static void
run_tree_job (GTask *task, MeshWorkFunc func, TreeJob *job, GAsyncReadyCallback callback)
{
  Stage *stage = g_task_get_task_data (task);

  mesh_work_pool_run_async (stage->engine->pool, MESH_WORK_PRIORITY_DEFAULT, func, job,
                            free_tree_job,
                            func == prepare_job ? (GDestroyNotify) g_array_unref : NULL,
                            stage->cancellable, callback, g_object_ref (task));
}

static void
tree_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Stage *stage = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer value = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);

  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  if (stage->step == STEP_PREPARE)
    {
      g_clear_pointer (&stage->writes, g_array_unref);
      stage->writes = value;
    }
  if (stage->step == STEP_FETCHING) /* there is space: say so in the journal */
    commit_state (task, MESH_UPDATE_STATE_FETCHING);
  else
    next_step (task);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  (void) !mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);
  end_item (task, error, write_next);
}

static void
read_item_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Item *item = g_steal_pointer (&user_data);
  g_autoptr (GTask) task = item->task;
  Stage *stage = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) block
      = mesh_block_source_get_finish (MESH_BLOCK_SOURCE (source), result, &error);
  TreeJob *job;

  if (block == NULL)
    {
      end_item (task, error, write_next);
      return;
    }
  job = new_tree_job (stage);
  job->write = g_array_index (stage->writes, MeshUpdateTreeWrite, item->i);
  job->block = g_steal_pointer (&block);
  run_tree_job (task, write_job, job, written_cb);
}

/* Through the chain: a chunk that was dropped from the store since is fetched again. */
static void
write_next (GTask *task)
{
  Stage *stage = g_task_get_task_data (task);
  Item *item;

  if (stage->i >= stage->writes->len)
    return;
  item = g_new (Item, 1);
  item->task = g_object_ref (task);
  item->i = stage->i++;
  stage->n_in_flight++;
  mesh_block_source_get_async (
      MESH_BLOCK_SOURCE (stage->chain),
      g_array_index (stage->writes, MeshUpdateTreeWrite, item->i).chunk->cid,
      MESH_BLOCK_PRIORITY_DEFAULT, stage->cancellable, read_item_cb, item);
}

/* Verifying: the tree is imported as it lies there; the same root means the same files.
 */

static void
forgot_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Stage *stage = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_store_remove_references_finish (MESH_STORE (source), result, &error))
    {
      fail (task, error);
      return;
    }
  stage->step = STEP_PREPARE;
  stage->i = 0;
  advance (task);
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Stage *stage = g_task_get_task_data (task);
  MeshManifest *manifest = mesh_signed_manifest_get_manifest (stage->next);
  GError *error = NULL;
  g_autoptr (MeshImportResult) import
      = mesh_importer_add_finish (MESH_STORE (source), result, &error);

  if (import == NULL)
    fail (task, error);
  else if (mesh_cid_equal (import->root, manifest->root))
    next_step (task);
  else if (stage->is_reusing)
    {
      /* A file of the installed version was changed: this time without them. */
      stage->is_reusing = FALSE;
      mesh_store_remove_references_async (stage->engine->store, stage->staging,
                                          stage->cancellable, forgot_cb,
                                          g_object_ref (task));
    }
  else
    fail (task, g_error_new (MESH_ERROR, MESH_ERROR_MIXED,
                             "The files of %s %s are not those of its root; it can't be "
                             "installed",
                             manifest->name, manifest->version));
}

static void
import (GTask *task)
{
  Stage *stage = g_task_get_task_data (task);
  MeshManifest *manifest = mesh_signed_manifest_get_manifest (stage->next);
  MeshImportOptions options;
  GError *error = NULL;

  if (!mesh_update_stage_parse_dag (manifest->dag, &options, &error))
    {
      fail (task, error);
      return;
    }
  mesh_importer_add_async (stage->engine->store, stage->staging, &options,
                           MESH_IMPORT_REFERENCE_ONLY | MESH_IMPORT_DROP_COPIES, NULL,
                           NULL, stage->cancellable, imported_cb, g_object_ref (task));
}

static void
pinned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!mesh_store_pin_finish (MESH_STORE (source), result, &error))
    fail (task, error);
  else
    next_step (task);
}

static gboolean
is_pinned (Stage *stage, const char *name)
{
  g_autoptr (GPtrArray) pins = mesh_store_dup_pins (stage->engine->store);

  for (guint i = 0; i < pins->len; i++)
    if (g_str_equal (((MeshStorePin *) pins->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

static void
pin (GTask *task)
{
  Stage *stage = g_task_get_task_data (task);
  MeshManifest *manifest = mesh_signed_manifest_get_manifest (stage->next);

  if (is_pinned (stage, stage->entry->record->next->digest))
    next_step (task);
  else
    mesh_store_pin_async (stage->engine->store, stage->entry->record->next->digest,
                          manifest->root, stage->cancellable, pinned_cb,
                          g_object_ref (task));
}

/* The only place that knows the order. */
static void
advance (GTask *task)
{
  Stage *stage = g_task_get_task_data (task);
  MeshUpdateRecord *record = stage->entry->record;
  GError *error = NULL;

  if (stage->step != STEP_DONE
      && g_cancellable_set_error_if_cancelled (stage->cancellable, &error))
    {
      fail (task, error);
      return;
    }
  switch (stage->step)
    {
    case STEP_PLANNING:
      commit_state (task, MESH_UPDATE_STATE_PLANNING);
      return;
    case STEP_LOAD_NEXT:
      load (task, record->next);
      return;
    case STEP_LOAD_CURRENT:
      load (task, record->current);
      return;
    case STEP_LOOK:
      look (task);
      return;
    case STEP_FETCHING:
      run_tree_job (task, space_job, new_tree_job (stage), tree_cb);
      return;
    case STEP_FETCH:
      fetch (task);
      return;
    case STEP_VERIFYING:
      commit_state (task, MESH_UPDATE_STATE_VERIFYING);
      return;
    case STEP_PREPARE:
      run_tree_job (task, prepare_job, new_tree_job (stage), tree_cb);
      return;
    case STEP_WRITE:
      start_items (task, write_next);
      return;
    case STEP_SEAL:
      run_tree_job (task, seal_job, new_tree_job (stage), tree_cb);
      return;
    case STEP_IMPORT:
      import (task);
      return;
    case STEP_PIN:
      pin (task);
      return;
    case STEP_STAGED:
      commit_state (task, MESH_UPDATE_STATE_STAGED);
      return;
    case STEP_DONE:
      g_task_return_boolean (task, TRUE);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_update_stage_async (MeshUpdateEngine *engine,
                         MeshUpdateEntry *entry,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  Stage *stage = g_new0 (Stage, 1);

  stage->engine = engine;
  stage->entry = entry;
  stage->cancellable = g_object_ref (entry->running);
  stage->lease = mesh_store_lease_new (engine->store);
  stage->is_reusing = TRUE;
  stage->staging = mesh_update_engine_dup_staging_path (
      engine, entry->record->trust->app_id, entry->record->next);
  if (entry->record->current != NULL)
    stage->old_dir = mesh_update_engine_dup_version_path (entry, entry->record->current);
  g_task_set_source_tag (task, mesh_update_stage_async);
  g_task_set_task_data (task, stage, free_stage);
  advance (task);
}

gboolean
mesh_update_stage_finish (MeshUpdateEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
