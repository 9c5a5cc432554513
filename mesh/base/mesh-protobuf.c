/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-protobuf.h"

#include "base/mesh-varint.h"

#define MAX_VARINT_BYTES 10
#define MAX_FIELD_NUMBER ((1u << 29) - 1)

/* Protobuf's own varint: 64 bits in up to ten bytes, not necessarily minimal. */
static gboolean
read_varint (MeshCursor *cursor, guint64 *value)
{
  guint64 result = 0;

  for (gsize i = 0; i < cursor->len && i < MAX_VARINT_BYTES; i++)
    {
      guint8 byte = cursor->data[i];

      if (i == MAX_VARINT_BYTES - 1 && byte > 1)
        return FALSE;
      result |= (guint64) (byte & 0x7f) << (7 * i);
      if ((byte & 0x80) != 0)
        continue;
      cursor->data += i + 1;
      cursor->len -= i + 1;
      *value = result;
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_fixed (MeshCursor *cursor, gsize n, guint64 *value)
{
  const guint8 *bytes;
  guint64 result = 0;

  if (!mesh_cursor_read_bytes (cursor, n, &bytes))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    result |= (guint64) bytes[i] << (8 * i);
  *value = result;
  return TRUE;
}

static gboolean
read_value (MeshCursor *cursor, MeshProtobufField *field)
{
  switch (field->type)
    {
    case MESH_PROTOBUF_VARINT:
      return read_varint (cursor, &field->value);
    case MESH_PROTOBUF_FIXED64:
      return read_fixed (cursor, 8, &field->value);
    case MESH_PROTOBUF_FIXED32:
      return read_fixed (cursor, 4, &field->value);
    case MESH_PROTOBUF_BYTES:
      if (!read_varint (cursor, &field->value) || field->value > cursor->len)
        return FALSE;
      field->len = (gsize) field->value;
      return mesh_cursor_read_bytes (cursor, field->len, &field->data);
    default:
      return FALSE;
    }
}

MeshProtobufStep
mesh_protobuf_next (MeshCursor *cursor, MeshProtobufField *field)
{
  MeshCursor probe = *cursor;
  MeshProtobufField read = { 0 };
  guint64 tag;

  if (cursor->len == 0)
    return MESH_PROTOBUF_END;
  if (!read_varint (&probe, &tag) || tag >> 3 == 0 || tag >> 3 > MAX_FIELD_NUMBER)
    return MESH_PROTOBUF_MALFORMED;
  read.number = (guint32) (tag >> 3);
  read.type = (MeshProtobufType) (tag & 7);
  if (!read_value (&probe, &read))
    return MESH_PROTOBUF_MALFORMED;
  *field = read;
  *cursor = probe;
  return MESH_PROTOBUF_FIELD;
}

static void
append_varint (GByteArray *array, guint64 value)
{
  guint8 bytes[MAX_VARINT_BYTES];
  guint len = 0;

  while (value >= 0x80)
    {
      bytes[len++] = (guint8) (value | 0x80);
      value >>= 7;
    }
  bytes[len++] = (guint8) value;
  g_byte_array_append (array, bytes, len);
}

void
mesh_protobuf_append_varint (GByteArray *array, guint32 number, guint64 value)
{
  g_assert (number > 0 && number <= MAX_FIELD_NUMBER);

  append_varint (array, (guint64) number << 3 | MESH_PROTOBUF_VARINT);
  append_varint (array, value);
}

void
mesh_protobuf_append_bytes (GByteArray *array,
                            guint32 number,
                            const guint8 *data,
                            gsize len)
{
  g_assert (number > 0 && number <= MAX_FIELD_NUMBER);
  g_assert (len <= G_MAXUINT / 2);

  append_varint (array, (guint64) number << 3 | MESH_PROTOBUF_BYTES);
  append_varint (array, len);
  g_byte_array_append (array, data, (guint) len);
}
