/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "store/mesh-block-source.h"

G_DEFINE_INTERFACE (MeshBlockSource, mesh_block_source, G_TYPE_OBJECT)

static void
mesh_block_source_default_init (MeshBlockSourceInterface *iface)
{
}

void
mesh_block_source_get_async (MeshBlockSource *self,
                             MeshCid *cid,
                             int priority,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GBytes *carried;

  g_return_if_fail (MESH_IS_BLOCK_SOURCE (self));
  g_return_if_fail (cid != NULL);

  carried = mesh_cid_get_inline (cid);
  if (carried == NULL)
    {
      MESH_BLOCK_SOURCE_GET_IFACE (self)->get_async (self, cid, priority, cancellable,
                                                     callback, user_data);
      return;
    }
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mesh_block_source_get_async);
  g_task_return_pointer (task, carried, (GDestroyNotify) g_bytes_unref);
}

GBytes *
mesh_block_source_get_finish (MeshBlockSource *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (MESH_IS_BLOCK_SOURCE (self), NULL);

  if (g_async_result_is_tagged (result, mesh_block_source_get_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  return MESH_BLOCK_SOURCE_GET_IFACE (self)->get_finish (self, result, error);
}
