/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "catalog/mesh-announcement.h"

/* A search as it was typed: words of which each must begin some word of a listing, in the
 * category and with the tag that were chosen. Nothing that is typed is syntax. Pure;
 * immutable. */

#define MESH_REGISTRY_QUERY_MAX_LEN 512 /* bytes of text; what is beyond is cut off */
#define MESH_REGISTRY_QUERY_MAX_WORDS 16
#define MESH_REGISTRY_QUERY_MAX_LIMIT 50 /* results of one answer of a peer */
#define MESH_REGISTRY_QUERY_DEFAULT_LIMIT 50

typedef struct
{
  char *text;     /* (owned): as typed, cut */
  char **words;   /* (owned): folded: no case, no accents; empty: everything */
  char *category; /* (owned) (nullable): folded */
  char *tag;      /* (owned) (nullable): folded */
  guint limit;
} MeshRegistryQuery;

/**
 * mesh_registry_query_new:
 * @text: (nullable): any text; invalid UTF-8 is replaced
 * @category: (nullable): "": none
 * @tag: (nullable): "": none
 * @limit: 0: %MESH_REGISTRY_QUERY_DEFAULT_LIMIT
 */
MeshRegistryQuery *mesh_registry_query_new (const char *text,
                                            const char *category,
                                            const char *tag,
                                            guint limit) G_GNUC_WARN_UNUSED_RESULT;
MeshRegistryQuery *
mesh_registry_query_copy (const MeshRegistryQuery *query) G_GNUC_WARN_UNUSED_RESULT;
void mesh_registry_query_free (MeshRegistryQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshRegistryQuery, mesh_registry_query_free)

/**
 * mesh_registry_query_to_match:
 *
 * Returns: (transfer full) (nullable): an FTS5 expression; %NULL without words
 */
char *
mesh_registry_query_to_match (const MeshRegistryQuery *query) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_query_to_key:
 *
 * Returns: (transfer full): the same text for queries that mean the same
 */
char *
mesh_registry_query_to_key (const MeshRegistryQuery *query) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_registry_query_score:
 *
 * Returns: how well @listing answers; 0: not at all. The same on every node
 */
guint
mesh_registry_query_score (const MeshRegistryQuery *query, const MeshListing *listing);

/**
 * mesh_registry_query_fold:
 *
 * Returns: (transfer full): @text without case and accents, as words are compared
 */
char *mesh_registry_query_fold (const char *text) G_GNUC_WARN_UNUSED_RESULT;
