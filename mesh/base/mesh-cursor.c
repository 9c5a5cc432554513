/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-cursor.h"
#include "base/mesh-varint.h"

static gboolean
read_be (MeshCursor *cursor, gsize n, guint64 *value)
{
  guint64 result = 0;

  if (cursor->len < n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    result = result << 8 | cursor->data[i];
  cursor->data += n;
  cursor->len -= n;
  *value = result;
  return TRUE;
}

gboolean
mesh_cursor_read_u8 (MeshCursor *cursor, guint8 *value)
{
  guint64 wide;

  if (!read_be (cursor, 1, &wide))
    return FALSE;
  *value = (guint8) wide;
  return TRUE;
}

gboolean
mesh_cursor_read_u16_be (MeshCursor *cursor, guint16 *value)
{
  guint64 wide;

  if (!read_be (cursor, 2, &wide))
    return FALSE;
  *value = (guint16) wide;
  return TRUE;
}

gboolean
mesh_cursor_read_u32_be (MeshCursor *cursor, guint32 *value)
{
  guint64 wide;

  if (!read_be (cursor, 4, &wide))
    return FALSE;
  *value = (guint32) wide;
  return TRUE;
}

gboolean
mesh_cursor_read_u64_be (MeshCursor *cursor, guint64 *value)
{
  return read_be (cursor, 8, value);
}

gboolean
mesh_cursor_read_varint (MeshCursor *cursor, guint64 *value)
{
  gssize n = mesh_varint_decode (cursor->data, cursor->len, value);

  if (n <= 0)
    return FALSE;
  cursor->data += n;
  cursor->len -= (gsize) n;
  return TRUE;
}

gboolean
mesh_cursor_read_bytes (MeshCursor *cursor, gsize n, const guint8 **bytes)
{
  if (cursor->len < n)
    return FALSE;
  *bytes = cursor->data;
  cursor->data += n;
  cursor->len -= n;
  return TRUE;
}

gboolean
mesh_cursor_read_prefixed (MeshCursor *cursor, const guint8 **bytes, gsize *n)
{
  MeshCursor probe = *cursor;
  guint64 len;

  if (!mesh_cursor_read_varint (&probe, &len) || len > probe.len
      || !mesh_cursor_read_bytes (&probe, (gsize) len, bytes))
    return FALSE;
  *n = (gsize) len;
  *cursor = probe;
  return TRUE;
}
