/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "node/mesh.h"

#include "master/shoald-master-query.h"

/* master.db: the newest release of each app and channel, the keys each app is bound to,
 * and an index for searching. SQLite in WAL mode with two connections, so that readers do
 * not wait for a publication.
 *
 * Every function blocks and may be called from any thread: they are jobs for the worker
 * pool. */

#define SHOALD_MASTER_DB_MAX_APPS 100000
#define SHOALD_MASTER_DB_MAX_CHANNELS 16 /* of one app */

typedef struct ShoaldMasterDb ShoaldMasterDb;

typedef struct
{
  char *app_id;  /* (owned) */
  char *channel; /* (owned) */
  char *version; /* (owned) */
  char *etag;    /* (owned): with its quotes */
  guint64 counter;
  gboolean is_new; /* %FALSE: this very release was there already */
} ShoaldMasterDbPublished;

void shoald_master_db_published_free (ShoaldMasterDbPublished *published);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterDbPublished, shoald_master_db_published_free)

/**
 * shoald_master_db_open:
 * @path: made if missing, mode 0600
 *
 * Brings the schema up to date. Fails with %MESH_ERROR_UNSUPPORTED (newer schema),
 * %MESH_ERROR_CORRUPT, %MESH_ERROR_NO_SPACE or %MESH_ERROR_IO.
 */
ShoaldMasterDb *
shoald_master_db_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ShoaldMasterDb *shoald_master_db_ref (ShoaldMasterDb *db);

/* The last reference closes both connections. */
void shoald_master_db_unref (ShoaldMasterDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterDb, shoald_master_db_unref)

/**
 * shoald_master_db_publish:
 * @envelope: bytes from anyone
 * @now_s: Unix time
 *
 * Verifies the release against the keys and counter stored for its app (the first one
 * binds the app to its keys; a rotation needs the old keys' consent) and, when it is
 * newer, stores it. Done means it is on the disk. Fails as mesh_trust_verify_release(),
 * and with %MESH_ERROR_LIMIT when there are too many apps.
 */
ShoaldMasterDbPublished *
shoald_master_db_publish (ShoaldMasterDb *db,
                          GBytes *envelope,
                          gint64 now_s,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_db_latest:
 * @if_none_match: (nullable): the header's value
 * @etag: (out) (transfer full): with its quotes
 *
 * Returns: (transfer full): the envelope; empty bytes when @if_none_match names it; %NULL
 *   with %MESH_ERROR_NOT_FOUND
 */
GBytes *shoald_master_db_latest (ShoaldMasterDb *db,
                                 const char *app_id,
                                 const char *channel,
                                 const char *if_none_match,
                                 char **etag,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_db_in_range:
 * @now_s: Unix time
 *
 * Returns: (transfer full): the newest release whose version is in @range; %NULL with
 *   %MESH_ERROR_NOT_FOUND
 */
GBytes *shoald_master_db_in_range (ShoaldMasterDb *db,
                                   const char *app_id,
                                   const char *channel,
                                   const MeshSemverRange *range,
                                   gint64 now_s,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_db_versions:
 *
 * Returns: (transfer full): as shoald_master_archive_list()
 */
char *shoald_master_db_versions (ShoaldMasterDb *db,
                                 const char *app_id,
                                 const char *channel,
                                 gint64 now_s,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_db_search:
 *
 * Returns: (transfer full): the JSON of the answer
 */
char *shoald_master_db_search (ShoaldMasterDb *db,
                               const ShoaldMasterQuery *query,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_db_count:
 * @n_apps: (out)
 * @n_releases: (out)
 */
gboolean shoald_master_db_count (ShoaldMasterDb *db,
                                 guint64 *n_apps,
                                 guint64 *n_releases,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
