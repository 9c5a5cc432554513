/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Decides where a file is cut into chunks. A value; knows nothing of files. */

/* Smallest and largest chunk any chunker may be asked for. */
#define MESH_CHUNKER_MIN_BYTES 1024u
#define MESH_CHUNKER_MAX_BYTES (2u * 1024 * 1024 - 1024)

typedef struct MeshChunker MeshChunker;

struct MeshChunker
{
  /* The length of the first chunk of data[0..len), which begins at a chunk boundary;
   * 0 when more bytes are needed to tell and is_last says they may come. */
  gsize (*next) (const MeshChunker *self,
                 const guint8 *data,
                 gsize len,
                 gboolean is_last);
  gsize min_bytes;
  gsize mean_bytes;
  gsize max_bytes; /* no chunk is longer */
  gsize stride; /* every multiple of it is a boundary, whatever the bytes; 0: none is */
};

/**
 * mesh_chunker_init_fixed:
 * @size: from %MESH_CHUNKER_MIN_BYTES to %MESH_CHUNKER_MAX_BYTES
 *
 * Every chunk but the last has @size bytes.
 */
void mesh_chunker_init_fixed (MeshChunker *self, gsize size);

/**
 * mesh_chunker_next:
 * @data: bytes that begin at a boundary
 * @len: their number
 * @is_last: whether @data reaches the end of the file
 *
 * Returns: the length of the next chunk; 0 when @data must be longer first, which
 *   %MESH_CHUNKER_MAX_BYTES of them never need
 */
gsize mesh_chunker_next (const MeshChunker *self,
                         const guint8 *data,
                         gsize len,
                         gboolean is_last);
