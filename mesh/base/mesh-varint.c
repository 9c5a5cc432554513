/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-varint.h"

gsize
mesh_varint_len (guint64 value)
{
  gsize len = 1;

  while (value >= 0x80)
    {
      value >>= 7;
      len++;
    }
  return len;
}

gsize
mesh_varint_encode (guint64 value, guint8 out[MESH_VARINT_MAX_LEN])
{
  gsize len = 0;

  g_assert (value <= G_MAXINT64);

  while (value >= 0x80)
    {
      out[len++] = (guint8) (value | 0x80);
      value >>= 7;
    }
  out[len++] = (guint8) value;
  return len;
}

void
mesh_varint_append (GByteArray *array, guint64 value)
{
  guint8 buf[MESH_VARINT_MAX_LEN];

  g_byte_array_append (array, buf, (guint) mesh_varint_encode (value, buf));
}

gssize
mesh_varint_decode (const guint8 *data, gsize len, guint64 *value)
{
  guint64 result = 0;

  for (gsize i = 0; i < len; i++)
    {
      if (i == MESH_VARINT_MAX_LEN)
        return -1;
      result |= (guint64) (data[i] & 0x7f) << (7 * i);
      if ((data[i] & 0x80) == 0)
        {
          if (i > 0 && data[i] == 0)
            return -1; /* not minimal */
          *value = result;
          return (gssize) i + 1;
        }
    }
  return len >= MESH_VARINT_MAX_LEN ? -1 : 0;
}
