/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "work/mesh-work-pool.h"
#include "tree/mesh-export-disk.h"

/**
 * mesh_export_run_async:
 * @op: (transfer full): what to do
 *
 * Runs an operation on the disk in the pool.
 */
void mesh_export_run_async (MeshWorkPool *pool,
                            MeshExportDisk *op,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/**
 * mesh_export_run_finish:
 *
 * Returns: (transfer full): the operation, if it ended well
 */
MeshExportDisk *mesh_export_run_finish (GObject *source,
                                        GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
