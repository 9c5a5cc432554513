/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Which versions will do, as npm writes it: "^1.2", "~1.2.3", ">=1.0 <2", "1.x", "1 - 2",
 * "1.2.3 || ^2", "*". Immutable, pure.
 *
 * A pre-release satisfies a range only when one of the comparators that it must satisfy
 * names a pre-release of the same major.minor.patch. */

#define MESH_SEMVER_RANGE_MAX_LEN 256        /* bytes of text */
#define MESH_SEMVER_RANGE_MAX_COMPARATORS 64 /* of all alternatives together */

typedef struct MeshSemverRange MeshSemverRange;

/**
 * mesh_semver_range_parse:
 * @text: a range; "" is "*"
 *
 * Returns: (transfer full): the range, or %NULL with %MESH_ERROR_INVALID
 */
MeshSemverRange *
mesh_semver_range_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_semver_range_free (MeshSemverRange *range);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshSemverRange, mesh_semver_range_free)

/**
 * mesh_semver_range_get_text:
 *
 * Returns: (transfer none): what was parsed
 */
const char *mesh_semver_range_get_text (const MeshSemverRange *range);

/**
 * mesh_semver_range_is_any:
 *
 * Returns: whether the range is "*" alone: the newest release is wanted
 */
gboolean mesh_semver_range_is_any (const MeshSemverRange *range);

/**
 * mesh_semver_range_matches:
 * @version: a version; a text that is none does not match
 */
gboolean mesh_semver_range_matches (const MeshSemverRange *range, const char *version);

/**
 * mesh_semver_range_split:
 * @text: "app", "app@^1.2", "shoal:app@^1.2?key=…"
 * @range: (out) (transfer full) (nullable): between the '@' and a '?'; %NULL without an
 * '@'
 *
 * Returns: (transfer full): the rest, not checked; %NULL with %MESH_ERROR_INVALID
 *   when the range is none
 */
char *mesh_semver_range_split (const char *text,
                               MeshSemverRange **range,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
