/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "content/mesh-dag-pb.h"

/* UnixFS: what the data field of a dag-pb node says about files, folders and links.
 * https://specs.ipfs.tech/unixfs/ with mode and mtime of version 1.5. */

typedef enum
{
  MESH_UNIXFS_RAW = 0,
  MESH_UNIXFS_DIRECTORY = 1,
  MESH_UNIXFS_FILE = 2,
  MESH_UNIXFS_METADATA = 3,
  MESH_UNIXFS_SYMLINK = 4,
  MESH_UNIXFS_HAMT_SHARD = 5,
} MeshUnixfsType;

/* Permissions that are not written, because absence means them. */
#define MESH_UNIXFS_DEFAULT_FILE_MODE 0644u
#define MESH_UNIXFS_DEFAULT_DIRECTORY_MODE 0755u
/* Permission bits that mean something: rwx three times, setuid, setgid, sticky. */
#define MESH_UNIXFS_MODE_MASK 07777u

/* What may be said of a file, folder or link besides its content. */
typedef struct
{
  gboolean has_mode;
  guint32 mode;
  gboolean has_mtime;
  gint64 mtime_s;
  guint32 mtime_ns; /* below 1e9; 0 is not written */
} MeshUnixfsMeta;

typedef struct
{
  MeshUnixfsType type;
  const guint8 *data; /* (unowned) (nullable) */
  gsize data_len;
  gboolean has_file_size;
  guint64 file_size;
  GArray *block_sizes; /* (owned) (element-type guint64): one for each link of a file */
  guint64 hash_type;   /* of a HAMT shard */
  guint64 fanout;      /* of a HAMT shard, 0: absent */
  MeshUnixfsMeta meta;
} MeshUnixfs;

void mesh_unixfs_init (MeshUnixfs *unixfs, MeshUnixfsType type);
void mesh_unixfs_clear (MeshUnixfs *unixfs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshUnixfs, mesh_unixfs_clear)

/**
 * mesh_unixfs_decode:
 * @data: the data field of a dag-pb node; @unixfs borrows from it
 * @unixfs: initialised or zeroed by the caller
 *
 * Unknown fields are skipped, as later versions may add some. What is refused: no or an
 * unknown type, wrong wire types, sizes that overflow, more block sizes than
 * %MESH_DAG_PB_MAX_LINKS.
 */
gboolean mesh_unixfs_decode (const guint8 *data,
                             gsize len,
                             MeshUnixfs *unixfs,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_unixfs_encode:
 *
 * Writes fields in order of their numbers; empty data, default modes and absent fields
 * are left out.
 *
 * Returns: (transfer full): the data field
 */
GBytes *mesh_unixfs_encode (const MeshUnixfs *unixfs) G_GNUC_WARN_UNUSED_RESULT;

/* Longest head and tail around the bytes of a leaf. */
#define MESH_UNIXFS_LEAF_MAX_HEAD 32
#define MESH_UNIXFS_LEAF_MAX_TAIL 16

/**
 * mesh_unixfs_leaf_frame:
 * @size: bytes of the file in this leaf, below 2^31
 * @head: (out caller-allocates): what stands before them
 * @n_head: (out): its length
 * @tail: (out caller-allocates): what stands after them
 * @n_tail: (out): its length
 *
 * The dag-pb block of a file leaf is head, bytes, tail; this way it is made around the
 * bytes without copying them.
 */
void mesh_unixfs_leaf_frame (gsize size,
                             guint8 head[MESH_UNIXFS_LEAF_MAX_HEAD],
                             gsize *n_head,
                             guint8 tail[MESH_UNIXFS_LEAF_MAX_TAIL],
                             gsize *n_tail);

/**
 * mesh_unixfs_new_file_block:
 * @meta: (nullable)
 *
 * Returns: (transfer full): the dag-pb block of a whole file in one node. Copies @data.
 */
GBytes *mesh_unixfs_new_file_block (const guint8 *data,
                                    gsize len,
                                    const MeshUnixfsMeta *meta) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_unixfs_new_symlink_block:
 * @target: where it points
 *
 * Returns: (transfer full): the dag-pb block of a symlink
 */
GBytes *
mesh_unixfs_new_symlink_block (const char *target,
                               const MeshUnixfsMeta *meta) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_unixfs_new_directory_block:
 * @node: its links become the entries; its data is not looked at
 * @tsize: (out) (optional): the block and everything below it
 *
 * Returns: (transfer full): the dag-pb block of a folder
 */
GBytes *mesh_unixfs_new_directory_block (const MeshDagPbNode *node,
                                         const MeshUnixfsMeta *meta,
                                         guint64 *tsize) G_GNUC_WARN_UNUSED_RESULT;
