/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-apply.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mesh-error.h"
#include "update/mesh-desktop-entry.h"
#include "update/mesh-update-fault-private.h"
#include "update/mesh-update-tree.h"

typedef enum
{
  STEP_APPLYING,
  STEP_SWITCH,     /* or, to remove, move away */
  STEP_REFERENCES, /* follow the move */
  STEP_SHARE,
  STEP_APPLIED,
  STEP_DROP_FIRST,
  STEP_DROP_SECOND,
  STEP_DONE,
} Step;

typedef struct
{
  MeshUpdateEngine *engine; /* (unowned): the task's source */
  MeshUpdateEntry *entry;   /* (unowned): kept by the engine */
  MeshUpdateKind kind;
  Step step;
  MeshUpdateRelease *target;     /* (owned) (nullable): what `current` is to be */
  MeshUpdateRelease *dropped[2]; /* (owned) (nullable): what is not needed any more */
  char *staged;                  /* (owned) (nullable) */
  char *removed;    /* (owned): where a removed app goes before it is deleted */
  char *desktop_id; /* (owned) (nullable): what was put in the menu */
} Apply;

/* What the worker does; strings are copies. */
typedef struct
{
  char *app_dir;             /* (owned) */
  char *app_id;              /* (owned) */
  char *desktop_dir;         /* (owned) (nullable) */
  char *staged;              /* (owned) (nullable) */
  char *removed;             /* (owned) (nullable): only remove */
  MeshUpdateRelease *target; /* (owned) (nullable) */
} SwitchJob;

static void advance (GTask *task);

static void
free_apply (gpointer data)
{
  Apply *apply = data;

  mesh_update_record_release_free (apply->target);
  for (gsize i = 0; i < G_N_ELEMENTS (apply->dropped); i++)
    mesh_update_record_release_free (apply->dropped[i]);
  g_free (apply->staged);
  g_free (apply->removed);
  g_free (apply->desktop_id);
  g_free (apply);
}

static void
free_switch_job (gpointer data)
{
  SwitchJob *job = data;

  g_free (job->app_dir);
  g_free (job->app_id);
  g_free (job->desktop_dir);
  g_free (job->staged);
  g_free (job->removed);
  mesh_update_record_release_free (job->target);
  g_free (job);
}

/* Letting go of a tree. */

typedef struct
{
  char *digest;  /* (owned) */
  char *path;    /* (owned) */
  MeshCid *root; /* (owned) (nullable) */
} Drop;

static void
free_drop (gpointer data)
{
  Drop *drop = data;

  g_free (drop->digest);
  g_free (drop->path);
  g_clear_pointer (&drop->root, mesh_cid_unref);
  g_free (drop);
}

static void
log_drop (const Drop *drop, const GError *error)
{
  if (error != NULL && !g_error_matches (error, MESH_ERROR, MESH_ERROR_NOT_FOUND))
    g_warning ("Can't clean up “%s”: %s", drop->path, error->message);
}

static gpointer
delete_job (gpointer input, GCancellable *cancellable, GError **error)
{
  (void) !mesh_update_tree_delete (input, error);
  return NULL;
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;

  (void) !mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);
  log_drop (g_task_get_task_data (task), error);
  g_task_return_boolean (task, TRUE);
}

static void
unreferenced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshUpdateEngine *engine = g_task_get_source_object (task);
  Drop *drop = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  (void) !mesh_store_remove_references_finish (MESH_STORE (source), result, &error);
  log_drop (drop, error);
  mesh_work_pool_run_async (engine->pool, MESH_WORK_PRIORITY_LOW, delete_job,
                            g_strdup (drop->path), g_free, NULL, NULL, deleted_cb,
                            g_object_ref (task));
}

static void
unpinned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Drop *drop = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  (void) !mesh_store_unpin_finish (MESH_STORE (source), result, &error);
  log_drop (drop, error);
  mesh_store_remove_references_async (MESH_STORE (source), drop->path, NULL,
                                      unreferenced_cb, g_object_ref (task));
}

static void
unshared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Drop *drop = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  (void) !mesh_store_set_shared_finish (MESH_STORE (source), result, &error);
  log_drop (drop, error);
  mesh_store_unpin_async (MESH_STORE (source), drop->digest, drop->root, NULL,
                          unpinned_cb, g_object_ref (task));
}

/* Whether an app that stays needs the DAG: the same tree published, or another version
 * with the same files. */
static gboolean
is_root_needed (MeshUpdateEngine *engine, const char *digest, const char *root)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, engine->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MeshUpdateRecord *record = ((MeshUpdateEntry *) value)->record;
      const MeshUpdateRelease *const releases[]
          = { record->current, record->previous, record->published };

      for (gsize i = 0; i < G_N_ELEMENTS (releases); i++)
        if (releases[i] != NULL && g_str_equal (releases[i]->root, root))
          return TRUE;
    }
  return FALSE;
}

void
mesh_update_apply_drop_async (MeshUpdateEngine *engine,
                              const char *digest,
                              const char *root,
                              const char *path,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  Drop *drop = g_new0 (Drop, 1);

  drop->digest = g_strdup (digest);
  drop->path = g_strdup (path);
  drop->root = mesh_cid_parse (root, NULL);
  g_task_set_source_tag (task, mesh_update_apply_drop_async);
  g_task_set_task_data (task, drop, free_drop);
  if (drop->root == NULL)
    mesh_store_remove_references_async (engine->store, drop->path, NULL, unreferenced_cb,
                                        g_object_ref (task));
  else if (is_root_needed (engine, digest, root))
    mesh_store_unpin_async (engine->store, drop->digest, drop->root, NULL, unpinned_cb,
                            g_object_ref (task));
  else
    mesh_store_set_shared_async (engine->store, drop->root, FALSE, NULL, unshared_cb,
                                 g_object_ref (task));
}

void
mesh_update_apply_drop_finish (MeshUpdateEngine *engine, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, engine));
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/* Switching. */

static void
put_in_menu (const SwitchJob *job, GError **error)
{
  g_autofree char *exec = NULL;
  g_autofree char *icon = NULL;
  g_autofree char *text = NULL;
  g_autofree char *entry = NULL;
  gsize len = 0;

  if (job->target->exec_path == NULL)
    return;
  exec = g_build_filename (job->app_dir, "current", job->target->exec_path, NULL);
  if (job->target->icon_path != NULL)
    icon = g_build_filename (job->app_dir, "current", job->target->icon_path, NULL);
  if (job->target->desktop_path != NULL)
    {
      g_autofree char *path
          = g_build_filename (job->app_dir, "current", job->target->desktop_path, NULL);

      if (!g_file_get_contents (path, &text, &len, error))
        return;
    }
  entry = mesh_desktop_entry_rewrite (text, len, job->app_id, job->target->name, exec,
                                      icon, error);
  if (entry != NULL)
    (void) !mesh_update_tree_link_desktop (job->desktop_dir, job->app_id, entry, icon,
                                           error);
}

/* The menu is a convenience: an app that can't be put there is installed all the same. */
static char *
link_menu (const SwitchJob *job)
{
  g_autoptr (GError) error = NULL;

  if (job->desktop_dir == NULL || job->target->exec_path == NULL)
    return NULL;
  put_in_menu (job, &error);
  if (error == NULL)
    return g_strconcat (job->app_id, ".desktop", NULL);
  g_message ("%s is not in the menu: %s", job->app_id, error->message);
  return NULL;
}

static gpointer
remove_app (const SwitchJob *job, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (job->removed);

  if (job->desktop_dir != NULL)
    mesh_update_tree_unlink_desktop (job->desktop_dir, job->app_id);
  if (!mesh_update_tree_make_folder (parent, error)
      || !mesh_update_tree_delete (job->removed, error))
    return NULL;
  /* One rename(): `current` names a whole version until it is gone. */
  if (rename (job->app_dir, job->removed) != 0 && errno != ENOENT)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "Can't remove “%s”: %s",
                   job->app_dir, g_strerror (errno));
      return NULL;
    }
  mesh_update_fault_reach ("tree-removed");
  (void) !mesh_update_tree_delete (job->removed, error);
  return NULL;
}

static gpointer
switch_job (gpointer input, GCancellable *cancellable, GError **error)
{
  const SwitchJob *job = input;

  if (job->target == NULL)
    return remove_app (job, error);
  if (!mesh_update_tree_switch (job->app_dir, job->staged, job->target->dir, error))
    return NULL;
  return link_menu (job);
}

static void
next_step (GTask *task)
{
  Apply *apply = g_task_get_task_data (task);

  apply->step++;
  advance (task);
}

static void
failed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  MeshUpdateEngine *engine = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  GError *reason = g_object_steal_data (G_OBJECT (task), "shoal-reason");

  if (!mesh_update_engine_commit_finish (engine, result, &error))
    g_warning ("%s", error->message);
  g_task_return_error (task, reason);
}

/* Nothing is lost: `current` names the old version or the new one, and a retry starts
 * from what is there. A rollback or removal that failed leaves the app installed. */
static void
fail (GTask *task, GError *error)
{
  Apply *apply = g_task_get_task_data (task);
  MeshUpdateRecord *draft
      = mesh_update_engine_draft_state (apply->entry, MESH_UPDATE_STATE_FAILED);

  g_free (draft->error_name);
  draft->error_name = g_strdup (
      error->domain == MESH_ERROR ? mesh_error_get_nick (error->code) : "Failed");
  g_free (draft->error_message);
  draft->error_message = g_strdup (error->message);
  g_object_set_data (G_OBJECT (task), "shoal-reason", error);
  mesh_update_engine_commit_async (apply->engine, apply->entry, draft, NULL, failed_cb,
                                   g_object_ref (task));
}

static void
commit_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Apply *apply = g_task_get_task_data (task);
  GError *error = NULL;

  if (mesh_update_engine_commit_finish (apply->engine, result, &error))
    next_step (task);
  else
    g_task_return_error (task, error); /* the next start runs it again */
}

static void
begin_applying (GTask *task)
{
  Apply *apply = g_task_get_task_data (task);
  MeshUpdateRecord *draft
      = mesh_update_engine_draft_state (apply->entry, MESH_UPDATE_STATE_APPLYING);

  draft->kind = apply->kind;
  mesh_update_engine_commit_async (apply->engine, apply->entry, draft, NULL, commit_cb,
                                   g_object_ref (task));
}

static void
switched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Apply *apply = g_task_get_task_data (task);
  GError *error = NULL;

  apply->desktop_id = mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, &error);
  if (error != NULL)
    fail (task, error);
  else
    next_step (task);
}

static void
switch_trees (GTask *task)
{
  Apply *apply = g_task_get_task_data (task);
  SwitchJob *job = g_new0 (SwitchJob, 1);

  job->app_dir = g_strdup (apply->entry->dir);
  job->app_id = g_strdup (apply->entry->record->trust->app_id);
  job->desktop_dir = g_strdup (apply->engine->desktop_dir);
  job->staged = g_strdup (apply->staged);
  job->removed = g_strdup (apply->removed);
  job->target = mesh_update_record_release_copy (apply->target);
  mesh_work_pool_run_async (apply->engine->pool, MESH_WORK_PRIORITY_HIGH, switch_job, job,
                            free_switch_job, g_free, NULL, switched_cb,
                            g_object_ref (task));
}

/* Sharing is a side effect that the next start repeats: what fails is logged. */
static void
renamed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;

  if (!mesh_store_rename_references_finish (MESH_STORE (source), result, &error))
    g_warning ("Installed files are not known to the store: %s", error->message);
  next_step (task);
}

static void
shared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;

  if (!mesh_store_set_shared_finish (MESH_STORE (source), result, &error))
    g_message ("The app is not shared: %s", error->message);
  next_step (task);
}

static void
share (GTask *task)
{
  Apply *apply = g_task_get_task_data (task);
  g_autoptr (MeshCid) root = NULL;

  if (apply->target != NULL && apply->engine->is_sharing)
    root = mesh_cid_parse (apply->target->root, NULL);
  if (root == NULL)
    next_step (task);
  else
    mesh_store_set_shared_async (apply->engine->store, root, TRUE, NULL, shared_cb,
                                 g_object_ref (task));
}

static MeshUpdateRecord *
draft_applied (Apply *apply)
{
  MeshUpdateRecord *draft
      = mesh_update_engine_draft_state (apply->entry, MESH_UPDATE_STATE_APPLIED);

  switch (apply->kind)
    {
    case MESH_UPDATE_KIND_UPDATE:
      apply->dropped[0] = g_steal_pointer (&draft->previous);
      draft->previous = g_steal_pointer (&draft->current);
      draft->current = g_steal_pointer (&draft->next);
      /* A version that was rolled back from is taken again: it is where it was. */
      if (apply->dropped[0] != NULL
          && g_str_equal (apply->dropped[0]->dir, draft->current->dir))
        g_clear_pointer (&apply->dropped[0], mesh_update_record_release_free);
      draft->installed_s = mesh_update_engine_get_now_s ();
      break;
    case MESH_UPDATE_KIND_ROLLBACK:
      /* The version that was left is kept as `previous` and not offered again. */
      g_free (draft->skipped);
      draft->skipped = g_strdup (draft->current->version);
      mesh_update_record_release_free (g_steal_pointer (&draft->next));
      draft->next = g_steal_pointer (&draft->current);
      draft->current = g_steal_pointer (&draft->previous);
      draft->previous = g_steal_pointer (&draft->next);
      break;
    default:
      apply->dropped[0] = g_steal_pointer (&draft->current);
      apply->dropped[1] = g_steal_pointer (&draft->previous);
      mesh_update_record_release_free (g_steal_pointer (&draft->next));
      g_clear_pointer (&draft->skipped, g_free);
      draft->state = MESH_UPDATE_STATE_NONE;
      draft->installed_s = 0;
      break;
    }
  g_free (draft->desktop_id);
  draft->desktop_id = g_strdup (apply->desktop_id);
  draft->kind = MESH_UPDATE_KIND_UPDATE;
  return draft;
}

static void
dropped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);

  mesh_update_apply_drop_finish (MESH_UPDATE_ENGINE (source), result);
  next_step (task);
}

static void
drop (GTask *task, const MeshUpdateRelease *release)
{
  Apply *apply = g_task_get_task_data (task);
  g_autofree char *path = NULL;

  if (release == NULL)
    {
      next_step (task);
      return;
    }
  path = mesh_update_engine_dup_version_path (apply->entry, release);
  mesh_update_apply_drop_async (apply->engine, release->digest, release->root, path,
                                dropped_cb, g_object_ref (task));
}

static void
follow_references (GTask *task)
{
  Apply *apply = g_task_get_task_data (task);
  g_autofree char *path = NULL;

  if (apply->staged == NULL)
    {
      next_step (task);
      return;
    }
  path = mesh_update_engine_dup_version_path (apply->entry, apply->target);
  mesh_store_rename_references_async (apply->engine->store, apply->staged, path, NULL,
                                      renamed_cb, g_object_ref (task));
}

/* The only place that knows the order. */
static void
advance (GTask *task)
{
  Apply *apply = g_task_get_task_data (task);

  switch (apply->step)
    {
    case STEP_APPLYING:
      begin_applying (task);
      return;
    case STEP_SWITCH:
      switch_trees (task);
      return;
    case STEP_REFERENCES:
      follow_references (task);
      return;
    case STEP_SHARE:
      share (task);
      return;
    case STEP_APPLIED:
      mesh_update_engine_commit_async (apply->engine, apply->entry, draft_applied (apply),
                                       NULL, commit_cb, g_object_ref (task));
      return;
    case STEP_DROP_FIRST:
      drop (task, apply->dropped[0]);
      return;
    case STEP_DROP_SECOND:
      drop (task, apply->dropped[1]);
      return;
    case STEP_DONE:
      g_task_return_boolean (task, TRUE);
      return;
    default:
      g_assert_not_reached ();
    }
}

void
mesh_update_apply_async (MeshUpdateEngine *engine,
                         MeshUpdateEntry *entry,
                         MeshUpdateKind kind,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  const MeshUpdateRecord *record = entry->record;
  const char *app_id = record->trust->app_id;
  const MeshUpdateRelease *target = NULL;
  Apply *apply = g_new0 (Apply, 1);
  g_autofree char *removed_name = g_strconcat ("removed-", app_id, NULL);

  apply->engine = engine;
  apply->entry = entry;
  apply->kind = kind;
  if (record->state == MESH_UPDATE_STATE_APPLYING)
    {
      apply->kind = record->kind;
      apply->step = STEP_SWITCH;
    }
  if (apply->kind == MESH_UPDATE_KIND_UPDATE)
    target = record->next;
  else if (apply->kind == MESH_UPDATE_KIND_ROLLBACK)
    target = record->previous;
  apply->target = mesh_update_record_release_copy (target);
  apply->removed = g_build_filename (engine->data_dir, "staging", removed_name, NULL);
  if (apply->kind == MESH_UPDATE_KIND_UPDATE && target != NULL)
    apply->staged = mesh_update_engine_dup_staging_path (engine, app_id, target);
  g_task_set_source_tag (task, mesh_update_apply_async);
  g_task_set_task_data (task, apply, free_apply);
  if (target == NULL && apply->kind != MESH_UPDATE_KIND_REMOVE)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                               "There is no other version of %s to switch to", app_id);
      return;
    }
  advance (task);
}

gboolean
mesh_update_apply_finish (MeshUpdateEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
