/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Semantic Versioning 2.0.0 (https://semver.org): an immutable version. */

#define MESH_SEMVER_MAX_LEN 128 /* bytes of a version's text */

typedef struct MeshSemver MeshSemver;

/**
 * mesh_semver_parse:
 * @text: "1.2.3", "1.0.0-rc.1+build.5"; no leading "v", no leading zeros
 *
 * Returns: (transfer full): the version, or %NULL with %MESH_ERROR_INVALID
 */
MeshSemver *
mesh_semver_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_semver_free (MeshSemver *version);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshSemver, mesh_semver_free)

/**
 * mesh_semver_compare:
 *
 * Precedence of semver.org §11: a pre-release is older than its release, build metadata
 * counts for nothing.
 *
 * Returns: below 0, 0 or above 0 when @a is older than, as old as or newer than @b
 */
int mesh_semver_compare (const MeshSemver *a, const MeshSemver *b);

/**
 * mesh_semver_compare_text:
 * @a: (nullable): a version; %NULL or a text that is no version is older than any version
 * @b: (nullable): another
 */
int mesh_semver_compare_text (const char *a, const char *b);

/**
 * mesh_semver_is_valid:
 * @text: (nullable): any text
 */
gboolean mesh_semver_is_valid (const char *text);
