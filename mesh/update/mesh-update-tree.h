/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "update/mesh-update-plan.h"

/* A release's files on disk. Every function blocks: call it in the worker pool. Paths of
 * manifests were checked by mesh/trust, so no parent of an entry is a link; nothing here
 * follows one all the same. Links are made last. */

/* Space left free on the disk, for journals and everyone else. */
#define MESH_UPDATE_TREE_SPARE_BYTES (2u * 1024 * 1024)

/* File data that is not in the staged tree yet. Borrowed from the plan's manifest. */
typedef struct
{
  const char *path;               /* (unowned) */
  const MeshManifestChunk *chunk; /* (unowned) */
} MeshUpdateTreeWrite;

/**
 * mesh_update_tree_make_folder:
 * @path: made with its parents, mode 0755, and fsynced
 */
gboolean
mesh_update_tree_make_folder (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_check_space:
 * @dir: a folder on the disk
 * @bytes: what is going to be written
 *
 * Returns: %FALSE with %MESH_ERROR_NO_SPACE
 */
gboolean mesh_update_tree_check_space (const char *dir,
                                       guint64 bytes,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_prepare:
 * @staging: the folder to make; what was there is deleted
 * @plan: what goes into it
 * @old_dir: (nullable): the installed version
 * @is_reusing: take over unchanged files by reflink or else hard link, and unchanged
 *   chunks by reflink; %FALSE: every byte is to be written
 *
 * Makes folders and files of the right size. A hard link is only taken of a file that
 * still has the size, owner and mode it was installed with; that its bytes are right is
 * for the caller to verify, as for all others.
 *
 * Returns: (transfer full) (element-type MeshUpdateTreeWrite): what is still missing
 */
GArray *mesh_update_tree_prepare (const char *staging,
                                  MeshUpdatePlan *plan,
                                  const char *old_dir,
                                  gboolean is_reusing,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_write:
 * @block: the block of @write's chunk, verified
 *
 * Writes the file data that is in @block. %MESH_ERROR_MISMATCH when there is not as much
 * in it as the manifest says.
 */
gboolean mesh_update_tree_write (const char *staging,
                                 const MeshUpdateTreeWrite *write,
                                 GBytes *block,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_seal:
 *
 * Makes the links, sets the modes and brings everything to the disk.
 */
gboolean mesh_update_tree_seal (const char *staging,
                                MeshManifest *manifest,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_switch:
 * @app_dir: apps/ID
 * @staged: (nullable): a sealed tree to be moved to versions/@version first; done already
 *   when it is gone
 * @version: name of the folder in versions/ that `current` is to name
 *
 * One rename() each; may be repeated after a crash at any instruction.
 */
gboolean mesh_update_tree_switch (const char *app_dir,
                                  const char *staged,
                                  const char *version,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_read_current:
 *
 * Returns: (transfer full) (nullable): the folder in versions/ that `current` names
 */
char *mesh_update_tree_read_current (const char *app_dir) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_delete:
 *
 * Deletes a file or a folder with all that is in it; fine when it is gone.
 */
gboolean
mesh_update_tree_delete (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_link_desktop:
 * @desktop_dir: $XDG_DATA_HOME
 * @text: the .desktop file to be put in applications/@app_id.desktop
 * @icon: (nullable): absolute path that icons/hicolor/…/@app_id.SUFFIX is to name
 *
 * Puts an app into the menu: temporary file, fsync, rename. Refuses to replace a file
 * that is not Shoal's (%MESH_ERROR_EXISTS).
 */
gboolean mesh_update_tree_link_desktop (const char *desktop_dir,
                                        const char *app_id,
                                        const char *text,
                                        const char *icon,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_update_tree_unlink_desktop:
 *
 * Takes the app out of the menu, as far as the files there are Shoal's.
 */
void mesh_update_tree_unlink_desktop (const char *desktop_dir, const char *app_id);
