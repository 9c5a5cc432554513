/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* The wire of /shoal/manifest/1.0.0, pure. One question and one answer a stream:
 *
 *   question: varint length, then: varint length, app id, varint length, channel
 *   answer:   varint length, signed envelope; length 0: I don't have it */

#define MESH_MANIFEST_REQUEST_PROTOCOL "/shoal/manifest/1.0.0"
#define MESH_MANIFEST_REQUEST_MAX_LEN 512 /* bytes of a question after its length */

typedef struct
{
  char *app_id;  /* (owned) */
  char *channel; /* (owned) */
} MeshManifestRequest;

void mesh_manifest_request_clear (MeshManifestRequest *request);

/**
 * mesh_manifest_request_encode:
 *
 * Returns: (transfer full): the question with its length
 */
GBytes *mesh_manifest_request_encode (const char *app_id,
                                      const char *channel) G_GNUC_WARN_UNUSED_RESULT;

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
