/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

#define SHOALD_SEARCH_DEFAULT_LIMIT 50
#define SHOALD_SEARCH_MAX_LIMIT 500

/**
 * shoald_search_parse:
 * @bytes: the JSON of `GET /api/v1/packages`, from anyone
 * @source: what answered
 * @category: (nullable): which entries must have
 * @limit: at most so many entries
 * @is_installed: (nullable): told an app id, says whether it is installed
 * @error: %MESH_ERROR_PROTOCOL
 *
 * Pure. Entries without an id are left out; wrong fields are as if they were not there.
 *
 * Returns: (transfer floating) (nullable): aa{sv} as Manager.Search() gives it
 */
GVariant *
shoald_search_parse (GBytes *bytes,
                     const char *source,
                     const char *category,
                     guint limit,
                     gboolean (*is_installed) (const char *app_id, gpointer user_data),
                     gpointer user_data,
                     GError **error);

/**
 * shoald_search_async:
 * @query: words
 * @category: (nullable)
 *
 * Fails with %MESH_ERROR_NOT_FOUND without a Master Server, and as
 * mesh_master_client_search_async().
 */
void shoald_search_async (ShoaldEngine *engine,
                          const char *query,
                          const char *category,
                          guint limit,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/**
 * shoald_search_finish:
 *
 * Returns: (transfer full) (nullable): aa{sv}
 */
GVariant *shoald_search_finish (ShoaldEngine *engine,
                                GAsyncResult *result,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
