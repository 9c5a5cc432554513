/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "registry/mesh-registry-db-private.h"
#include "catalog/mesh-semver-range.h"
#include "catalog/mesh-split-view.h"

/* What the registry keeps besides listings: signed manifests of releases that this node
 * has, evidence of split views, this node's own announcements, and how far neighbours'
 * news were read. */

#define MESH_REGISTRY_LEDGER_MAX_RELEASES 8 /* of one app and channel; the oldest go */
#define MESH_REGISTRY_LEDGER_MAX_RELEASE_BYTES (256u << 20) /* of all envelopes */
#define MESH_REGISTRY_LEDGER_MAX_SPLIT_VIEWS 64
#define MESH_REGISTRY_LEDGER_MAX_PROOF_BYTES (32u << 20) /* of all split views */
#define MESH_REGISTRY_LEDGER_MAX_CURSORS 256
#define MESH_REGISTRY_LEDGER_MAX_PUBLICATIONS 1024

/* A release. */
typedef struct
{
  const char *digest;
  const char *app_id;
  const char *channel;
  const char *version;
  guint64 counter;
  gint64 expires_s;
} MeshRegistryRelease;

/**
 * mesh_registry_ledger_keep_release:
 * @envelope: its signed manifest, verified
 */
void mesh_registry_ledger_keep_release (MeshRegistryDb *db,
                                        const MeshRegistryRelease *release,
                                        GBytes *envelope);
void mesh_registry_ledger_forget_releases (MeshRegistryDb *db, const char *app_id);

/**
 * mesh_registry_ledger_find_release_async:
 * @range: (nullable): a range; one that can't be read matches nothing
 *
 * Finishes with the envelope of the highest counter that has not expired and whose
 * version is in @range, %MESH_ERROR_NOT_FOUND when there is none.
 */
void mesh_registry_ledger_find_release_async (MeshRegistryDb *db,
                                              const char *app_id,
                                              const char *channel,
                                              const char *range,
                                              gint64 now_s,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
GBytes *
mesh_registry_ledger_find_release_finish (GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Split views. */

/**
 * mesh_registry_ledger_insert_split_view:
 * @is_new: (out): %FALSE: it is known, also when it was dismissed
 *
 * A job's part. Sets the view's id.
 */
gboolean
mesh_registry_ledger_insert_split_view (sqlite3 *db,
                                        MeshSplitView *view,
                                        const char *a_version,
                                        const char *b_version,
                                        gboolean *is_new,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_ledger_note_split_view_async:
 * @view: kept
 *
 * Finishes with whether it is new.
 */
void mesh_registry_ledger_note_split_view_async (MeshRegistryDb *db,
                                                 MeshSplitView *view,
                                                 const char *a_version,
                                                 const char *b_version,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
gboolean
mesh_registry_ledger_note_split_view_finish (GAsyncResult *result, GError **error);

/* Finishes with (element-type MeshSplitView): those not dismissed, newest first. */
void mesh_registry_ledger_load_split_views_async (MeshRegistryDb *db,
                                                  GAsyncReadyCallback callback,
                                                  gpointer user_data);
GPtrArray *
mesh_registry_ledger_load_split_views_finish (GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_registry_ledger_dismiss_split_view (MeshRegistryDb *db, gint64 id);

/* Own announcements. */

typedef struct
{
  char *app_id;  /* (owned) */
  char *channel; /* (owned) */
  char *keys;    /* (owned): "" */
  GBytes *data;  /* (owned): the announcement */

  /* Not kept. */
  const char *topic; /* (unowned) (nullable): static; %NULL: it does not parse any more */
  gint64 expires_s;
  guint n_told; /* subscribers it was sent to since the start */
} MeshRegistryPublication;

void mesh_registry_ledger_free_publication (MeshRegistryPublication *publication);
void mesh_registry_ledger_keep_publication (MeshRegistryDb *db,
                                            const char *app_id,
                                            const char *channel,
                                            const char *keys,
                                            GBytes *data);

/* Finishes with (element-type MeshRegistryPublication). */
void mesh_registry_ledger_load_publications_async (MeshRegistryDb *db,
                                                   GAsyncReadyCallback callback,
                                                   gpointer user_data);
GPtrArray *
mesh_registry_ledger_load_publications_finish (GAsyncResult *result,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Cursors. */
void mesh_registry_ledger_set_cursor (MeshRegistryDb *db,
                                      const char *peer_id,
                                      GBytes *cursor,
                                      gint64 now_s);

/* Finishes with the cursor, empty when there is none. */
void mesh_registry_ledger_get_cursor_async (MeshRegistryDb *db,
                                            const char *peer_id,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
GBytes *mesh_registry_ledger_get_cursor_finish (GAsyncResult *result,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
