/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* RFC 4648 base32, lower case, without padding. No multibase prefix here: that is for
 * callers. */

/**
 * mesh_base32_encode:
 * @data: bytes
 * @len: their number
 *
 * Returns: (transfer full): lower-case base32 without padding, "" for no bytes
 */
char *mesh_base32_encode (const guint8 *data, gsize len) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_base32_decode:
 * @text: base32 text without padding, all lower case or all upper case
 * @len: its length
 * @error: %MESH_ERROR_INVALID on a foreign character, mixed case, an impossible length
 *   or bits left over that are not zero
 *
 * Returns: (transfer full) (nullable): the bytes
 */
GBytes *mesh_base32_decode (const char *text,
                            gsize len,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
