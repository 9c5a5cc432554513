/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "tree/mesh-export-run.h"

/* The operation goes in as input and comes back as result: the box says who has it. */
typedef struct
{
  MeshExportDisk *op; /* (owned) (nullable) */
} Box;

static void
box_free (gpointer data)
{
  Box *box = data;

  g_clear_pointer (&box->op, mesh_export_disk_free);
  g_free (box);
}

static gpointer
run (gpointer input, GCancellable *cancellable, GError **error)
{
  Box *box = input;

  return mesh_export_disk_run (box->op, error) ? g_steal_pointer (&box->op) : NULL;
}

void
mesh_export_run_async (MeshWorkPool *pool,
                       MeshExportDisk *op,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Box *box = g_new (Box, 1);

  box->op = op;
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, run, box, box_free,
                            mesh_export_disk_free, NULL, callback, user_data);
}

MeshExportDisk *
mesh_export_run_finish (GObject *source, GAsyncResult *result, GError **error)
{
  return mesh_work_pool_run_finish (MESH_WORK_POOL (source), result, error);
}
