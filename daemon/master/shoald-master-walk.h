/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "node/mesh.h"

#include "master/shoald-master-request.h"

/* The blocks of a CAR answer in order, one at a time: those that lead along the path,
 * then what the scope asks for, depth first, parents before children. Memory: the open
 * levels of the DAG and, without duplicates, the CIDs that were given.
 *
 * Lives in one main context; one call at a time. */

#define SHOALD_MASTER_WALK_MAX_DEPTH 128
#define SHOALD_MASTER_WALK_MAX_PENDING 262144 /* links waiting: 20 MB or so */
#define SHOALD_MASTER_WALK_MAX_SEEN 262144 /* blocks of one answer without duplicates */

typedef struct ShoaldMasterWalk ShoaldMasterWalk;

/**
 * shoald_master_walk_new:
 * @source: where blocks come from
 * @request: a CAR request; copied as far as needed
 */
ShoaldMasterWalk *
shoald_master_walk_new (MeshBlockSource *source,
                        const ShoaldMasterRequest *request) G_GNUC_WARN_UNUSED_RESULT;
void shoald_master_walk_free (ShoaldMasterWalk *walk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterWalk, shoald_master_walk_free)

/**
 * shoald_master_walk_resolve_async:
 * @walk: kept by the call
 *
 * Follows the path to its end, before anything is said. Fails with %MESH_ERROR_NOT_FOUND
 * (no such entry, or a block on the way is not here) or %MESH_ERROR_INVALID (a file in
 * the middle of the path, a malformed sharded folder, a range outside of the file).
 */
void shoald_master_walk_resolve_async (ShoaldMasterWalk *walk,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean shoald_master_walk_resolve_finish (ShoaldMasterWalk *walk,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_master_walk_next_async:
 * @walk: resolved; kept by the call
 */
void shoald_master_walk_next_async (ShoaldMasterWalk *walk,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * shoald_master_walk_next_finish:
 * @cid: (out) (transfer full) (nullable): of the block; %NULL at the end
 *
 * Returns: (transfer full) (nullable): the block; %NULL at the end, and on failure with
 *   @error set
 */
GBytes *shoald_master_walk_next_finish (ShoaldMasterWalk *walk,
                                        GAsyncResult *result,
                                        MeshCid **cid,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
