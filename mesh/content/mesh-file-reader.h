/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-cid.h"
#include "content/mesh-unixfs.h"

/* Walks the DAG of one UnixFS file and yields its bytes in order, with a bounded number
 * of blocks asked for ahead of time. A core: blocks go in, wants and data come out.
 *
 *   poll_want → ask someone → handle_block … poll_data → write
 *
 * Sizes announced in the DAG are checked against what comes: a block that lies about them
 * is %MESH_ERROR_INVALID, so a reader never yields more than get_size() said. */

/* Bounds against hostile DAGs. */
#define MESH_FILE_READER_MAX_DEPTH 16
/* Blocks asked for or held before they are polled; the window may be smaller. */
#define MESH_FILE_READER_MAX_WINDOW 64
/* Places in the tree that are known and not yet read. */
#define MESH_FILE_READER_MAX_ITEMS 262144u

typedef struct MeshFileReader MeshFileReader;

/**
 * mesh_file_reader_new:
 * @root: a UnixFS file or raw block
 * @window: most blocks wanted or held at once, 1 to %MESH_FILE_READER_MAX_WINDOW
 */
MeshFileReader *
mesh_file_reader_new (MeshCid *root, guint window) G_GNUC_WARN_UNUSED_RESULT;
void mesh_file_reader_free (MeshFileReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshFileReader, mesh_file_reader_free)

/**
 * mesh_file_reader_poll_want:
 * @cid: (out) (transfer none): a block to bring; valid until it is handled
 * @id: (out): to be repeated to mesh_file_reader_handle_block()
 *
 * Returns: %FALSE when no more may be asked for at present
 */
gboolean mesh_file_reader_poll_want (MeshFileReader *self, MeshCid **cid, guint64 *id);

/**
 * mesh_file_reader_get_range:
 * @id: of a block that is wanted
 * @offset: (out): where its part of the file begins
 * @size: (out): how many bytes of the file it and all below it hold
 *
 * Returns: %FALSE for the root, whose size nobody has said yet
 */
gboolean mesh_file_reader_get_range (const MeshFileReader *self,
                                     guint64 id,
                                     guint64 *offset,
                                     guint64 *size);

/**
 * mesh_file_reader_handle_block:
 * @block: verified bytes of the block wanted under @id; in any order
 *
 * Returns: %FALSE when the block has no place in a good file; the reader is of no further
 *   use then
 */
gboolean mesh_file_reader_handle_block (MeshFileReader *self,
                                        guint64 id,
                                        GBytes *block,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_file_reader_poll_data:
 * @data: (out) (transfer full): the next bytes of the file, sharing the block's memory
 *
 * Returns: %FALSE when the next bytes are not here yet, or all were given
 */
gboolean mesh_file_reader_poll_data (MeshFileReader *self, GBytes **data);

/* Whether all bytes were polled. */
gboolean mesh_file_reader_is_done (const MeshFileReader *self);

/**
 * mesh_file_reader_get_size:
 * @size: (out): the size of the file, as its root says
 *
 * Returns: %FALSE while the root has not come
 */
gboolean mesh_file_reader_get_size (const MeshFileReader *self, guint64 *size);

/**
 * mesh_file_reader_get_meta:
 *
 * Returns: (transfer none): what the root says of mode and time; empty before it came
 */
const MeshUnixfsMeta *mesh_file_reader_get_meta (const MeshFileReader *self);
