/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-hamt.h"

/* Makes the shards of a folder that is too large for one block, children before parents,
 * one at a time: memory is that of the folder's links. The same entries give the same
 * shards in whatever order they come. */

typedef struct MeshHamtBuilder MeshHamtBuilder;

/**
 * mesh_hamt_builder_new:
 * @folder: the entries, at least one, each name once; must outlive the builder
 * @fanout: %MESH_HAMT_FANOUT to be the same as others
 * @cid_version: 0 or 1, of the shards; 0 needs sha2-256
 * @hash_code: a known hash other than identity
 * @meta: (nullable): of the folder, said in its root; copied
 *
 * Fails with %MESH_ERROR_LIMIT when names are so alike that all bits of their hashes are
 * equal, which takes intent.
 */
MeshHamtBuilder *mesh_hamt_builder_new (const MeshDagPbNode *folder,
                                        guint fanout,
                                        guint cid_version,
                                        guint64 hash_code,
                                        const MeshUnixfsMeta *meta,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_hamt_builder_free (MeshHamtBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshHamtBuilder, mesh_hamt_builder_free)

/**
 * mesh_hamt_builder_poll_block:
 * @cid: (out) (transfer full): its name
 * @block: (out) (transfer full): the next shard; the last one is the root
 * @tsize: (out): cumulative size of the shard and all below it
 *
 * Returns: %FALSE when there are no more
 */
gboolean mesh_hamt_builder_poll_block (MeshHamtBuilder *self,
                                       MeshCid **cid,
                                       GBytes **block,
                                       guint64 *tsize);

/* How the size of a folder is told that decides whether it is sharded. IPIP-499 names
 * both; at exactly %MESH_HAMT_SPLIT_BYTES it stays whole. */
typedef enum
{
  MESH_HAMT_SPLIT_LINKS, /* "links-bytes": names and CIDs of its links */
  MESH_HAMT_SPLIT_BLOCK, /* "block-bytes": the block it would be */
} MeshHamtSplit;

/**
 * mesh_hamt_builder_is_needed:
 * @folder: its entries
 * @block_bytes: length of the block it would be; not looked at for %MESH_HAMT_SPLIT_LINKS
 *
 * All links count alike. (ipfs-unixfs-importer does not count folders in a folder that
 * have entries of their own; a folder of thousands of such folders may be sharded here,
 * as Kubo does, and not there.)
 */
gboolean mesh_hamt_builder_is_needed (const MeshDagPbNode *folder,
                                      MeshHamtSplit split,
                                      gsize block_bytes);
