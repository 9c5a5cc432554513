/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "content/mesh-unixfs.h"

/* Builds the balanced tree of a UnixFS file over its leaves, as they come, in order. Node
 * for node what ipfs-unixfs-importer builds with the same options. Holds at most
 * max_links links for each level, so memory grows with the logarithm of the file. */

typedef struct MeshDagBuilder MeshDagBuilder;

typedef struct
{
  MeshCid *cid;      /* (owned) */
  guint64 file_size; /* bytes of the file below it */
  guint64 tsize;     /* bytes of all blocks below it and its own */
} MeshDagEntry;

void mesh_dag_builder_clear_entry (MeshDagEntry *entry);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshDagEntry, mesh_dag_builder_clear_entry)

/**
 * mesh_dag_builder_new:
 * @max_links: most links in a node, at least 2
 * @cid_version: 0 or 1, of the nodes made here; 0 needs sha2-256
 * @hash_code: a known hash other than identity
 * @meta: (nullable): said in every node, as the JavaScript importer does; copied
 */
MeshDagBuilder *
mesh_dag_builder_new (guint max_links,
                      guint cid_version,
                      guint64 hash_code,
                      const MeshUnixfsMeta *meta) G_GNUC_WARN_UNUSED_RESULT;
void mesh_dag_builder_free (MeshDagBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDagBuilder, mesh_dag_builder_free)

/**
 * mesh_dag_builder_add_leaf:
 * @cid: the leaf
 * @file_size: bytes of the file in it
 * @block_size: bytes of its block
 */
void mesh_dag_builder_add_leaf (MeshDagBuilder *self,
                                MeshCid *cid,
                                guint64 file_size,
                                guint64 block_size);

/**
 * mesh_dag_builder_finish:
 * @root: (out): the root; a single leaf is its own root
 *
 * Ends the tree. At least one leaf must have been added. Call once.
 */
void mesh_dag_builder_finish (MeshDagBuilder *self, MeshDagEntry *root);

/**
 * mesh_dag_builder_poll_block:
 * @cid: (out) (transfer full): the block's name
 * @block: (out) (transfer full): the block
 *
 * Takes the next inner node that is ready to be stored. Children come before parents.
 * Poll after each leaf, so that at most one block a level waits.
 *
 * Returns: %FALSE when there is none
 */
gboolean
mesh_dag_builder_poll_block (MeshDagBuilder *self, MeshCid **cid, GBytes **block);
