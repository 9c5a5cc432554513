/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* What a search asks for, read from the query of a URL. Pure. */

#define SHOALD_MASTER_QUERY_MAX_LEN 512 /* bytes of q */
#define SHOALD_MASTER_QUERY_MAX_WORDS 16
#define SHOALD_MASTER_QUERY_MAX_LIMIT 100 /* results on a page */
#define SHOALD_MASTER_QUERY_LIMIT 50      /* when not said */
#define SHOALD_MASTER_QUERY_MAX_OFFSET 1000000

typedef struct
{
  char *match;    /* (owned) (nullable): FTS5 expression; %NULL: everything */
  char *category; /* (owned) (nullable): folded */
  char *tag;      /* (owned) (nullable): folded */
  guint limit;
  guint offset;
} ShoaldMasterQuery;

/**
 * shoald_master_query_parse:
 * @form: (nullable) (element-type utf8 utf8): the decoded query
 *
 * Words are looked for at the beginning of words; all must be found. Nothing of what
 * was typed is syntax. Unknown keys are ignored.
 *
 * Returns: (transfer full): the query, or %NULL with %MESH_ERROR_INVALID or
 *   %MESH_ERROR_TOO_LARGE
 */
ShoaldMasterQuery *
shoald_master_query_parse (GHashTable *form, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void shoald_master_query_free (ShoaldMasterQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldMasterQuery, shoald_master_query_free)

/**
 * shoald_master_query_fold:
 *
 * Returns: (transfer full): a category or tag as it is stored and compared
 */
char *shoald_master_query_fold (const char *label) G_GNUC_WARN_UNUSED_RESULT;
