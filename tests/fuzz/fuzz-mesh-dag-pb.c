/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-dag-pb.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshDagPbNode) again = { 0 };

  if (mesh_dag_pb_decode (data, size, &node, NULL))
    {
      g_autoptr (GBytes) block = mesh_dag_pb_encode (&node);
      gsize len;
      const guint8 *bytes = g_bytes_get_data (block, &len);

      g_assert (len == size && mesh_dag_pb_decode (bytes, len, &again, NULL));
      g_assert (again.links->len == node.links->len);
    }
  return 0;
}
