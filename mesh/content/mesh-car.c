/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-car.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"

/* The header is DAG-CBOR (RFC 8949, deterministic) of {"roots": [CID…], "version": 1}:
 * little enough to do by hand. */
#define CBOR_BYTES 2
#define CBOR_TEXT 3
#define CBOR_ARRAY 4
#define CBOR_MAP 5
#define CBOR_TAG 6
#define CBOR_UNSIGNED 0
#define CID_TAG 42 /* its byte string begins with 0, "multibase identity" */

struct MeshCarReader
{
  GByteArray *buf;  /* (owned): not yet taken */
  gsize start;      /* of the next section in it */
  GPtrArray *roots; /* (owned) (nullable) (element-type MeshCid) */
};

static void
append_cbor (GByteArray *out, guint major, guint64 value)
{
  guint8 bytes[9];
  gsize n = 1;

  /* The header never holds numbers over 16 bits. */
  g_assert (value <= G_MAXUINT16);
  if (value < 24)
    bytes[0] = (guint8) (major << 5 | value);
  else if (value <= G_MAXUINT8)
    {
      bytes[0] = (guint8) (major << 5 | 24);
      bytes[1] = (guint8) value;
      n = 2;
    }
  else
    {
      bytes[0] = (guint8) (major << 5 | 25);
      bytes[1] = (guint8) (value >> 8);
      bytes[2] = (guint8) value;
      n = 3;
    }
  g_byte_array_append (out, bytes, (guint) n);
}

static void
append_text (GByteArray *out, const char *text)
{
  append_cbor (out, CBOR_TEXT, strlen (text));
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

GBytes *
mesh_car_encode_header (MeshCid *const *roots, gsize n)
{
  g_autoptr (GByteArray) cbor = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();

  g_return_val_if_fail (n <= MESH_CAR_MAX_ROOTS, g_byte_array_free_to_bytes (out));

  append_cbor (cbor, CBOR_MAP, 2);
  append_text (cbor, "roots");
  append_cbor (cbor, CBOR_ARRAY, n);
  for (gsize i = 0; i < n; i++)
    {
      gsize len;
      const guint8 *bytes = mesh_cid_get_bytes (roots[i], &len);

      append_cbor (cbor, CBOR_TAG, CID_TAG);
      append_cbor (cbor, CBOR_BYTES, len + 1);
      g_byte_array_append (cbor, (const guint8 *) "", 1);
      g_byte_array_append (cbor, bytes, (guint) len);
    }
  append_text (cbor, "version");
  append_cbor (cbor, CBOR_UNSIGNED, 1);
  mesh_varint_append (out, cbor->len);
  g_byte_array_append (out, cbor->data, cbor->len);
  return g_byte_array_free_to_bytes (out);
}

void
mesh_car_encode_section_head (const MeshCid *cid, gsize block_len, GByteArray *out)
{
  gsize len;
  const guint8 *bytes = mesh_cid_get_bytes (cid, &len);

  mesh_varint_append (out, len + block_len);
  g_byte_array_append (out, bytes, (guint) len);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "Not a CAR file: %s", what);
  return FALSE;
}

/* Reads the head of an item that must be of kind @major. */
static gboolean
read_cbor (MeshCursor *cursor, guint major, guint64 *value)
{
  guint8 first;
  guint8 narrow;
  guint16 wide;

  if (!mesh_cursor_read_u8 (cursor, &first) || first >> 5 != major)
    return FALSE;
  first &= 0x1f;
  if (first < 24)
    {
      *value = first;
      return TRUE;
    }
  if (first == 24 && mesh_cursor_read_u8 (cursor, &narrow))
    {
      *value = narrow;
      return narrow >= 24;
    }
  if (first == 25 && mesh_cursor_read_u16_be (cursor, &wide))
    {
      *value = wide;
      return wide > G_MAXUINT8;
    }
  return FALSE;
}

static gboolean
read_key (MeshCursor *cursor, const char *key)
{
  const guint8 *bytes;
  guint64 len;

  return read_cbor (cursor, CBOR_TEXT, &len) && len == strlen (key)
         && mesh_cursor_read_bytes (cursor, (gsize) len, &bytes)
         && memcmp (bytes, key, (gsize) len) == 0;
}

static gboolean
read_root (MeshCursor *cursor, GPtrArray *roots, GError **error)
{
  const guint8 *bytes;
  guint64 value;
  MeshCid *cid;

  if (!read_cbor (cursor, CBOR_TAG, &value) || value != CID_TAG
      || !read_cbor (cursor, CBOR_BYTES, &value) || value == 0
      || !mesh_cursor_read_bytes (cursor, (gsize) value, &bytes) || bytes[0] != 0)
    return fail (error, "a root in its header is malformed");
  cid = mesh_cid_from_bytes (bytes + 1, (gsize) value - 1, error);
  if (cid == NULL)
    return FALSE;
  g_ptr_array_add (roots, cid);
  return TRUE;
}

static gboolean
read_header (MeshCarReader *self, MeshCursor cursor, GError **error)
{
  g_autoptr (GPtrArray) roots
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_cid_unref);
  guint64 n;
  guint64 version;

  if (!read_cbor (&cursor, CBOR_MAP, &n) || n != 2 || !read_key (&cursor, "roots")
      || !read_cbor (&cursor, CBOR_ARRAY, &n) || n > MESH_CAR_MAX_ROOTS)
    return fail (error, "its header is malformed");
  for (guint64 i = 0; i < n; i++)
    if (!read_root (&cursor, roots, error))
      return FALSE;
  if (!read_key (&cursor, "version") || !read_cbor (&cursor, CBOR_UNSIGNED, &version)
      || cursor.len != 0)
    return fail (error, "its header is malformed");
  if (version != 1)
    return fail (error, "its version is not 1");
  self->roots = g_steal_pointer (&roots);
  return TRUE;
}

MeshCarReader *
mesh_car_reader_new (void)
{
  MeshCarReader *self = g_new0 (MeshCarReader, 1);

  self->buf = g_byte_array_new ();
  return self;
}

void
mesh_car_reader_free (MeshCarReader *self)
{
  g_byte_array_unref (self->buf);
  g_clear_pointer (&self->roots, g_ptr_array_unref);
  g_free (self);
}

/* The next whole section, with its length taken off; data is NULL when it is not here. */
static gboolean
next_section (MeshCarReader *self, gsize max_len, MeshCursor *section, GError **error)
{
  MeshCursor cursor
      = mesh_cursor_init (self->buf->data + self->start, self->buf->len - self->start);
  guint64 len;
  gssize n = cursor.len > 0 ? mesh_varint_decode (cursor.data, cursor.len, &len) : 0;

  *section = mesh_cursor_init (NULL, 0);
  if (n == 0)
    return TRUE;
  if (n < 0 || len == 0 || len > max_len)
    return fail (error, "a section has a length that can not be");
  if (cursor.len - (gsize) n < len)
    return TRUE;
  *section = mesh_cursor_init (cursor.data + n, (gsize) len);
  self->start += (gsize) n + (gsize) len;
  return TRUE;
}

gboolean
mesh_car_reader_handle_bytes (MeshCarReader *self,
                              const guint8 *data,
                              gsize len,
                              GError **error)
{
  MeshCursor section;

  if (self->start > 0)
    {
      g_byte_array_remove_range (self->buf, 0, (guint) self->start);
      self->start = 0;
    }
  g_byte_array_append (self->buf, data, (guint) len);
  if (self->roots != NULL)
    return TRUE;
  if (!next_section (self, MESH_CAR_MAX_HEADER, &section, error))
    return FALSE;
  return section.data == NULL || read_header (self, section, error);
}

gboolean
mesh_car_reader_poll_block (MeshCarReader *self,
                            MeshCid **cid,
                            GBytes **block,
                            GError **error)
{
  MeshCursor section;
  gsize n_cid;

  *block = NULL;
  if (self->roots == NULL)
    return TRUE;
  if (!next_section (self, MESH_CAR_MAX_SECTION, &section, error))
    return FALSE;
  if (section.data == NULL)
    return TRUE;
  *cid = mesh_cid_read (section.data, section.len, &n_cid, error);
  if (*cid == NULL)
    return FALSE;
  *block = g_bytes_new (section.data + n_cid, section.len - n_cid);
  return TRUE;
}

GPtrArray *
mesh_car_reader_get_roots (MeshCarReader *self)
{
  return self->roots;
}

gboolean
mesh_car_reader_is_between_sections (const MeshCarReader *self)
{
  return self->roots != NULL && self->start == self->buf->len;
}
