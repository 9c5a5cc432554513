/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "content/mesh-unixfs.h"

/* making a tree on the disk, where nobody but us knows its
 * name until it is whole. Everything is created exclusively, so nothing that is already
 * there, least of all a symlink, is ever written through. Blocks: for the pool. */

typedef enum
{
  MESH_EXPORT_DISK_MKDIR,
  MESH_EXPORT_DISK_OPEN,    /* → fd */
  MESH_EXPORT_DISK_WRITE,   /* bytes at offset of fd */
  MESH_EXPORT_DISK_CLOSE,   /* with meta */
  MESH_EXPORT_DISK_SYMLINK, /* text is the target */
  MESH_EXPORT_DISK_META,    /* of a folder, once nothing is written into it any more */
  MESH_EXPORT_DISK_RENAME,  /* path becomes text, which must not exist */
  MESH_EXPORT_DISK_REMOVE,  /* path and all below it */
} MeshExportDiskKind;

typedef struct
{
  MeshExportDiskKind kind;
  char *path; /* (owned) */
  char *text; /* (owned) (nullable) */
  int fd;
  guint64 offset;
  GBytes *bytes; /* (owned) (nullable) */
  MeshUnixfsMeta meta;
} MeshExportDisk;

MeshExportDisk *mesh_export_disk_new (MeshExportDiskKind kind,
                                      const char *path) G_GNUC_WARN_UNUSED_RESULT;
void mesh_export_disk_free (gpointer self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshExportDisk, mesh_export_disk_free)

gboolean
mesh_export_disk_run (MeshExportDisk *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether an entry of a folder may have this name: not empty, ".", "..", with "/" or NUL,
 * or longer than file systems take. */
gboolean mesh_export_disk_is_safe_name (const char *name, gsize len);
