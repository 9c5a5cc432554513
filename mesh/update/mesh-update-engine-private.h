/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "update/mesh-app-private.h"
#include "update/mesh-update-engine.h"
#include "update/mesh-update-journal.h"
#include "update/mesh-update-schedule.h"

/* What the operations (stage, apply, detect, publish) share with the engine. All of it
 * belongs to the engine's main context. */

typedef struct
{
  MeshUpdateRecord *record; /* (owned): as it is in the journal */
  MeshApp *app;             /* (owned): as others see it */
  char *dir;                /* (owned): apps/ID */
  GCancellable *running;    /* (owned) (nullable): of the operation in progress */
  GSource *watch;           /* (owned) (nullable): the caller's own cancellable */
  char *tracked;            /* (owned) (nullable): digest of what the registry serves */
  GQueue waiting;    /* (owned) (element-type GTask): commands whose turn will come */
  gboolean is_brief; /* what is in progress only looks for a release */
  gboolean is_listed;
} MeshUpdateEntry;

struct _MeshUpdateEngine
{
  GObject parent;

  char *data_dir;                 /* (owned) */
  char *desktop_dir;              /* (owned) (nullable) */
  MeshStore *store;               /* (owned) */
  MeshWorkPool *pool;             /* (owned) */
  MeshUpdateNewSource new_source; /* (nullable) */
  gpointer new_source_data;       /* (unowned) */
  MeshBlockSource *source;        /* (owned) (nullable) */
  MeshMasterClient *master;       /* (owned) (nullable) */
  MeshHost *host;                 /* (owned) (nullable) */
  MeshRegistry *registry;         /* (owned): from the first step of opening */
  MeshUpdateJournal *journal;     /* (owned) */
  GHashTable *entries;            /* (owned) (element-type utf8 MeshUpdateEntry) */
  GListStore *apps;               /* (owned) (element-type MeshApp) */
  GCancellable *stopping;         /* (owned) */
  GTask *stop_task;               /* (owned) (nullable): waits for n_running */
  MeshRng rng;
  MeshUpdateSchedule schedule;
  guint timer_id;  /* 0: none */
  guint n_running; /* operations in progress */
  gboolean is_auto_staging;
  gboolean is_sharing;
  gboolean owns_registry;
};

/**
 * mesh_update_engine_find_entry:
 *
 * Returns: (nullable) (transfer none): what is known of @app_id
 */
MeshUpdateEntry *
mesh_update_engine_find_entry (MeshUpdateEngine *engine, const char *app_id);

/**
 * mesh_update_engine_ensure_entry:
 *
 * Returns: (nullable) (transfer none): the entry of @app_id, made if need be; %NULL with
 *   %MESH_ERROR_LIMIT
 */
MeshUpdateEntry *mesh_update_engine_ensure_entry (MeshUpdateEngine *engine,
                                                  const char *app_id,
                                                  const char *channel,
                                                  GError **error);

/**
 * mesh_update_engine_begin:
 * @cancellable: (nullable): the caller's; cancels the operation too
 *
 * One operation for an app at a time. Ends with mesh_update_engine_end().
 *
 * Returns: %FALSE with %MESH_ERROR_BUSY or %MESH_ERROR_CLOSED
 */
gboolean mesh_update_engine_begin (MeshUpdateEngine *engine,
                                   MeshUpdateEntry *entry,
                                   GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_update_engine_end (MeshUpdateEngine *engine, MeshUpdateEntry *entry);

/**
 * mesh_update_engine_commit_async:
 * @draft: (transfer full): what the entry's record is to be
 * @envelope: (nullable): of a release that is new in @draft
 *
 * Writes the journal; once that is done the entry and its #MeshApp change.
 */
void mesh_update_engine_commit_async (MeshUpdateEngine *engine,
                                      MeshUpdateEntry *entry,
                                      MeshUpdateRecord *draft,
                                      GBytes *envelope,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean mesh_update_engine_commit_finish (MeshUpdateEngine *engine,
                                           GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_engine_draft_state:
 *
 * Returns: (transfer full): the entry's record in another state, without an error
 */
MeshUpdateRecord *
mesh_update_engine_draft_state (const MeshUpdateEntry *entry,
                                MeshUpdateState state) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_engine_set_record:
 * @record: (transfer full)
 *
 * Changes what is shown without the journal, for when that can't be written.
 */
void mesh_update_engine_set_record (MeshUpdateEngine *engine,
                                    MeshUpdateEntry *entry,
                                    MeshUpdateRecord *record);

/**
 * mesh_update_engine_load_manifest_async:
 * @digest: names a release in the journal
 *
 * Finishes with a #MeshSignedManifest.
 */
void mesh_update_engine_load_manifest_async (MeshUpdateEngine *engine,
                                             const char *digest,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
MeshSignedManifest *
mesh_update_engine_load_manifest_finish (MeshUpdateEngine *engine,
                                         GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): staging/ID-DIR and apps/ID/versions/DIR of a release */
char *mesh_update_engine_dup_staging_path (MeshUpdateEngine *engine,
                                           const char *app_id,
                                           const MeshUpdateRelease *release);
char *mesh_update_engine_dup_version_path (const MeshUpdateEntry *entry,
                                           const MeshUpdateRelease *release);

/**
 * mesh_update_engine_get_now_s:
 *
 * Returns: Unix time
 */
gint64 mesh_update_engine_get_now_s (void);
