/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-chunker.h"
#include "content/mesh-cid.h"
#include "content/mesh-unixfs.h"

/* one stretch of a file, read, cut and hashed in the pool. */

typedef struct
{
  MeshCid *cid;  /* (owned) */
  GBytes *block; /* (owned) (nullable): until it is taken */
  gsize block_size;
  guint64 offset; /* in the file */
  gsize size;     /* bytes of the file in it */
} MeshImportLeaf;

typedef struct
{
  char *path;        /* (owned) */
  guint64 file_size; /* as it was when the import began */
  guint64 offset;    /* a chunk boundary */
  gsize max_bytes;   /* how far to read */
  MeshChunker chunker;
  guint64 hash_code;
  guint cid_version;
  gboolean is_raw;
  gboolean has_meta; /* meta goes into the block of the file if it has only one; the
                      * result: it did */
  MeshUnixfsMeta meta;
  GArray *leaves; /* (owned): the result (element-type MeshImportLeaf) */
  guint64 end;    /* the result: where the next segment begins */
} MeshImportSegment;

MeshImportSegment *mesh_import_segment_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_import_segment_free (gpointer self);

/* A MeshWorkFunc. @input: a pointer to a segment, which is taken out of it and returned.
 */
gpointer
mesh_import_segment_run (gpointer input, GCancellable *cancellable, GError **error);
