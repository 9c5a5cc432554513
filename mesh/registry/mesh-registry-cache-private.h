/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "catalog/mesh-announcement.h"

/* Announcements of rows that were read, by the id of the row: parsing one costs more than
 * finding it. An id is of one announcement for ever (the table is AUTOINCREMENT), so
 * nothing here grows stale. Counted, because a search may outlive the index; all but the
 * count is for the reader's thread. */

#define MESH_REGISTRY_CACHE_MAX_BYTES (2u << 20) /* of announcements as they are kept */

typedef struct MeshRegistryCache MeshRegistryCache;

MeshRegistryCache *mesh_registry_cache_new (void) G_GNUC_WARN_UNUSED_RESULT;
MeshRegistryCache *mesh_registry_cache_ref (MeshRegistryCache *cache);
void mesh_registry_cache_unref (MeshRegistryCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryCache, mesh_registry_cache_unref)

/**
 * mesh_registry_cache_read:
 * @data: the announcement of the row @id
 *
 * Begins anew when it is full.
 *
 * Returns: (transfer full) (nullable): the announcement; %NULL: @data is none
 */
MeshAnnouncement *mesh_registry_cache_read (MeshRegistryCache *cache,
                                            gint64 id,
                                            const guint8 *data,
                                            gsize len) G_GNUC_WARN_UNUSED_RESULT;

/* How much of %MESH_REGISTRY_CACHE_MAX_BYTES is used. */
gsize mesh_registry_cache_get_n_bytes (const MeshRegistryCache *cache);
