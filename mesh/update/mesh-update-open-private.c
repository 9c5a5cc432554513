/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-open-private.h"

#include <string.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "update/mesh-update-apply.h"
#include "update/mesh-update-tree.h"

#define DIGEST_LEN 64

typedef enum
{
  STEP_FOLDERS,
  STEP_REGISTRY,
  STEP_JOURNAL,
  STEP_LOAD,
  STEP_RECOVER, /* one app after the other */
  STEP_CLEAR,
  STEP_UNPIN, /* one pin after the other */
  STEP_SHARE, /* one tree after the other */
  STEP_DONE,
} Step;

typedef struct
{
  MeshUpdateEngine *engine; /* (unowned): the task's source */
  Step step;
  GPtrArray *records; /* (owned) (nullable) (element-type MeshUpdateRecord) */
  GPtrArray *pins;    /* (owned) (nullable) (element-type MeshStorePin) */
  guint i;            /* of the loop the step is */
} Open;

static void advance (GTask *task);

static void
free_open (gpointer data)
{
  Open *open = data;

  g_clear_pointer (&open->records, g_ptr_array_unref);
  g_clear_pointer (&open->pins, g_ptr_array_unref);
  g_free (open);
}

static void
next_step (GTask *task)
{
  Open *open = g_task_get_task_data (task);

  open->step++;
  open->i = 0;
  advance (task);
}

static gpointer
folders_job (gpointer input, GCancellable *cancellable, GError **error)
{
  static const char *const names[] = { "apps", "staging" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (input, names[i], NULL);

      if (!mesh_update_tree_make_folder (path, error))
        return NULL;
    }
  return NULL;
}

static void
job_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Open *open = g_task_get_task_data (task);
  GError *error = NULL;

  (void) !mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);
  if (error != NULL && open->step == STEP_CLEAR)
    {
      g_warning ("%s", error->message); /* the next start tries again */
      g_clear_error (&error);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    next_step (task);
}

static void
registry_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Open *open = g_task_get_task_data (task);
  GError *error = NULL;

  open->engine->registry = mesh_registry_open_finish (result, &error);
  open->engine->owns_registry = TRUE;
  if (open->engine->registry == NULL)
    g_task_return_error (task, error);
  else
    next_step (task);
}

/* A node has made one; without it releases are looked for on @host and @master. */
static void
open_registry (GTask *task)
{
  Open *open = g_task_get_task_data (task);
  MeshUpdateEngine *engine = open->engine;
  MeshRegistryOptions options = { .data_dir = engine->data_dir,
                                  .pool = engine->pool,
                                  .host = engine->host,
                                  .master = engine->master,
                                  .mode = MESH_REGISTRY_MODE_HYBRID,
                                  .is_sharing = engine->is_sharing };

  if (engine->registry != NULL)
    next_step (task);
  else
    mesh_registry_open_async (&options, NULL, registry_cb, g_object_ref (task));
}

static void
journal_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Open *open = g_task_get_task_data (task);
  GError *error = NULL;

  open->engine->journal = mesh_update_journal_open_finish (result, &error);
  if (open->engine->journal == NULL)
    g_task_return_error (task, error);
  else
    next_step (task);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Open *open = g_task_get_task_data (task);
  GError *error = NULL;

  open->records = mesh_update_journal_load_finish (open->engine->journal, result, &error);
  if (open->records == NULL)
    g_task_return_error (task, error);
  else
    next_step (task);
}

/* Recovery. */

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Open *open = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!mesh_update_apply_finish (open->engine, result, &error))
    g_warning ("What was being applied at the last end could not be finished: %s",
               error->message);
  advance (task);
}

static void
committed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Open *open = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_update_engine_commit_finish (open->engine, result, &error))
    g_task_return_error (task, error);
  else
    advance (task);
}

/* A staged tree is only renamed away by applying it; without it there is nothing to
 * apply. */
static gboolean
is_staged_gone (MeshUpdateEngine *engine, const MeshUpdateRecord *record)
{
  g_autofree char *path = NULL;

  if (record->state != MESH_UPDATE_STATE_STAGED || record->next == NULL)
    return record->state == MESH_UPDATE_STATE_STAGED;
  path
      = mesh_update_engine_dup_staging_path (engine, record->trust->app_id, record->next);
  return access (path, F_OK) != 0;
}

static void
recover_one (GTask *task)
{
  Open *open = g_task_get_task_data (task);
  MeshUpdateEngine *engine = open->engine;
  MeshUpdateRecord *record;
  MeshUpdateEntry *entry;
  MeshUpdateState state;
  GError *error = NULL;

  if (open->i == open->records->len)
    {
      next_step (task);
      return;
    }
  record = open->records->pdata[open->i++];
  entry = mesh_update_engine_ensure_entry (engine, record->trust->app_id,
                                           record->trust->channel, &error);
  if (entry == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  mesh_update_engine_set_record (engine, entry, mesh_update_record_copy (record));
  state = mesh_update_state_recover (record->state);
  if (is_staged_gone (engine, record))
    state = MESH_UPDATE_STATE_AVAILABLE;
  if (state == MESH_UPDATE_STATE_APPLYING)
    mesh_update_apply_async (engine, entry, record->kind, applied_cb,
                             g_object_ref (task));
  else if (state != record->state)
    mesh_update_engine_commit_async (engine, entry,
                                     mesh_update_engine_draft_state (entry, state), NULL,
                                     committed_cb, g_object_ref (task));
  else
    advance (task);
}

/* Clearing away. */

typedef struct
{
  char *data_dir;   /* (owned) */
  GHashTable *kept; /* (owned) (element-type utf8): paths */
} ClearJob;

static void
free_clear_job (gpointer data)
{
  ClearJob *job = data;

  g_free (job->data_dir);
  g_hash_table_unref (job->kept);
  g_free (job);
}

static void
keep (ClearJob *job, char *path)
{
  g_hash_table_add (job->kept, path);
}

static ClearJob *
new_clear_job (MeshUpdateEngine *engine)
{
  ClearJob *job = g_new0 (ClearJob, 1);
  GHashTableIter iter;
  gpointer value;

  job->data_dir = g_strdup (engine->data_dir);
  job->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_iter_init (&iter, engine->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MeshUpdateEntry *entry = value;
      const MeshUpdateRecord *record = entry->record;
      gboolean is_applying = record->state == MESH_UPDATE_STATE_APPLYING;

      if (record->current != NULL)
        keep (job, mesh_update_engine_dup_version_path (entry, record->current));
      if (record->previous != NULL)
        keep (job, mesh_update_engine_dup_version_path (entry, record->previous));
      if (record->next != NULL && is_applying)
        keep (job, mesh_update_engine_dup_version_path (entry, record->next));
      if (record->next != NULL
          && (is_applying || record->state == MESH_UPDATE_STATE_STAGED))
        keep (job, mesh_update_engine_dup_staging_path (engine, record->trust->app_id,
                                                        record->next));
    }
  return job;
}

static void
clear_folder (const ClearJob *job, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) error = NULL;

      if (!g_hash_table_contains (job->kept, path)
          && !mesh_update_tree_delete (path, &error))
        g_warning ("%s", error->message);
    }
}

static gpointer
clear_job (gpointer input, GCancellable *cancellable, GError **error)
{
  ClearJob *job = input;
  g_autofree char *staging = g_build_filename (job->data_dir, "staging", NULL);
  g_autofree char *apps = g_build_filename (job->data_dir, "apps", NULL);
  g_autoptr (GDir) dir = g_dir_open (apps, 0, NULL);
  const char *name;

  clear_folder (job, staging);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *versions = g_build_filename (apps, name, "versions", NULL);

      clear_folder (job, versions);
    }
  return NULL;
}

static gboolean
is_named (MeshUpdateEngine *engine, const char *digest)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, engine->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MeshUpdateRecord *record = ((MeshUpdateEntry *) value)->record;
      const MeshUpdateRelease *const releases[]
          = { record->current, record->previous, record->next };

      for (gsize i = 0; i < G_N_ELEMENTS (releases); i++)
        if (releases[i] != NULL && g_str_equal (releases[i]->digest, digest))
          return TRUE;
    }
  return FALSE;
}

static void
unpinned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;

  if (!mesh_store_unpin_finish (MESH_STORE (source), result, &error))
    g_warning ("%s", error->message);
  advance (task);
}

/* Pins are made before the journal names them and go after it does not. */
static void
unpin_one (GTask *task)
{
  Open *open = g_task_get_task_data (task);

  if (open->pins == NULL)
    open->pins = mesh_store_dup_pins (open->engine->store);
  while (open->i < open->pins->len)
    {
      const MeshStorePin *pin = open->pins->pdata[open->i++];

      if (strlen (pin->name) != DIGEST_LEN
          || strspn (pin->name, "0123456789abcdef") != DIGEST_LEN
          || is_named (open->engine, pin->name))
        continue;
      mesh_store_unpin_async (open->engine->store, pin->name, pin->root, NULL,
                              unpinned_cb, g_object_ref (task));
      return;
    }
  next_step (task);
}

static void
shared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;

  if (!mesh_store_set_shared_finish (MESH_STORE (source), result, &error))
    g_message ("An app is not shared: %s", error->message);
  advance (task);
}

static void
share_one (GTask *task)
{
  Open *open = g_task_get_task_data (task);

  while (open->engine->is_sharing && open->i < open->records->len)
    {
      const MeshUpdateRecord *record = open->records->pdata[open->i++];
      g_autoptr (MeshCid) root = NULL;

      if (record->current != NULL)
        root = mesh_cid_parse (record->current->root, NULL);
      if (root == NULL)
        continue;
      mesh_store_set_shared_async (open->engine->store, root, TRUE, NULL, shared_cb,
                                   g_object_ref (task));
      return;
    }
  next_step (task);
}

/* The only place that knows the order. */
static void
advance (GTask *task)
{
  Open *open = g_task_get_task_data (task);
  MeshUpdateEngine *engine = open->engine;
  g_autofree char *path = NULL;

  switch (open->step)
    {
    case STEP_FOLDERS:
      mesh_work_pool_run_async (engine->pool, MESH_WORK_PRIORITY_DEFAULT, folders_job,
                                g_strdup (engine->data_dir), g_free, NULL, NULL, job_cb,
                                g_object_ref (task));
      return;
    case STEP_REGISTRY:
      open_registry (task);
      return;
    case STEP_JOURNAL:
      path = g_build_filename (engine->data_dir, "shoal.db", NULL);
      mesh_update_journal_open_async (path, NULL, journal_cb, g_object_ref (task));
      return;
    case STEP_LOAD:
      mesh_update_journal_load_async (engine->journal, loaded_cb, g_object_ref (task));
      return;
    case STEP_RECOVER:
      recover_one (task);
      return;
    case STEP_CLEAR:
      mesh_work_pool_run_async (engine->pool, MESH_WORK_PRIORITY_DEFAULT, clear_job,
                                new_clear_job (engine), free_clear_job, NULL, NULL,
                                job_cb, g_object_ref (task));
      return;
    case STEP_UNPIN:
      unpin_one (task);
      return;
    case STEP_SHARE:
      share_one (task);
      return;
    case STEP_DONE:
      g_task_return_boolean (task, TRUE);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_update_open_async (MeshUpdateEngine *engine,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  Open *open = g_new0 (Open, 1);

  open->engine = engine;
  g_task_set_source_tag (task, mesh_update_open_async);
  g_task_set_task_data (task, open, free_open);
  advance (task);
}

gboolean
mesh_update_open_finish (MeshUpdateEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Sharing or not, after the start. */

static void
share_changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mesh_store_set_shared_finish (MESH_STORE (source), result, &error))
    g_message ("Can't change what is shared: %s", error->message);
}

void
mesh_update_open_share_all (MeshUpdateEngine *engine)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, engine->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MeshUpdateRecord *record = ((MeshUpdateEntry *) value)->record;
      const MeshUpdateRelease *const releases[] = { record->current, record->published };

      for (gsize i = 0; i < G_N_ELEMENTS (releases); i++)
        {
          g_autoptr (MeshCid) root = NULL;

          if (releases[i] != NULL)
            root = mesh_cid_parse (releases[i]->root, NULL);
          if (root != NULL)
            mesh_store_set_shared_async (engine->store, root, engine->is_sharing, NULL,
                                         share_changed_cb, NULL);
        }
    }
}
