/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-fastcdc.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MeshChunker chunker;
  gsize chunk;

  mesh_fastcdc_init (&chunker, MESH_FASTCDC_MIN_MEAN_BYTES);
  for (; size > 0; data += chunk, size -= chunk)
    {
      chunk = mesh_chunker_next (&chunker, data, size, TRUE);
      g_assert (chunk > 0 && chunk <= size && chunk <= chunker.max_bytes);
      g_assert (chunk == size
                || mesh_chunker_next (&chunker, data, chunk, FALSE) == chunk);
    }
  return 0;
}
