/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-protobuf.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MeshCursor cursor = mesh_cursor_init (data, size);
  MeshProtobufField field = { 0 };

  while (mesh_protobuf_next (&cursor, &field) == MESH_PROTOBUF_FIELD)
    {
      g_assert (cursor.data >= data && cursor.len < size);
      g_assert (cursor.data + cursor.len == data + size);
      if (field.type == MESH_PROTOBUF_BYTES && field.len > 0)
        g_assert (field.data >= data && field.data + field.len <= cursor.data);
    }
  return 0;
}
