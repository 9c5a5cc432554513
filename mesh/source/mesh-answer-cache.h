/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Answers of a server by their address, the longest unused out first. A pure value. */
typedef struct MeshAnswerCache MeshAnswerCache;

/**
 * mesh_answer_cache_new:
 * @max_entries: at most so many answers
 * @max_bytes: at most so many bytes of answers; a larger answer is not kept
 */
MeshAnswerCache *
mesh_answer_cache_new (guint max_entries, gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
void mesh_answer_cache_free (MeshAnswerCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshAnswerCache, mesh_answer_cache_free)

/* Replaces what is there. */
void mesh_answer_cache_insert (MeshAnswerCache *cache,
                               const char *key,
                               const char *etag,
                               GBytes *answer,
                               gint64 now_us);

/**
 * mesh_answer_cache_lookup:
 * @etag: (nullable): only an answer with this tag will do
 * @stored_us: (out) (optional): when it was inserted
 *
 * Returns: (transfer none) (nullable): the answer, which counts as used
 */
GBytes *mesh_answer_cache_lookup (MeshAnswerCache *cache,
                                  const char *key,
                                  const char *etag,
                                  gint64 *stored_us);

gsize mesh_answer_cache_get_bytes (const MeshAnswerCache *cache);
guint mesh_answer_cache_get_length (const MeshAnswerCache *cache);
