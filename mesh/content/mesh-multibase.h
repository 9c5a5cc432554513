/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Text forms of bytes with a first character that names the alphabet.
 * https://github.com/multiformats/multibase */

/* The value of each is its prefix character. */
typedef enum
{
  MESH_BASE_2 = '0',
  MESH_BASE_8 = '7',
  MESH_BASE_10 = '9',
  MESH_BASE_16 = 'f',
  MESH_BASE_16_UPPER = 'F',
  MESH_BASE_32_HEX = 'v',
  MESH_BASE_32_HEX_UPPER = 'V',
  MESH_BASE_32_HEX_PAD = 't',
  MESH_BASE_32_HEX_PAD_UPPER = 'T',
  MESH_BASE_32 = 'b',
  MESH_BASE_32_UPPER = 'B',
  MESH_BASE_32_PAD = 'c',
  MESH_BASE_32_PAD_UPPER = 'C',
  MESH_BASE_32_Z = 'h',
  MESH_BASE_36 = 'k',
  MESH_BASE_36_UPPER = 'K',
  MESH_BASE_58_BTC = 'z',
  MESH_BASE_58_FLICKR = 'Z',
  MESH_BASE_64 = 'm',
  MESH_BASE_64_PAD = 'M',
  MESH_BASE_64_URL = 'u',
  MESH_BASE_64_URL_PAD = 'U',
} MeshBase;

/* Longest binary input and decoded output. Bases 10, 36 and 58 take quadratic time. */
#define MESH_MULTIBASE_MAX_BYTES 1024
/* Longest text mesh_multibase_decode() looks at (base 2 is the widest). */
#define MESH_MULTIBASE_MAX_CHARS (1 + 8 * MESH_MULTIBASE_MAX_BYTES)

/**
 * mesh_multibase_from_name:
 * @name: a registered name: "base58btc", "base32", "base64url", …
 * @base: (out): set on success
 *
 * Returns: %FALSE when the name is not known
 */
gboolean
mesh_multibase_from_name (const char *name, MeshBase *base) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multibase_encode:
 * @len: at most %MESH_MULTIBASE_MAX_BYTES
 *
 * Returns: (transfer full): the text with its prefix
 */
char *mesh_multibase_encode (MeshBase base,
                             const guint8 *data,
                             gsize len) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multibase_decode:
 * @text: text with its prefix
 * @base: (out) (optional): which alphabet it was in
 *
 * Strict: a character outside the alphabet, missing or surplus padding and unused bits
 * that are not zero are %MESH_ERROR_INVALID. Letter case does not matter where the
 * alphabet has one case only (RFC 4648 bases 16, 32, 32hex, and base 36).
 *
 * Returns: (transfer full): the bytes
 */
GBytes *mesh_multibase_decode (const char *text,
                               MeshBase *base,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
