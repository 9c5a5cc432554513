/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-der.h"

#define LONG_FORM 0x80

/* X.690 §10.1: definite, in as few bytes as will do. */
static gboolean
read_len (MeshCursor *cursor, gsize *len)
{
  guint8 first, byte;
  guint16 word;

  if (!mesh_cursor_read_u8 (cursor, &first))
    return FALSE;
  switch (first)
    {
    case LONG_FORM | 1:
      if (!mesh_cursor_read_u8 (cursor, &byte) || byte < LONG_FORM)
        return FALSE;
      *len = byte;
      return TRUE;
    case LONG_FORM | 2:
      if (!mesh_cursor_read_u16_be (cursor, &word) || word <= G_MAXUINT8)
        return FALSE;
      *len = word;
      return TRUE;
    default:
      *len = first;
      return first < LONG_FORM;
    }
}

gboolean
mesh_der_read (MeshCursor *cursor, guint8 tag, MeshCursor *content)
{
  const guint8 *data;
  guint8 found;
  gsize len;

  if (!mesh_cursor_read_u8 (cursor, &found) || found != tag || !read_len (cursor, &len)
      || !mesh_cursor_read_bytes (cursor, len, &data))
    return FALSE;
  *content = mesh_cursor_init (data, len);
  return TRUE;
}

gboolean
mesh_der_read_unsigned (MeshCursor *cursor, const guint8 **data, gsize *len)
{
  MeshCursor content;

  if (!mesh_der_read (cursor, MESH_DER_INTEGER, &content) || content.len == 0
      || content.data[0] >= 0x80)
    return FALSE;
  if (content.data[0] == 0)
    {
      /* The sign bit of what follows is the only reason for a zero in front. */
      if (content.len > 1 && content.data[1] < 0x80)
        return FALSE;
      content.data++;
      content.len--;
    }
  *data = content.data;
  *len = content.len;
  return TRUE;
}
