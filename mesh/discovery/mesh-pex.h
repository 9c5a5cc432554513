/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* The two messages of /shoal/pex/1.0.0, without their length prefix. Pure. */

#define MESH_PEX_MAX_RECORDS 16
#define MESH_PEX_MAX_RECORD_BYTES 2048
#define MESH_PEX_MAX_REQUEST_BYTES 64
#define MESH_PEX_MAX_RESPONSE_BYTES (34u * 1024)

/**
 * mesh_pex_encode_request:
 * @max: how many records are wanted, from 1 to %MESH_PEX_MAX_RECORDS
 */
GBytes *mesh_pex_encode_request (guint max) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_pex_decode_request:
 * @max: (out): as above; a greater wish is cut
 */
gboolean mesh_pex_decode_request (const guint8 *data,
                                  gsize len,
                                  guint *max,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_pex_encode_response:
 * @records: (nullable) (element-type GBytes): signed envelopes, at most
 *   %MESH_PEX_MAX_RECORDS of at most %MESH_PEX_MAX_RECORD_BYTES; %NULL: refused, asked
 * too often or not serving
 */
GBytes *mesh_pex_encode_response (const GPtrArray *records) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_pex_decode_response:
 * @error: %MESH_ERROR_REFUSED, %MESH_ERROR_LIMIT, %MESH_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable) (element-type GBytes): envelopes that nobody has
 *   verified
 */
GPtrArray *mesh_pex_decode_response (const guint8 *data,
                                     gsize len,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
