/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "trust/mesh-json.h"
#include "trust/mesh-manifest.h"

/* The JSON of a manifest. For mesh-manifest.c: others use mesh_manifest_to_json() and
 * mesh_manifest_from_json(). */

#define MESH_MANIFEST_JSON_TYPE "shoal-manifest-1"

MeshJson *
mesh_manifest_json_write (const MeshManifest *manifest) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_manifest_json_read:
 *
 * Returns: (transfer full): a manifest that is not validated yet
 */
MeshManifest *
mesh_manifest_json_read (const MeshJson *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;
