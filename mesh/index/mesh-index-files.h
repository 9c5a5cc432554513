/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "index/mesh-index-types.h"

/* block files and the files references point into. Everything
 * blocks on the disk; callable from any thread (nothing changes after opening but one
 * atomic counter). */

typedef struct
{
  int dir_fd;  /* the store's folder */
  int tmp_fd;  /* its tmp/ */
  int lock_fd; /* held while the store is open */
  gint next_tmp;
} MeshIndexFiles;

/**
 * mesh_index_files_open:
 *
 * Makes the folder if it is missing, takes its lock and empties tmp/.
 * %MESH_ERROR_BUSY: another process has it.
 */
gboolean mesh_index_files_open (MeshIndexFiles *self,
                                const char *dir,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_index_files_close (MeshIndexFiles *self);

/**
 * mesh_index_files_write_tmp:
 * @id: (out): names the file in tmp/
 *
 * %MESH_ERROR_NO_SPACE when the disk is full; nothing is left behind then.
 */
gboolean mesh_index_files_write_tmp (MeshIndexFiles *self,
                                     const guint8 *data,
                                     gsize len,
                                     guint *id,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives a file in tmp/ its place, over an older one of the same name. */
gboolean mesh_index_files_commit_tmp (MeshIndexFiles *self,
                                      guint id,
                                      const MeshCid *cid,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_index_files_discard_tmp (MeshIndexFiles *self, guint id);

void mesh_index_files_delete (MeshIndexFiles *self, const MeshCid *cid);

/* (nullable): NULL when it is not there or not of that size. Not verified. */
GBytes *mesh_index_files_read (MeshIndexFiles *self,
                               const MeshCid *cid,
                               gsize size) G_GNUC_WARN_UNUSED_RESULT;

/* (nullable): the block made from a stretch of a file. Not verified. */
GBytes *
mesh_index_files_read_reference (const char *path,
                                 guint64 offset,
                                 gsize size,
                                 MeshReferenceKind kind) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a block is what a reference to @size bytes makes, bytes of a frame included. */
gboolean mesh_index_files_fits_reference (const guint8 *block,
                                          gsize len,
                                          gsize size,
                                          MeshReferenceKind kind);

/**
 * mesh_index_files_write_reference:
 * @fd: a file, open for writing
 * @block: a block that fits such a reference
 *
 * Writes the part of the block that belongs into the file, so that a reference to that
 * stretch makes the block again.
 */
gboolean mesh_index_files_write_reference (int fd,
                                           guint64 offset,
                                           gsize size,
                                           MeshReferenceKind kind,
                                           const guint8 *block,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The size of the block that a reference of that kind makes. */
gsize mesh_index_files_get_reference_size (gsize size, MeshReferenceKind kind);

/**
 * MeshIndexFilesFunc:
 * @cid: (transfer none): a raw CID with the multihash the name says
 * @is_leaf: whether its first byte says that it has no links
 */
typedef gboolean (*MeshIndexFilesFunc) (MeshCid *cid,
                                        gsize size,
                                        gboolean is_leaf,
                                        gpointer user_data,
                                        GError **error);

/* Calls @func for each block file of one shard (0 to 255), in no order. Files with other
 * names are left alone. */
gboolean mesh_index_files_for_each (MeshIndexFiles *self,
                                    guint shard,
                                    MeshIndexFilesFunc func,
                                    gpointer user_data,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Everything written so far survives a power cut. May take long. */
gboolean
mesh_index_files_sync (MeshIndexFiles *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
