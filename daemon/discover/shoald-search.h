/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

#define SHOALD_SEARCH_DEFAULT_LIMIT 50
#define SHOALD_SEARCH_MAX_LIMIT 500
#define SHOALD_SEARCH_DEFAULT_WAIT_MS 2000
#define SHOALD_SEARCH_MAX_WAIT_MS MESH_REGISTRY_MAX_WAIT_MS
#define SHOALD_SEARCH_ITEMS_MS 50 /* results that come together are shown together */

typedef struct
{
  const char *query;    /* words */
  const char *category; /* (nullable) */
  const char *tag;      /* (nullable) */
  guint limit;          /* 1 to %SHOALD_SEARCH_MAX_LIMIT */
  guint wait_ms;        /* 1 to %SHOALD_SEARCH_MAX_WAIT_MS */
} ShoaldSearchOptions;

/**
 * shoald_search_describe:
 * @result: what was found
 * @split_view: id of a split view about the app; "" for none
 * @is_installed: whether the app is
 *
 * Pure.
 *
 * Returns: (transfer floating): an entry of Manager.Search(), a{sv}
 */
GVariant *shoald_search_describe (const MeshRegistryResult *result,
                                  const char *split_view,
                                  gboolean is_installed);

/**
 * shoald_search_start:
 * @options: copied
 *
 * Begins an operation of kind "search".
 *
 * Returns: (transfer none) (nullable): the job; %NULL when the node is not running or
 *   %MESH_ERROR_BUSY
 */
ShoaldJob *shoald_search_start (ShoaldEngine *engine,
                                const ShoaldSearchOptions *options,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoald_search_async:
 *
 * The same without a job: one answer. Fails as mesh_registry_search_finish().
 */
void shoald_search_async (ShoaldEngine *engine,
                          const ShoaldSearchOptions *options,
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
