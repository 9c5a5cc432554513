/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-update-command-private.h"

#include "base/mesh-error.h"
#include "trust/mesh-semver.h"
#include "update/mesh-update-announce-private.h"
#include "update/mesh-update-apply.h"
#include "update/mesh-update-stage.h"

typedef enum
{
  STEP_DETECT,
  STEP_NOTE,
  STEP_STAGE,
  STEP_APPLY,
  STEP_CHANGE,
  STEP_DONE,
} Step;

typedef struct
{
  MeshUpdateEngine *engine; /* (unowned): the task's source */
  MeshUpdateEntry *entry;   /* (unowned): kept by the engine */
  MeshUpdateCommandKind kind;
  Step step;
  GCancellable *cancellable; /* (owned) (nullable): the caller's */
  char *pin;                 /* (owned) (nullable) */
  GBytes *envelope;          /* (owned) (nullable) */
  MeshSemverRange *range;    /* (owned) (nullable) */
  MeshRegistryFound *found;  /* (owned) (nullable) */
  char *version;             /* (owned) (nullable): to skip */
} Command;

static void advance (GTask *task);
static void take_turns (MeshUpdateEngine *engine, MeshUpdateEntry *entry);

static void
free_command (gpointer data)
{
  Command *command = data;

  g_clear_object (&command->cancellable);
  g_free (command->pin);
  g_clear_pointer (&command->envelope, g_bytes_unref);
  g_clear_pointer (&command->range, mesh_semver_range_free);
  mesh_registry_found_free (command->found);
  g_free (command->version);
  g_free (command);
}

static void
finish (GTask *task, GError *error)
{
  Command *command = g_task_get_task_data (task);
  MeshUpdateEntry *entry = command->entry;
  gboolean is_awaited = !g_queue_is_empty (&entry->waiting);

  /* Without anybody waiting it may be gone afterwards. */
  mesh_update_engine_end (command->engine, entry);
  if (is_awaited)
    take_turns (command->engine, entry);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
go_to (GTask *task, Step step)
{
  Command *command = g_task_get_task_data (task);

  command->step = step;
  advance (task);
}

static void
detected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Command *command = g_task_get_task_data (task);
  GError *error = NULL;

  command->found = mesh_registry_resolve_finish (MESH_REGISTRY (source), result, &error);
  if (command->found == NULL)
    finish (task, error);
  else
    go_to (task, STEP_NOTE);
}

/* What the person was given counts, also over what was seen once. */
MeshTrustState *
mesh_update_command_dup_trust (const MeshTrustState *believed, const char *pin)
{
  MeshTrustState *trust = mesh_trust_state_copy (believed);

  if (pin == NULL)
    return trust;
  g_free (trust->pin);
  trust->pin = g_strdup (pin);
  if (trust->keys != NULL
      && !g_str_equal (mesh_key_file_get_fingerprint (trust->keys), pin))
    g_clear_pointer (&trust->keys, mesh_key_file_unref);
  return trust;
}

static void
detect (GTask *task)
{
  Command *command = g_task_get_task_data (task);
  MeshUpdateEngine *engine = command->engine;
  g_autoptr (MeshTrustState) trust
      = mesh_update_command_dup_trust (command->entry->record->trust, command->pin);

  if (command->envelope != NULL)
    mesh_registry_verify_async (engine->registry, trust, command->envelope, "file",
                                command->entry->running, detected_cb,
                                g_object_ref (task));
  else
    mesh_registry_resolve_async (
        engine->registry, trust, command->range, command->entry->record->current == NULL,
        command->entry->running, detected_cb, g_object_ref (task));
}

static gboolean
is_update (const MeshUpdateRecord *record, const MeshManifest *manifest)
{
  if (g_strcmp0 (manifest->version, record->skipped) == 0)
    return FALSE;
  return record->current == NULL
         || (manifest->counter > record->current->counter
             && mesh_semver_compare_text (manifest->version, record->current->version)
                    > 0);
}

/* An older release that was asked for by its range teaches the keys, and leaves what is
 * known of newer ones. */
static void
advance_trust (MeshTrustState *trust, const MeshSignedManifest *release)
{
  GPtrArray *chain = mesh_signed_manifest_get_chain (release);

  if (mesh_signed_manifest_get_manifest (release)->counter >= trust->counter)
    {
      mesh_trust_state_advance (trust, release);
      return;
    }
  g_clear_pointer (&trust->keys, mesh_key_file_unref);
  trust->keys = mesh_key_file_ref (chain->pdata[chain->len - 1]);
}

/* What a check found goes into the record: what was learned about the keys in any case,
 * the release if it is an update. */
static MeshUpdateRecord *
draft_found (const Command *command)
{
  MeshUpdateRecord *draft = mesh_update_record_copy (command->entry->record);
  const MeshRegistryFound *found = command->found;
  const MeshManifest *manifest = mesh_signed_manifest_get_manifest (found->release);
  const char *digest = mesh_signed_manifest_get_digest (found->release);

  if (command->pin != NULL)
    {
      g_free (draft->trust->pin);
      draft->trust->pin = g_strdup (command->pin);
    }
  advance_trust (draft->trust, found->release);
  draft->checked_s = mesh_update_engine_get_now_s ();
  if (!is_update (draft, manifest))
    return draft;
  if (draft->next != NULL && g_str_equal (draft->next->digest, digest)
      && draft->state != MESH_UPDATE_STATE_FAILED)
    return draft;
  mesh_update_record_release_free (draft->next);
  draft->next = mesh_update_record_release_new (found->release);
  draft->state = MESH_UPDATE_STATE_AVAILABLE;
  g_free (draft->source);
  draft->source = g_strdup (found->source);
  g_clear_pointer (&draft->error_name, g_free);
  g_clear_pointer (&draft->error_message, g_free);
  draft->fetch_bytes = 0;
  draft->saved_bytes = 0;
  draft->n_fetch_chunks = 0;
  draft->n_saved_chunks = 0;
  return draft;
}

static gboolean
wants_staging (const Command *command)
{
  const MeshUpdateRecord *record = command->entry->record;

  if (record->state != MESH_UPDATE_STATE_AVAILABLE)
    return FALSE;
  if (command->kind == MESH_UPDATE_COMMAND_POLL)
    return command->engine->is_auto_staging && !record->is_held;
  return command->kind == MESH_UPDATE_COMMAND_INSTALL
         || command->kind == MESH_UPDATE_COMMAND_INSTALL_STAGED;
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Command *command = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_update_engine_commit_finish (command->engine, result, &error))
    {
      finish (task, error);
      return;
    }
  mesh_update_announce_renewed (command->engine, command->entry, command->found);
  if (command->kind == MESH_UPDATE_COMMAND_INSTALL
      && command->entry->record->state == MESH_UPDATE_STATE_STAGED)
    go_to (task, STEP_APPLY);
  else
    go_to (task, wants_staging (command) ? STEP_STAGE : STEP_DONE);
}

static void
note (GTask *task)
{
  Command *command = g_task_get_task_data (task);
  MeshUpdateRecord *draft = draft_found (command);
  gboolean is_new
      = draft->next != NULL
        && g_str_equal (draft->next->digest,
                        mesh_signed_manifest_get_digest (command->found->release));

  mesh_update_engine_commit_async (command->engine, command->entry, draft,
                                   is_new ? command->found->envelope : NULL, noted_cb,
                                   g_object_ref (task));
}

static void
staged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Command *command = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_update_stage_finish (command->engine, result, &error))
    finish (task, error);
  else
    go_to (task, command->kind == MESH_UPDATE_COMMAND_INSTALL ? STEP_APPLY : STEP_DONE);
}

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  if (!mesh_update_apply_finish (MESH_UPDATE_ENGINE (source), result, &error))
    finish (task, error);
  else
    go_to (task, STEP_DONE);
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Command *command = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_update_engine_commit_finish (command->engine, result, &error))
    finish (task, error);
  else
    go_to (task, STEP_DONE);
}

/* A release that is there and is to be skipped is dropped. */
static void
skip (MeshUpdateRecord *record, const char *version)
{
  g_free (record->skipped);
  record->skipped = g_strdup (version);
  if (record->next == NULL || record->current == NULL
      || g_strcmp0 (version, record->next->version) != 0
      || mesh_update_state_is_busy (record->state))
    return;
  mesh_update_record_release_free (g_steal_pointer (&record->next));
  record->state = MESH_UPDATE_STATE_NONE;
}

static void
change (GTask *task)
{
  Command *command = g_task_get_task_data (task);
  MeshUpdateRecord *draft = mesh_update_record_copy (command->entry->record);

  if (command->kind == MESH_UPDATE_COMMAND_SKIP)
    skip (draft, command->version);
  else
    draft->is_held = command->kind == MESH_UPDATE_COMMAND_HOLD;
  mesh_update_engine_commit_async (command->engine, command->entry, draft, NULL,
                                   changed_cb, g_object_ref (task));
}

/* The only place that knows the order. */
static void
advance (GTask *task)
{
  Command *command = g_task_get_task_data (task);
  MeshUpdateKind kind = MESH_UPDATE_KIND_UPDATE;

  if (command->kind == MESH_UPDATE_COMMAND_ROLLBACK)
    kind = MESH_UPDATE_KIND_ROLLBACK;
  else if (command->kind == MESH_UPDATE_COMMAND_REMOVE)
    kind = MESH_UPDATE_KIND_REMOVE;
  switch (command->step)
    {
    case STEP_DETECT:
      detect (task);
      return;
    case STEP_NOTE:
      note (task);
      return;
    case STEP_STAGE:
      command->entry->is_brief = FALSE;
      mesh_update_stage_async (command->engine, command->entry, staged_cb,
                               g_object_ref (task));
      return;
    case STEP_APPLY:
      mesh_update_apply_async (command->engine, command->entry, kind, applied_cb,
                               g_object_ref (task));
      return;
    case STEP_CHANGE:
      change (task);
      return;
    case STEP_DONE:
      finish (task, NULL);
      return;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
wrong_state (const MeshUpdateRecord *record, const char *what, GError **error)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_WRONG_STATE,
               "%s can't be %s now: its update is %s", record->trust->app_id, what,
               mesh_update_state_get_nick (record->state));
  return FALSE;
}

static gboolean
check_legal (const MeshUpdateRecord *record, MeshUpdateCommandKind kind, GError **error)
{
  const char *app_id = record->trust->app_id;

  switch (kind)
    {
    case MESH_UPDATE_COMMAND_INSTALL:
    case MESH_UPDATE_COMMAND_INSTALL_STAGED:
      if (record->current == NULL)
        return TRUE;
      g_set_error (error, MESH_ERROR, MESH_ERROR_EXISTS,
                   "%s is installed already; update it instead", app_id);
      return FALSE;
    case MESH_UPDATE_COMMAND_STAGE:
      return (record->next != NULL
              && (record->state == MESH_UPDATE_STATE_AVAILABLE
                  || record->state == MESH_UPDATE_STATE_FAILED))
             || wrong_state (record, "fetched", error);
    case MESH_UPDATE_COMMAND_APPLY:
      return record->state == MESH_UPDATE_STATE_STAGED
             || record->state == MESH_UPDATE_STATE_APPLYING
             || wrong_state (record, "applied", error);
    case MESH_UPDATE_COMMAND_ROLLBACK:
      if (record->previous != NULL)
        return TRUE;
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND,
                   "No other version of %s is kept to go back to", app_id);
      return FALSE;
    case MESH_UPDATE_COMMAND_REMOVE:
      if (record->current != NULL || record->next != NULL)
        return TRUE;
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "%s is not installed",
                   app_id);
      return FALSE;
    default:
      return TRUE;
    }
}

static Step
first_step (MeshUpdateCommandKind kind)
{
  switch (kind)
    {
    case MESH_UPDATE_COMMAND_STAGE:
      return STEP_STAGE;
    case MESH_UPDATE_COMMAND_APPLY:
    case MESH_UPDATE_COMMAND_ROLLBACK:
    case MESH_UPDATE_COMMAND_REMOVE:
      return STEP_APPLY;
    case MESH_UPDATE_COMMAND_HOLD:
    case MESH_UPDATE_COMMAND_LET_GO:
    case MESH_UPDATE_COMMAND_SKIP:
      return STEP_CHANGE;
    default:
      return STEP_DETECT;
    }
}

/* Takes the place of what is in progress, or fails. */
static void
begin (GTask *task)
{
  Command *command = g_task_get_task_data (task);
  MeshUpdateEntry *entry = command->entry;
  GError *error = NULL;

  if (entry->running == NULL && !check_legal (entry->record, command->kind, &error))
    g_task_return_error (task, error);
  else if (!mesh_update_engine_begin (command->engine, entry, command->cancellable,
                                      &error))
    g_task_return_error (task, error);
  else
    {
      entry->is_brief = command->kind == MESH_UPDATE_COMMAND_CHECK
                        || command->kind == MESH_UPDATE_COMMAND_POLL;
      advance (task);
    }
}

/* One that fails at once leaves its turn to the next. */
static void
take_turns (MeshUpdateEngine *engine, MeshUpdateEntry *entry)
{
  while (entry->running == NULL && !g_queue_is_empty (&entry->waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&entry->waiting);

      begin (task);
    }
}

static gboolean
may_wait (const MeshUpdateEntry *entry, MeshUpdateCommandKind kind)
{
  return entry->running != NULL && (entry->is_brief || kind == MESH_UPDATE_COMMAND_POLL)
         && entry->waiting.length < MESH_UPDATE_COMMAND_MAX_WAITING;
}

static GTask *
new_command (MeshUpdateEngine *engine,
             MeshUpdateEntry *entry,
             MeshUpdateCommandKind kind,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  GTask *task = g_task_new (engine, NULL, callback, user_data);
  Command *command = g_new0 (Command, 1);

  command->engine = engine;
  command->entry = entry;
  command->kind = kind;
  g_set_object (&command->cancellable, cancellable);
  command->step = first_step (kind);
  g_task_set_source_tag (task, mesh_update_command_run_async);
  g_task_set_task_data (task, command, free_command);
  return task;
}

/* @task: (transfer full) */
static void
queue (GTask *task)
{
  g_autoptr (GTask) owned = task;
  const Command *command = g_task_get_task_data (task);

  if (may_wait (command->entry, command->kind))
    g_queue_push_tail (&command->entry->waiting, g_steal_pointer (&owned));
  else
    begin (task);
}

void
mesh_update_command_run_async (MeshUpdateEngine *engine,
                               MeshUpdateEntry *entry,
                               MeshUpdateCommandKind kind,
                               const char *pin,
                               const MeshSemverRange *range,
                               GBytes *envelope,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = new_command (engine, entry, kind, cancellable, callback, user_data);
  Command *command = g_task_get_task_data (task);

  command->pin = g_strdup (pin);
  if (range != NULL)
    command->range = mesh_semver_range_parse (mesh_semver_range_get_text (range), NULL);
  command->envelope = envelope != NULL ? g_bytes_ref (envelope) : NULL;
  queue (task);
}

gboolean
mesh_update_command_run_finish (MeshUpdateEngine *engine,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static GError *
not_installed (const char *app_id)
{
  return g_error_new (MESH_ERROR, MESH_ERROR_NOT_FOUND, "%s is not among the apps here",
                      app_id);
}

void
mesh_update_command_named_async (MeshUpdateEngine *engine,
                                 const char *app_id,
                                 MeshUpdateCommandKind kind,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, app_id);

  if (entry == NULL || !entry->is_listed)
    g_task_report_error (engine, callback, user_data, mesh_update_command_named_async,
                         not_installed (app_id));
  else
    mesh_update_command_run_async (engine, entry, kind, NULL, NULL, NULL, cancellable,
                                   callback, user_data);
}

void
mesh_update_command_set_async (MeshUpdateEngine *engine,
                               const char *app_id,
                               MeshUpdateCommandKind kind,
                               const char *version,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  MeshUpdateEntry *entry = mesh_update_engine_find_entry (engine, app_id);
  GTask *task;

  if (entry == NULL || !entry->is_listed)
    {
      g_task_report_error (engine, callback, user_data, mesh_update_command_set_async,
                           not_installed (app_id));
      return;
    }
  task = new_command (engine, entry, kind, cancellable, callback, user_data);
  ((Command *) g_task_get_task_data (task))->version = g_strdup (version);
  queue (task);
}

/* All installed apps. */

typedef struct
{
  guint n_pending; /* 1 more while starting */
  guint n_good;
  gssize n_updates;
  GError *error; /* (owned) (nullable): the first */
} All;

static void
free_all (gpointer data)
{
  All *all = data;

  g_clear_error (&all->error);
  g_free (all);
}

static void
end_one (GTask *task)
{
  All *all = g_task_get_task_data (task);

  if (--all->n_pending > 0)
    return;
  if (all->n_good == 0 && all->error != NULL)
    g_task_return_error (task, g_steal_pointer (&all->error));
  else
    g_task_return_int (task, all->n_updates);
}

static gboolean
has_update (const MeshUpdateRecord *record)
{
  return record->next != NULL
         && (record->state == MESH_UPDATE_STATE_AVAILABLE
             || record->state == MESH_UPDATE_STATE_STAGED
             || record->state == MESH_UPDATE_STATE_FAILED);
}

typedef struct
{
  GTask *task;            /* (owned) */
  MeshUpdateEntry *entry; /* (unowned): kept by the engine */
} One;

static void
one_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree One *one = g_steal_pointer (&user_data);
  g_autoptr (GTask) task = one->task;
  All *all = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (mesh_update_command_run_finish (MESH_UPDATE_ENGINE (source), result, &error))
    all->n_good++;
  else if (all->error == NULL)
    all->error = g_steal_pointer (&error);
  if (has_update (one->entry->record))
    all->n_updates++;
  end_one (task);
}

void
mesh_update_command_all_async (MeshUpdateEngine *engine,
                               MeshUpdateCommandKind kind,
                               const char *app_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  All *all = g_new0 (All, 1);
  guint n_apps = g_list_model_get_n_items (G_LIST_MODEL (engine->apps));

  all->n_pending = 1;
  if (app_id != NULL && mesh_update_engine_lookup (engine, app_id) == NULL)
    all->error = not_installed (app_id);
  g_task_set_source_tag (task, mesh_update_command_all_async);
  g_task_set_task_data (task, all, free_all);
  for (guint i = 0; i < n_apps; i++)
    {
      g_autoptr (MeshApp) app = g_list_model_get_item (G_LIST_MODEL (engine->apps), i);
      MeshUpdateEntry *entry
          = mesh_update_engine_find_entry (engine, mesh_app_get_id (app));
      One *one;

      if (app_id != NULL && !g_str_equal (app_id, mesh_app_get_id (app)))
        continue;
      if (entry == NULL || (app_id == NULL && entry->record->current == NULL))
        continue;
      one = g_new (One, 1);
      one->task = g_object_ref (task);
      one->entry = entry;
      all->n_pending++;
      mesh_update_command_run_async (engine, entry, kind, NULL, NULL, NULL, cancellable,
                                     one_cb, one);
    }
  end_one (task);
}

gssize
mesh_update_command_all_finish (MeshUpdateEngine *engine,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), -1);
  return g_task_propagate_int (G_TASK (result), error);
}
