/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-hamt-builder.h"

/* A folder of invented entries, and its shards by their names. */

static inline void
folder_add (MeshDagPbNode *folder, const char *name)
{
  g_autoptr (MeshCid) cid
      = mesh_cid_new_for_data (MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256,
                               (const guint8 *) name, strlen (name), NULL);

  mesh_dag_pb_node_add_link (folder, cid, name, strlen (name));
}

static inline void
folder_fill (MeshDagPbNode *folder, guint n)
{
  mesh_dag_pb_node_init (folder);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.txt", i);

      folder_add (folder, name);
    }
}

/* (transfer full) (element-type MeshCid GBytes) */
static inline GHashTable *
folder_shard (const MeshDagPbNode *folder, guint fanout, MeshCid **root)
{
  GHashTable *blocks = g_hash_table_new_full (mesh_cid_hash, mesh_cid_equal,
                                              (GDestroyNotify) mesh_cid_unref,
                                              (GDestroyNotify) g_bytes_unref);
  GError *error = NULL;
  g_autoptr (MeshHamtBuilder) builder
      = mesh_hamt_builder_new (folder, fanout, 1, MESH_MULTIHASH_SHA2_256, NULL, &error);
  guint64 tsize;
  MeshCid *cid;
  GBytes *block;

  g_assert_no_error (error);
  *root = NULL;
  while (mesh_hamt_builder_poll_block (builder, &cid, &block, &tsize))
    {
      g_clear_pointer (root, mesh_cid_unref);
      *root = mesh_cid_ref (cid);
      g_hash_table_replace (blocks, cid, block);
    }
  return blocks;
}

/* Opens a shard and checks it. */
static inline gboolean
shard_open (GBytes *block,
            MeshDagPbNode *node,
            MeshHamtPosition *position,
            GError **error)
{
  g_auto (MeshUnixfs) unixfs = { 0 };
  gsize len;
  const guint8 *data = g_bytes_get_data (block, &len);

  return mesh_dag_pb_decode (data, len, node, error)
         && mesh_unixfs_decode (node->data, node->data_len, &unixfs, error)
         && mesh_hamt_check (node, &unixfs, position, error);
}
