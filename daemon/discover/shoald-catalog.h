/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

#define SHOALD_TYPE_CATALOG (shoald_catalog_get_type ())

/**
 * ShoaldCatalog:
 *
 * What the registry of the node knows by itself: how many apps, their categories, and the
 * cases in which it was told different things. Follows the engine and its registry; made
 * and owned by the bus; ends with its last reference.
 *
 * Signal "changed": one of the answers below is new; at most every
 * %SHOALD_CATALOG_DELAY_MS for categories and size.
 */
G_DECLARE_FINAL_TYPE (ShoaldCatalog, shoald_catalog, SHOALD, CATALOG, GObject)

#define SHOALD_CATALOG_DELAY_MS 2000
#define SHOALD_CATALOG_MAX_SPLIT_VIEWS 64

ShoaldCatalog *shoald_catalog_new (ShoaldEngine *engine) G_GNUC_WARN_UNUSED_RESULT;

/* All (transfer none): aa{sv} as the Manager gives them. */
GVariant *shoald_catalog_get_categories (ShoaldCatalog *catalog);
GVariant *shoald_catalog_get_split_views (ShoaldCatalog *catalog);
guint shoald_catalog_get_size (ShoaldCatalog *catalog);

/**
 * shoald_catalog_get_split_view:
 * @id: as in the list
 * @error: %MESH_ERROR_NOT_FOUND, or the node is not running
 *
 * Returns: (transfer floating) (nullable): the entry with "a-proof" and "b-proof", what
 *   each side signed
 */
GVariant *
shoald_catalog_get_split_view (ShoaldCatalog *catalog, const char *id, GError **error);

/**
 * shoald_catalog_dismiss_split_view:
 * @error: %MESH_ERROR_NOT_FOUND, or the node is not running
 */
gboolean shoald_catalog_dismiss_split_view (ShoaldCatalog *catalog,
                                            const char *id,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
