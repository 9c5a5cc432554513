/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-unixfs.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"

enum
{
  WIRE_VARINT = 0,
  WIRE_64 = 1,
  WIRE_BYTES = 2,
  WIRE_32 = 5,
};

enum
{
  FIELD_TYPE = 1,
  FIELD_DATA = 2,
  FIELD_FILE_SIZE = 3,
  FIELD_BLOCK_SIZES = 4,
  FIELD_HASH_TYPE = 5,
  FIELD_FANOUT = 6,
  FIELD_MODE = 7,
  FIELD_MTIME = 8,
};

enum
{
  TIME_SECONDS = 1,
  TIME_NANOSECONDS = 2,
};

#define MAX_NANOSECONDS 999999999u

void
mesh_unixfs_init (MeshUnixfs *unixfs, MeshUnixfsType type)
{
  *unixfs = (MeshUnixfs){ .type = type };
  unixfs->block_sizes = g_array_new (FALSE, FALSE, sizeof (guint64));
}

void
mesh_unixfs_clear (MeshUnixfs *unixfs)
{
  g_clear_pointer (&unixfs->block_sizes, g_array_unref);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "Not a UnixFS node: %s", what);
  return FALSE;
}

/* A protobuf varint: up to 64 bits in 10 bytes, as negative seconds need. */
static gboolean
read_varint (MeshCursor *cursor, guint64 *value)
{
  guint64 result = 0;

  for (guint shift = 0; shift < 70; shift += 7)
    {
      guint8 byte;

      if (!mesh_cursor_read_u8 (cursor, &byte) || (shift == 63 && byte > 1))
        return FALSE;
      result |= (guint64) (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        {
          *value = result;
          return TRUE;
        }
    }
  return FALSE;
}

typedef struct
{
  guint64 number;
  guint wire;
  guint64 value;       /* of a varint or fixed32 */
  const guint8 *bytes; /* (unowned): of a byte field */
  gsize len;
} Field;

static gboolean
read_field (MeshCursor *cursor, Field *field)
{
  guint64 key;

  if (!read_varint (cursor, &key))
    return FALSE;
  field->number = key >> 3;
  field->wire = (guint) (key & 7);
  switch (field->wire)
    {
    case WIRE_VARINT:
      return read_varint (cursor, &field->value);
    case WIRE_64:
      return mesh_cursor_read_bytes (cursor, 8, &field->bytes);
    case WIRE_BYTES:
      if (!read_varint (cursor, &field->value) || field->value > cursor->len)
        return FALSE;
      field->len = (gsize) field->value;
      return mesh_cursor_read_bytes (cursor, field->len, &field->bytes);
    case WIRE_32:
      if (!mesh_cursor_read_bytes (cursor, 4, &field->bytes))
        return FALSE;
      field->value = (guint64) field->bytes[0] | (guint64) field->bytes[1] << 8
                     | (guint64) field->bytes[2] << 16 | (guint64) field->bytes[3] << 24;
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
decode_mtime (const Field *outer, MeshUnixfsMeta *meta, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (outer->bytes, outer->len);
  gboolean has_seconds = FALSE;
  Field field;

  if (outer->wire != WIRE_BYTES)
    return fail (error, "the time has a wrong type");
  while (cursor.len > 0)
    {
      if (!read_field (&cursor, &field))
        return fail (error, "the time is malformed");
      if (field.number == TIME_SECONDS && field.wire == WIRE_VARINT)
        {
          meta->mtime_s = (gint64) field.value;
          has_seconds = TRUE;
        }
      else if (field.number == TIME_NANOSECONDS && field.wire == WIRE_32)
        meta->mtime_ns = (guint32) field.value;
    }
  if (meta->mtime_ns > MAX_NANOSECONDS)
    return fail (error, "the time has too many nanoseconds");
  meta->has_mtime = has_seconds;
  return TRUE;
}

static gboolean
decode_block_sizes (const Field *field, GArray *sizes, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (field->bytes, field->len);
  guint64 size = field->value;

  if (field->wire == WIRE_VARINT)
    cursor.len = 0;
  else if (field->wire != WIRE_BYTES)
    return fail (error, "a block size has a wrong type");
  do
    {
      /* Packed or one by one: parsers must take both. */
      if (field->wire == WIRE_BYTES && cursor.len > 0 && !read_varint (&cursor, &size))
        return fail (error, "a block size is malformed");
      if (field->wire == WIRE_BYTES && field->len == 0)
        return TRUE;
      if (sizes->len == MESH_DAG_PB_MAX_LINKS)
        return fail (error, "it has too many block sizes");
      g_array_append_val (sizes, size);
    }
  while (cursor.len > 0);
  return TRUE;
}

static gboolean
decode_number (const Field *field, MeshUnixfs *unixfs, GError **error)
{
  if (field->wire != WIRE_VARINT)
    return fail (error, "a number has a wrong type");
  switch (field->number)
    {
    case FIELD_TYPE:
      if (field->value > MESH_UNIXFS_HAMT_SHARD)
        return fail (error, "its type is not known");
      unixfs->type = (MeshUnixfsType) field->value;
      return TRUE;
    case FIELD_FILE_SIZE:
      unixfs->has_file_size = TRUE;
      unixfs->file_size = field->value;
      return TRUE;
    case FIELD_HASH_TYPE:
      unixfs->hash_type = field->value;
      return TRUE;
    case FIELD_FANOUT:
      unixfs->fanout = field->value;
      return TRUE;
    default: /* FIELD_MODE */
      unixfs->meta.has_mode = TRUE;
      unixfs->meta.mode = (guint32) field->value;
      return TRUE;
    }
}

static gboolean
check_sizes (const MeshUnixfs *unixfs, GError **error)
{
  guint64 sum = unixfs->data_len;

  for (guint i = 0; i < unixfs->block_sizes->len; i++)
    if (!g_uint64_checked_add (&sum, sum,
                               g_array_index (unixfs->block_sizes, guint64, i)))
      return fail (error, "its sizes overflow");
  if (sum > G_MAXINT64 || (unixfs->has_file_size && unixfs->file_size > G_MAXINT64))
    return fail (error, "its sizes overflow");
  return TRUE;
}

gboolean
mesh_unixfs_decode (const guint8 *data, gsize len, MeshUnixfs *unixfs, GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  gboolean has_type = FALSE;
  Field field = { 0 };

  mesh_unixfs_clear (unixfs);
  mesh_unixfs_init (unixfs, MESH_UNIXFS_RAW);
  while (cursor.len > 0)
    {
      gboolean is_good = TRUE;

      if (!read_field (&cursor, &field))
        return fail (error, "a field is malformed or cut short");
      switch (field.number)
        {
        case FIELD_DATA:
          if (field.wire != WIRE_BYTES)
            return fail (error, "its data has a wrong type");
          unixfs->data = field.bytes;
          unixfs->data_len = field.len;
          break;
        case FIELD_BLOCK_SIZES:
          is_good = decode_block_sizes (&field, unixfs->block_sizes, error);
          break;
        case FIELD_MTIME:
          is_good = decode_mtime (&field, &unixfs->meta, error);
          break;
        case FIELD_TYPE:
        case FIELD_FILE_SIZE:
        case FIELD_HASH_TYPE:
        case FIELD_FANOUT:
        case FIELD_MODE:
          is_good = decode_number (&field, unixfs, error);
          has_type |= field.number == FIELD_TYPE;
          break;
        default:
          break;
        }
      if (!is_good)
        return FALSE;
    }
  if (!has_type)
    return fail (error, "it has no type");
  return check_sizes (unixfs, error);
}

static void
append_varint (GByteArray *out, guint64 value)
{
  guint8 byte;

  for (; value >= 0x80; value >>= 7)
    {
      byte = (guint8) (value | 0x80);
      g_byte_array_append (out, &byte, 1);
    }
  byte = (guint8) value;
  g_byte_array_append (out, &byte, 1);
}

static void
append_number (GByteArray *out, guint number, guint64 value)
{
  append_varint (out, number << 3 | WIRE_VARINT);
  append_varint (out, value);
}

static void
append_bytes (GByteArray *out, guint number, const guint8 *bytes, gsize len)
{
  append_varint (out, number << 3 | WIRE_BYTES);
  append_varint (out, len);
  if (len > 0)
    g_byte_array_append (out, bytes, (guint) len);
}

static void
append_meta (GByteArray *out, MeshUnixfsType type, const MeshUnixfsMeta *meta)
{
  gboolean is_directory = type == MESH_UNIXFS_DIRECTORY || type == MESH_UNIXFS_HAMT_SHARD;
  guint32 default_mode
      = is_directory ? MESH_UNIXFS_DEFAULT_DIRECTORY_MODE : MESH_UNIXFS_DEFAULT_FILE_MODE;
  g_autoptr (GByteArray) time = NULL;

  if (meta->has_mode && meta->mode != default_mode)
    append_number (out, FIELD_MODE, meta->mode);
  if (!meta->has_mtime)
    return;
  time = g_byte_array_new ();
  append_number (time, TIME_SECONDS, (guint64) meta->mtime_s);
  if (meta->mtime_ns > 0)
    {
      guint32 little = GUINT32_TO_LE (meta->mtime_ns);

      append_varint (time, TIME_NANOSECONDS << 3 | WIRE_32);
      g_byte_array_append (time, (const guint8 *) &little, sizeof little);
    }
  append_bytes (out, FIELD_MTIME, time->data, time->len);
}

GBytes *
mesh_unixfs_encode (const MeshUnixfs *unixfs)
{
  GByteArray *out = g_byte_array_new ();

  append_number (out, FIELD_TYPE, unixfs->type);
  if (unixfs->data_len > 0)
    append_bytes (out, FIELD_DATA, unixfs->data, unixfs->data_len);
  if (unixfs->has_file_size)
    append_number (out, FIELD_FILE_SIZE, unixfs->file_size);
  for (guint i = 0; i < unixfs->block_sizes->len; i++)
    append_number (out, FIELD_BLOCK_SIZES,
                   g_array_index (unixfs->block_sizes, guint64, i));
  if (unixfs->type == MESH_UNIXFS_HAMT_SHARD)
    {
      append_number (out, FIELD_HASH_TYPE, unixfs->hash_type);
      append_number (out, FIELD_FANOUT, unixfs->fanout);
    }
  append_meta (out, unixfs->type, &unixfs->meta);
  return g_byte_array_free_to_bytes (out);
}

void
mesh_unixfs_leaf_frame (gsize size,
                        guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD],
                        gsize *n_head,
                        guint8 tail[MESH_UNIXFS_LEAF_MAX_TAIL],
                        gsize *n_tail)
{
  gsize data_field = size > 0 ? 1 + mesh_varint_len (size) + size : 0;
  gsize inner = 2 + data_field + 1 + mesh_varint_len (size);
  gsize n = 0;

  g_assert (size <= G_MAXINT32);

  head[n++] = 1 << 3 | WIRE_BYTES; /* dag-pb: Data */
  n += mesh_varint_encode (inner, head + n);
  head[n++] = FIELD_TYPE << 3 | WIRE_VARINT;
  head[n++] = MESH_UNIXFS_FILE;
  if (size > 0)
    {
      head[n++] = FIELD_DATA << 3 | WIRE_BYTES;
      n += mesh_varint_encode (size, head + n);
    }
  *n_head = n;
  tail[0] = FIELD_FILE_SIZE << 3 | WIRE_VARINT;
  *n_tail = 1 + mesh_varint_encode (size, tail + 1);
}

static GBytes *
wrap (const MeshUnixfs *unixfs)
{
  g_autoptr (GBytes) inner = mesh_unixfs_encode (unixfs);
  g_auto (MeshDagPbNode) node = { 0 };

  mesh_dag_pb_node_init (&node);
  node.data = g_bytes_get_data (inner, &node.data_len);
  return mesh_dag_pb_encode (&node);
}

GBytes *
mesh_unixfs_new_file_block (const guint8 *data, gsize len, const MeshUnixfsMeta *meta)
{
  g_auto (MeshUnixfs) unixfs = { 0 };

  mesh_unixfs_init (&unixfs, MESH_UNIXFS_FILE);
  unixfs.data = data;
  unixfs.data_len = len;
  unixfs.has_file_size = TRUE;
  unixfs.file_size = len;
  if (meta != NULL)
    unixfs.meta = *meta;
  return wrap (&unixfs);
}

GBytes *
mesh_unixfs_new_symlink_block (const char *target, const MeshUnixfsMeta *meta)
{
  g_auto (MeshUnixfs) unixfs = { 0 };

  mesh_unixfs_init (&unixfs, MESH_UNIXFS_SYMLINK);
  unixfs.data = (const guint8 *) target;
  unixfs.data_len = strlen (target);
  if (meta != NULL)
    unixfs.meta = *meta;
  return wrap (&unixfs);
}

GBytes *
mesh_unixfs_new_directory_block (const MeshDagPbNode *node,
                                 const MeshUnixfsMeta *meta,
                                 guint64 *tsize)
{
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_autoptr (GBytes) inner = NULL;
  MeshDagPbNode whole = { .links = node->links };
  GBytes *block;
  guint64 sum;

  mesh_unixfs_init (&unixfs, MESH_UNIXFS_DIRECTORY);
  if (meta != NULL)
    unixfs.meta = *meta;
  inner = mesh_unixfs_encode (&unixfs);
  whole.data = g_bytes_get_data (inner, &whole.data_len);
  block = mesh_dag_pb_encode (&whole);
  sum = g_bytes_get_size (block);
  for (guint i = 0; i < node->links->len; i++)
    sum += g_array_index (node->links, MeshDagPbLink, i).tsize;
  if (tsize != NULL)
    *tsize = sum;
  return block;
}
