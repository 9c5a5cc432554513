/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "trust/mesh-trust.h"
#include "registry/mesh-registry-db-private.h"
#include "catalog/mesh-registry-judge.h"
#include "catalog/mesh-registry-query.h"
#include "catalog/mesh-registry-result.h"
#include "catalog/mesh-search-message.h"
#include "catalog/mesh-split-view.h"

/* The listings: signed announcements that were verified, searchable by the beginnings of
 * words. One for each app, channel and publisher.
 *
 * When it is full, what has expired goes first; then, of what no trusted key vouches for,
 * the oldest by the neighbour that brought most of it: who floods the index pushes out
 * its own flood. */

#define MESH_REGISTRY_INDEX_MAX_LISTINGS 20000
#define MESH_REGISTRY_INDEX_MAX_BYTES (64u << 20) /* of announcements */
#define MESH_REGISTRY_INDEX_MAX_OF_AUTHOR 1024    /* apps signed by one key */
#define MESH_REGISTRY_INDEX_MAX_OF_APP 8 /* publishers that claim one app and channel */
#define MESH_REGISTRY_INDEX_MAX_PENDING 512 /* announcements being looked at */
#define MESH_REGISTRY_INDEX_MAX_CATEGORIES 64
#define MESH_REGISTRY_INDEX_MAX_RESULTS 500 /* of one search */

#define MESH_REGISTRY_INDEX_LOCAL "local" /* what brought our own announcements */

typedef struct MeshRegistryIndex MeshRegistryIndex;

typedef struct
{
  guint max_listings;
  guint64 max_bytes;
  guint max_of_author;
} MeshRegistryIndexLimits;

typedef struct
{
  MeshRegistryVerdict verdict;
  MeshAnnouncement *announcement; /* (owned) (nullable): when it is kept */
  MeshSplitView *split_view;      /* (owned) (nullable): new evidence */
  gboolean is_verified;           /* signed by keys trusted here */
  guint64 n_listings;             /* in the index, afterwards */
} MeshRegistryOutcome;

void mesh_registry_index_free_outcome (MeshRegistryOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryOutcome, mesh_registry_index_free_outcome)

/**
 * mesh_registry_index_new:
 * @limits: (nullable): %NULL for those above
 */
MeshRegistryIndex *
mesh_registry_index_new (MeshRegistryDb *db,
                         const MeshRegistryIndexLimits *limits) G_GNUC_WARN_UNUSED_RESULT;
MeshRegistryIndex *mesh_registry_index_ref (MeshRegistryIndex *index);
void mesh_registry_index_unref (MeshRegistryIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryIndex, mesh_registry_index_unref)

/**
 * mesh_registry_index_ingest_async:
 * @data: an announcement from anyone
 * @via: who brought it: "peer ID", "master URL" or %MESH_REGISTRY_INDEX_LOCAL
 * @is_gossip: it was not asked for: how much its author may say is limited
 * @now_s: Unix time
 *
 * Verifies, compares and keeps. Fails with %MESH_ERROR_BUSY when too much is being looked
 * at, and as databases do.
 */
void mesh_registry_index_ingest_async (MeshRegistryIndex *index,
                                       GBytes *data,
                                       const char *via,
                                       gboolean is_gossip,
                                       gint64 now_s,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
MeshRegistryOutcome *
mesh_registry_index_ingest_finish (MeshRegistryIndex *index,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_index_search_async:
 * @query: copied
 * @offset: results that are left out
 *
 * Finishes with (element-type MeshRegistryResult), best first, whose source is "local".
 */
void mesh_registry_index_search_async (MeshRegistryIndex *index,
                                       const MeshRegistryQuery *query,
                                       guint offset,
                                       gint64 now_s,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *mesh_registry_index_search_finish (GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_index_news_async:
 * @cursor: of an earlier answer; of another index or empty: from the beginning
 *
 * Finishes with a #MeshSearchAnswer to be cleared: listings that came after @cursor.
 */
void mesh_registry_index_news_async (MeshRegistryIndex *index,
                                     GBytes *cursor,
                                     guint limit,
                                     gint64 now_s,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean mesh_registry_index_news_finish (GAsyncResult *result,
                                          MeshSearchAnswer *answer,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  char *name; /* (owned): folded */
  guint64 n_apps;
} MeshRegistryCategory;

void mesh_registry_index_free_category (MeshRegistryCategory *category);

/* Finishes with (element-type MeshRegistryCategory), most apps first. */
void mesh_registry_index_categories_async (MeshRegistryIndex *index,
                                           gint64 now_s,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GPtrArray *
mesh_registry_index_categories_finish (GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_index_trust:
 * @trust: with keys: from now on listings by them are verified, and what is older than
 * its counter is ignored
 */
void mesh_registry_index_trust (MeshRegistryIndex *index, const MeshTrustState *trust);

/* Forgets what has expired. */
void mesh_registry_index_expire (MeshRegistryIndex *index, gint64 now_s);
