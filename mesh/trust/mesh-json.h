/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A strict JSON reader and an RFC 8785 (JCS) writer for documents that are signed.
 *
 * The subset is I-JSON without fractions: null, booleans, integers of at most 53 bits,
 * strings, arrays, objects. Refused: duplicate names, numbers with a fraction or an
 * exponent, invalid UTF-8, lone surrogates, NUL inside a string, trailing bytes. Objects
 * are kept in the order JCS asks for (UTF-16 code units), so two documents that mean the
 * same print the same bytes. */

#define MESH_JSON_MAX_BYTES (16u * 1024 * 1024) /* of one document */
#define MESH_JSON_MAX_DEPTH 16                  /* arrays and objects inside each other */
#define MESH_JSON_MAX_NODES (1u << 20)          /* values in one document */
#define MESH_JSON_MAX_INTEGER G_GINT64_CONSTANT (9007199254740991) /* 2^53 - 1 */

typedef enum
{
  MESH_JSON_NULL,
  MESH_JSON_BOOLEAN,
  MESH_JSON_INTEGER,
  MESH_JSON_STRING,
  MESH_JSON_ARRAY,
  MESH_JSON_OBJECT,
} MeshJsonKind;

typedef struct MeshJson MeshJson;

MeshJson *mesh_json_new_boolean (gboolean value) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_json_new_integer:
 * @value: from -%MESH_JSON_MAX_INTEGER to %MESH_JSON_MAX_INTEGER
 */
MeshJson *mesh_json_new_integer (gint64 value) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_json_new_string:
 * @value: valid UTF-8; copied
 */
MeshJson *mesh_json_new_string (const char *value) G_GNUC_WARN_UNUSED_RESULT;
MeshJson *mesh_json_new_array (void) G_GNUC_WARN_UNUSED_RESULT;
MeshJson *mesh_json_new_object (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_json_free (MeshJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshJson, mesh_json_free)

/**
 * mesh_json_parse:
 * @data: the bytes of one document
 * @len: their number, at most %MESH_JSON_MAX_BYTES
 *
 * Returns: (transfer full): the document; or %NULL with %MESH_ERROR_TOO_LARGE when a
 * bound is passed and %MESH_ERROR_INVALID for everything else
 */
MeshJson *
mesh_json_parse (const guint8 *data, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_json_to_bytes:
 *
 * Returns: (transfer full): the canonical form (RFC 8785), without a trailing NUL or
 *   newline. What mesh_json_parse() reads from it prints the same bytes again.
 */
GBytes *mesh_json_to_bytes (const MeshJson *json) G_GNUC_WARN_UNUSED_RESULT;

MeshJsonKind mesh_json_get_kind (const MeshJson *json);
gboolean mesh_json_get_boolean (const MeshJson *json);
gint64 mesh_json_get_integer (const MeshJson *json);

/**
 * mesh_json_get_string:
 * @json: a string
 *
 * Returns: (transfer none): UTF-8, without a NUL inside
 */
const char *mesh_json_get_string (const MeshJson *json);

/**
 * mesh_json_get_length:
 * @json: an array or object
 *
 * Returns: how many elements or members it has
 */
guint mesh_json_get_length (const MeshJson *json);

/**
 * mesh_json_get_element:
 * @json: an array
 * @i: below its length
 */
const MeshJson *mesh_json_get_element (const MeshJson *json, guint i);

/**
 * mesh_json_get_name:
 * @json: an object
 * @i: below its length
 * @value: (out) (optional) (transfer none): the member's value
 *
 * Returns: (transfer none): the name of the member in place @i of the canonical order
 */
const char *mesh_json_get_name (const MeshJson *json, guint i, const MeshJson **value);

/**
 * mesh_json_get_member:
 * @json: an object
 *
 * O(log n).
 *
 * Returns: (nullable) (transfer none): the value called @name
 */
const MeshJson *mesh_json_get_member (const MeshJson *json, const char *name);

/**
 * mesh_json_append:
 * @array: an array
 * @value: (transfer full): a value that is in no other document
 */
void mesh_json_append (MeshJson *array, MeshJson *value);

/**
 * mesh_json_set:
 * @object: an object without a member @name
 * @name: valid UTF-8; copied
 * @value: (transfer full): a value that is in no other document
 *
 * O(n).
 */
void mesh_json_set (MeshJson *object, const char *name, MeshJson *value);

/**
 * mesh_json_read_string:
 * @object: an object
 * @name: a member it must have
 * @max_len: the most bytes allowed
 *
 * Returns: (transfer none): the member, a string; or %NULL with %MESH_ERROR_INVALID
 */
const char *mesh_json_read_string (const MeshJson *object,
                                   const char *name,
                                   gsize max_len,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_json_read_integer:
 * @object: an object
 * @name: a member it must have
 * @min: the smallest value allowed
 * @max: the largest
 * @value: (out): set on success
 */
gboolean mesh_json_read_integer (const MeshJson *object,
                                 const char *name,
                                 gint64 min,
                                 gint64 max,
                                 gint64 *value,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_json_read_container:
 * @object: an object
 * @name: a member it must have
 * @kind: %MESH_JSON_ARRAY or %MESH_JSON_OBJECT
 * @max_length: the most elements or members allowed
 */
const MeshJson *mesh_json_read_container (const MeshJson *object,
                                          const char *name,
                                          MeshJsonKind kind,
                                          guint max_length,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
