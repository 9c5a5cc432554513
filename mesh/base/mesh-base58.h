/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* base58btc text (the Bitcoin alphabet). No multibase prefix here: that is for callers.
 */

/* Base58 takes time quadratic in the length, so it is bounded. */
#define MESH_BASE58_MAX_BYTES 1024
/* A longer text can not hold that many bytes: 1024 * log(256) / log(58), rounded up. */
#define MESH_BASE58_MAX_CHARS 1399

/**
 * mesh_base58_encode:
 * @data: bytes
 * @len: their number, at most %MESH_BASE58_MAX_BYTES
 *
 * O(@len²).
 *
 * Returns: (transfer full): base58btc text, "" for no bytes
 */
char *mesh_base58_encode (const guint8 *data, gsize len) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_base58_decode:
 * @text: base58btc text, not necessarily terminated
 * @len: its length, refused above %MESH_BASE58_MAX_CHARS
 * @error: %MESH_ERROR_INVALID on a foreign character or on too many of them
 *
 * O(@len²).
 *
 * Returns: (transfer full) (nullable): the bytes
 */
GBytes *mesh_base58_decode (const char *text,
                            gsize len,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
