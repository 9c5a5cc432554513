/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "registry/mesh-registry-index.h"

/* The rows of the index and the rules of keeping them. Everything here runs in the
 * writer's thread, within a transaction. */

typedef struct MeshRegistryRows MeshRegistryRows;

typedef struct
{
  gint64 id;                      /* 0: there is none */
  MeshAnnouncement *announcement; /* (owned) (nullable) */
  GBytes *data;                   /* (owned) (nullable): its bytes */
  char *via;                      /* (owned) (nullable) */
} MeshRegistryRow;

void mesh_registry_rows_clear_row (MeshRegistryRow *row);
void mesh_registry_rows_steal_row (MeshRegistryRow *to, MeshRegistryRow *from);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshRegistryRow, mesh_registry_rows_clear_row)

typedef struct
{
  gboolean is_trusted; /* the keys that signed lead from those trusted for the app */
  guint64 counter;     /* highest seen by who trusts them */
} MeshRegistryTrust;

MeshRegistryRows *
mesh_registry_rows_new (const MeshRegistryIndexLimits *limits) G_GNUC_WARN_UNUSED_RESULT;
MeshRegistryRows *mesh_registry_rows_ref (MeshRegistryRows *rows);
void mesh_registry_rows_unref (MeshRegistryRows *rows);

/* Counts what is there, once. */
gboolean mesh_registry_rows_load (MeshRegistryRows *rows,
                                  sqlite3 *db,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The transaction is undone: count again. */
void mesh_registry_rows_unload (MeshRegistryRows *rows);
guint64 mesh_registry_rows_get_n_listings (const MeshRegistryRows *rows);
gboolean
mesh_registry_rows_admit (MeshRegistryRows *rows, const char *fingerprint, gint64 now_us);

/**
 * mesh_registry_rows_of_app:
 *
 * Returns: (transfer full) (element-type MeshRegistryRow): who claims an app's channel
 */
GPtrArray *mesh_registry_rows_of_app (sqlite3 *db,
                                      const char *app_id,
                                      const char *channel,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_rows_has:
 * @is_here: (out): whether these very bytes are kept
 * @is_verified: (out): as the row says
 */
gboolean mesh_registry_rows_has (sqlite3 *db,
                                 const MeshAnnouncement *announcement,
                                 GBytes *data,
                                 gboolean *is_here,
                                 gboolean *is_verified,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_registry_rows_check_trust (sqlite3 *db,
                                         const MeshAnnouncement *announcement,
                                         MeshRegistryTrust *trust,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_registry_rows_set_trust (sqlite3 *db,
                                       const MeshTrustState *trust,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_rows_replace:
 * @known: what the announcement takes the place of, if it has an id
 * @is_kept: (out): %FALSE: there is no room for it
 */
gboolean mesh_registry_rows_replace (MeshRegistryRows *rows,
                                     sqlite3 *db,
                                     const MeshRegistryRow *known,
                                     const MeshAnnouncement *announcement,
                                     GBytes *data,
                                     const char *via,
                                     gboolean is_verified,
                                     gint64 now_s,
                                     gboolean *is_kept,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mesh_registry_rows_expire (MeshRegistryRows *rows,
                                    sqlite3 *db,
                                    gint64 now_s,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
