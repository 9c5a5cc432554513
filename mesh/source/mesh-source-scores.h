/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "source/mesh-source-kind.h"
#include "source/mesh-source-strategy.h"

/* How good each source of blocks has been, and in which order to ask them. A pure value
 * with no clock; one for the whole node, shared by all chains, so that what one transfer
 * learns about a gateway serves the next. Reference counted, not thread safe. */
typedef struct MeshSourceScores MeshSourceScores;

#define MESH_SOURCE_SCORES_MAX 256 /* sources remembered; the longest unused goes */

MeshSourceScores *mesh_source_scores_new (void) G_GNUC_WARN_UNUSED_RESULT;
MeshSourceScores *mesh_source_scores_ref (MeshSourceScores *scores);
void mesh_source_scores_unref (MeshSourceScores *scores);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshSourceScores, mesh_source_scores_unref)

/**
 * mesh_source_scores_note_success:
 * @id: what names the source ("peers", a gateway's URL)
 * @len: bytes that came
 * @elapsed_us: from the request to the last byte
 */
void mesh_source_scores_note_success (MeshSourceScores *scores,
                                      const char *id,
                                      gsize len,
                                      gint64 elapsed_us,
                                      gint64 now_us);

/**
 * mesh_source_scores_note_missing:
 *
 * The source answered that it lacks the block: no failure, but it counts.
 */
void
mesh_source_scores_note_missing (MeshSourceScores *scores, const char *id, gint64 now_us);

/**
 * mesh_source_scores_note_failure:
 * @is_malicious: the bytes did not match their CID
 *
 * A failing source is left out for a time that doubles with each failure in a row, from
 * 1 s to 5 min; a lying one for an hour.
 */
void mesh_source_scores_note_failure (MeshSourceScores *scores,
                                      const char *id,
                                      gboolean is_malicious,
                                      gint64 now_us);

/**
 * mesh_source_scores_is_usable:
 *
 * Returns: %FALSE while @id is left out after failures
 */
gboolean
mesh_source_scores_is_usable (MeshSourceScores *scores, const char *id, gint64 now_us);

/**
 * mesh_source_scores_is_lying:
 *
 * Returns: %TRUE for an hour after @id gave bytes that do not match: not to be asked even
 *   as the last hope
 */
gboolean
mesh_source_scores_is_lying (MeshSourceScores *scores, const char *id, gint64 now_us);

/* One source to be ordered. */
typedef struct
{
  MeshSourceKind kind;
  const char *id;        /* (unowned) */
  gboolean is_preferred; /* the user's choice: before all others but the store */
} MeshSourceCandidate;

/**
 * mesh_source_scores_order:
 * @candidates: (array length=n): reordered in place, best first
 *
 * Sources that are not usable now come last, in the order of their return. Equal ones
 * keep their order. O(n log n).
 */
void mesh_source_scores_order (MeshSourceScores *scores,
                               MeshSourceStrategy strategy,
                               MeshSourceCandidate *candidates,
                               gsize n,
                               gint64 now_us);
