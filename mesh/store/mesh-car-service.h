/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "store/mesh-block-source.h"
#include "store/mesh-store.h"

/* CAR v1 files in and out of a store, streaming. */

/**
 * mesh_car_export_async:
 * @source: where blocks come from
 * @root: the one root of the file
 * @output: not closed
 *
 * Writes the DAG below @root depth first, each block once, parents before children: the
 * order trustless gateways promise for `format=car` (dag-scope=all, dups=n). Links of
 * codecs other than dag-pb are not followed.
 */
void mesh_car_export_async (MeshBlockSource *source,
                            MeshCid *root,
                            GOutputStream *output,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean mesh_car_export_finish (GAsyncResult *result,
                                 guint64 *n_blocks,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_car_import_async:
 * @store: where blocks go; a lease is held until the operation ends
 * @input: a CAR v1 stream; not closed
 *
 * Every block is verified. The roots are not pinned.
 */
void mesh_car_import_async (MeshStore *store,
                            GInputStream *input,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/**
 * mesh_car_import_finish:
 * @n_blocks: (out) (optional)
 *
 * Returns: (transfer full) (element-type MeshCid): the roots named in the header
 */
GPtrArray *mesh_car_import_finish (MeshStore *store,
                                   GAsyncResult *result,
                                   guint64 *n_blocks,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
