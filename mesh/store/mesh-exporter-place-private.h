/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-file-reader.h"
#include "store/mesh-store.h"

/* Where the exporter says that the block wanted under an id is to go, and what came of
 * it. */

/**
 * mesh_exporter_place_new:
 * @store: (nullable): %NULL gives no places
 * @fd: the file at @path
 *
 * Returns: (transfer full) (nullable): %NULL when the block can not have one
 */
MeshStorePlace *mesh_exporter_place_new (MeshStore *store,
                                         const MeshFileReader *reader,
                                         guint64 id,
                                         MeshCid *cid,
                                         const char *path,
                                         int fd) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_exporter_place_end:
 * @place: (transfer full) (nullable)
 * @placed: (element-type guint64): gets the offset if the bytes lie there
 *
 * Before the block is handled. Returns: whether @place was filled
 */
gboolean mesh_exporter_place_end (MeshStorePlace *place,
                                  const MeshFileReader *reader,
                                  guint64 id,
                                  GHashTable *placed);
