/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "tree/mesh-import.h"

/* what there is to import. */

typedef struct
{
  char *path;          /* (owned): what to import */
  gboolean wrap;       /* put a single file into a folder of its own */
  gboolean is_wrapped; /* the result: that was done */
  GPtrArray *entries; /* (owned): the result (element-type MeshImportEntry): sorted by the
                       * bytes of their paths, so that parents come before children */
} MeshImportScan;

/**
 * mesh_import_scan_run:
 *
 * Lists files, folders and symlinks without following any. Blocks on the disk: for the
 * pool.
 */
gboolean mesh_import_scan_run (MeshImportScan *self,
                               GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

void mesh_import_scan_free_entry (gpointer entry);
