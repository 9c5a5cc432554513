/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-chunker.h"

static gsize
next_fixed (const MeshChunker *self, const guint8 *data, gsize len, gboolean is_last)
{
  if (len >= self->max_bytes)
    return self->max_bytes;
  return is_last ? len : 0;
}

void
mesh_chunker_init_fixed (MeshChunker *self, gsize size)
{
  g_return_if_fail (size >= MESH_CHUNKER_MIN_BYTES && size <= MESH_CHUNKER_MAX_BYTES);

  *self = (MeshChunker){
    .next = next_fixed,
    .min_bytes = size,
    .mean_bytes = size,
    .max_bytes = size,
    .stride = size,
  };
}

gsize
mesh_chunker_next (const MeshChunker *self,
                   const guint8 *data,
                   gsize len,
                   gboolean is_last)
{
  return self->next (self, data, len, is_last);
}
