/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* The wire of /shoal/manifest/1.0.0, pure. One question and one answer a stream:
 *
 *   question: varint length, then: varint length, app id, varint length, channel, and for
 *             a release of certain versions only: varint length, range
 *   answer:   varint length, signed envelope; length 0: I don't have it */

#define MESH_MANIFEST_REQUEST_PROTOCOL "/shoal/manifest/1.0.0"
#define MESH_MANIFEST_REQUEST_MAX_LEN 768 /* bytes of a question after its length */
#define MESH_MANIFEST_REQUEST_MAX_RANGE_LEN 256

typedef struct
{
  char *app_id;  /* (owned) */
  char *channel; /* (owned) */
  char *range; /* (owned) (nullable): as mesh-semver-range.h reads it; not parsed here */
} MeshManifestRequest;

void mesh_manifest_request_clear (MeshManifestRequest *request);

/**
 * mesh_manifest_request_encode:
 * @range: (nullable): %NULL: the newest
 *
 * Returns: (transfer full): the question without its length
 */
GBytes *mesh_manifest_request_encode (const char *app_id,
                                      const char *channel,
                                      const char *range) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_manifest_request_decode:
 * @data: the question after its length
 * @request: (out): set on success
 *
 * Returns: %FALSE with %MESH_ERROR_PROTOCOL
 */
gboolean mesh_manifest_request_decode (const guint8 *data,
                                       gsize len,
                                       MeshManifestRequest *request,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
