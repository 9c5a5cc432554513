/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"
#include "content/mesh-hamt.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MeshHamtPosition at = { 0 }, child;
  g_auto (MeshDagPbNode) node = { 0 };
  g_auto (MeshUnixfs) unixfs = { 0 };
  if (!mesh_dag_pb_decode (data, size, &node, NULL)
      || !mesh_unixfs_decode (node.data, node.data_len, &unixfs, NULL)
      || !mesh_hamt_check (&node, &unixfs, &at, NULL))
    return 0;
  for (guint i = 0, n = mesh_hamt_get_prefix_len (at.fanout); i < node.links->len; i++)
    {
      MeshDagPbLink *link = &g_array_index (node.links, MeshDagPbLink, i);
      g_assert (mesh_hamt_enter (&at, link, &child)
                || mesh_hamt_find (&node, &at, link->name + n, link->name_len - n)
                       == link);
    }
  return 0;
}
