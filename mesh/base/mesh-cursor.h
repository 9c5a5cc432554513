/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A bounds-checked reader over borrowed bytes. Every read either succeeds whole and
 * advances, or returns FALSE and leaves the cursor and the out argument alone. */
typedef struct
{
  const guint8 *data; /* (unowned): next byte */
  gsize len;          /* bytes left */
} MeshCursor;

static inline MeshCursor
mesh_cursor_init (const guint8 *data, gsize len)
{
  return (MeshCursor){ data, len };
}

gboolean
mesh_cursor_read_u8 (MeshCursor *cursor, guint8 *value) G_GNUC_WARN_UNUSED_RESULT;
gboolean
mesh_cursor_read_u16_be (MeshCursor *cursor, guint16 *value) G_GNUC_WARN_UNUSED_RESULT;
gboolean
mesh_cursor_read_u32_be (MeshCursor *cursor, guint32 *value) G_GNUC_WARN_UNUSED_RESULT;
gboolean
mesh_cursor_read_u64_be (MeshCursor *cursor, guint64 *value) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cursor_read_varint:
 *
 * Reads a multiformats varint (minimal, at most 63 bits).
 *
 * Returns: %FALSE when bytes are missing or malformed
 */
gboolean
mesh_cursor_read_varint (MeshCursor *cursor, guint64 *value) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cursor_read_bytes:
 * @n: how many bytes
 * @bytes: (out) (transfer none): borrowed from the cursor's data
 */
gboolean mesh_cursor_read_bytes (MeshCursor *cursor,
                                 gsize n,
                                 const guint8 **bytes) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cursor_read_prefixed:
 *
 * Reads a varint length and that many bytes, borrowed.
 */
gboolean mesh_cursor_read_prefixed (MeshCursor *cursor,
                                    const guint8 **bytes,
                                    gsize *n) G_GNUC_WARN_UNUSED_RESULT;
