/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "tree/mesh-import-segment.h"
#include "tree/mesh-import.h"

/* the nodes of folders and links, once all files have roots. A folder that is too large
 * for one block becomes shards.
 */

typedef struct
{
  GPtrArray *entries; /* (owned): the import's own, which waits meanwhile */
  GArray *tsizes;     /* (owned) (element-type guint64): of files, one for each entry */
  MeshImportOptions options;
  GArray *blocks;    /* (owned): the result (element-type MeshImportLeaf) */
  guint64 dag_bytes; /* the result: cumulative size of the root */
} MeshImportFolders;

MeshImportFolders *
mesh_import_folders_new (GPtrArray *entries,
                         const MeshImportOptions *options) G_GNUC_WARN_UNUSED_RESULT;
void mesh_import_folders_free (gpointer self);

/* A MeshWorkFunc. @input: a pointer to the job, which is taken out of it and returned. */
gpointer
mesh_import_folders_run (gpointer input, GCancellable *cancellable, GError **error);
