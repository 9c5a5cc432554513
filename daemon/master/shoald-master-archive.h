/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <sqlite3.h>

#include "node/mesh.h"

/* The part of master.db that keeps releases before the newest, so that a range of
 * versions can be met by an older one. Every function is a part of a job that holds the
 * lock of the connection. */

#define SHOALD_MASTER_ARCHIVE_MAX_RELEASES 8 /* of one app and channel */

/**
 * shoald_master_archive_add:
 * @manifest: of the newest release, verified
 * @envelope: the whole of it
 *
 * Keeps it, and forgets: what is beyond the bound, what is the same version signed
 * before, and what was signed under keys that were replaced, which nobody would install.
 */
gboolean shoald_master_archive_add (sqlite3 *sql,
                                    const MeshManifest *manifest,
                                    GBytes *envelope,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_archive_find:
 *
 * Returns: (transfer full): the release of the highest counter that has not expired and
 *   whose version is in @range; %NULL with %MESH_ERROR_NOT_FOUND
 */
GBytes *shoald_master_archive_find (sqlite3 *sql,
                                    const char *app_id,
                                    const char *channel,
                                    const MeshSemverRange *range,
                                    gint64 now_s,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_archive_list:
 *
 * Returns: (transfer full): {"versions": [{"version", "counter", "expires"}...]}, newest
 *   first
 */
char *shoald_master_archive_list (sqlite3 *sql,
                                  const char *app_id,
                                  const char *channel,
                                  gint64 now_s,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
