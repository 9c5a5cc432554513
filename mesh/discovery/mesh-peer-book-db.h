/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "discovery/mesh-peer-table.h"

/* The peer book on disk: one SQLite connection. Every call blocks on the disk and belongs
 * into a job of the worker pool, one at a time. */
typedef struct MeshPeerBookDb MeshPeerBookDb;

/**
 * mesh_peer_book_db_open:
 * @path: (type filename): made if missing. A damaged one is renamed to "PATH.damaged" and
 *   a new one begun.
 * @error: %MESH_ERROR_IO, %MESH_ERROR_NO_SPACE, %MESH_ERROR_UNSUPPORTED when made by a
 *   newer version
 */
MeshPeerBookDb *
mesh_peer_book_db_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_peer_book_db_free (MeshPeerBookDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshPeerBookDb, mesh_peer_book_db_free)

/**
 * mesh_peer_book_db_load:
 * @table: empty; at most %MESH_PEER_TABLE_MAX peers are loaded, last heard of first. Rows
 *   that are not well-formed are left out.
 */
gboolean mesh_peer_book_db_load (MeshPeerBookDb *db,
                                 MeshPeerTable *table,
                                 gint64 now_us,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_book_db_write:
 * @rows: (element-type MeshPeerRow): all in one transaction
 */
gboolean mesh_peer_book_db_write (MeshPeerBookDb *db,
                                  GPtrArray *rows,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
