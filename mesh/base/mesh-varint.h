/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* The unsigned varint of multiformats: little-endian base 128, at most 9 bytes
 * (63 bits), minimally encoded. https://github.com/multiformats/unsigned-varint */

#define MESH_VARINT_MAX_LEN 9

/**
 * mesh_varint_len:
 * @value: below 2^63
 *
 * Returns: how many bytes (1 to 9) @value takes
 */
gsize mesh_varint_len (guint64 value);

/**
 * mesh_varint_encode:
 * @value: below 2^63
 * @out: (out caller-allocates): room for %MESH_VARINT_MAX_LEN bytes
 *
 * Returns: how many bytes were written
 */
gsize mesh_varint_encode (guint64 value, guint8 out[MESH_VARINT_MAX_LEN]);

/**
 * mesh_varint_append:
 * @array: where to append
 * @value: below 2^63
 */
void mesh_varint_append (GByteArray *array, guint64 value);

/**
 * mesh_varint_decode:
 * @data: bytes
 * @len: their number
 * @value: (out): the number, set on success only
 *
 * Returns: the number of bytes consumed (1 to 9), 0 when more bytes are needed, or -1
 *   when the bytes can never become a varint (too long or not minimal)
 */
gssize mesh_varint_decode (const guint8 *data,
                           gsize len,
                           guint64 *value) G_GNUC_WARN_UNUSED_RESULT;
