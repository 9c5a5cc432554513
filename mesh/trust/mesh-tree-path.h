/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* What a release may put on disk. A path is relative, '/'-separated, valid UTF-8 and made
 * of plain names; a tree is a set of such paths that means the same on every file system
 * and from which no link leads out. */

#define MESH_TREE_PATH_MAX_LEN 4096     /* bytes of a path or link target */
#define MESH_TREE_PATH_MAX_NAME_LEN 255 /* bytes of one component */
#define MESH_TREE_PATH_MAX_DEPTH 128    /* components */
#define MESH_TREE_PATH_MAX_HOPS 40 /* links followed to resolve a link, as Linux does */

typedef enum
{
  MESH_TREE_FILE,
  MESH_TREE_SYMLINK,
  MESH_TREE_DIRECTORY, /* only directories that hold nothing need an entry */
} MeshTreeKind;

typedef struct MeshTreePathSet MeshTreePathSet;

/**
 * mesh_tree_path_check:
 * @path: any text
 *
 * Refuses empty and absolute paths, empty components, "." and "..", backslashes, control
 * characters, invalid UTF-8, and names and paths over the bounds above.
 *
 * Returns: %FALSE with %MESH_ERROR_UNSAFE_PATH
 */
gboolean
mesh_tree_path_check (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_tree_path_check_app_id:
 * @app_id: a name such as "org.example.App"
 *
 * An app id becomes the name of a folder and of a .desktop file: two or more elements of
 * [A-Za-z0-9_-] joined by '.', none empty or starting with a digit or '-', at most 255
 * bytes (the D-Bus rules).
 *
 * Returns: %FALSE with %MESH_ERROR_INVALID
 */
gboolean mesh_tree_path_check_app_id (const char *app_id,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

MeshTreePathSet *mesh_tree_path_set_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_tree_path_set_free (MeshTreePathSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshTreePathSet, mesh_tree_path_set_free)

/**
 * mesh_tree_path_set_add:
 * @path: where the entry goes
 * @kind: what it is
 * @target: (nullable): where a link points, else %NULL
 *
 * Returns: %FALSE with %MESH_ERROR_UNSAFE_PATH when @path or @target is unsafe by itself
 *   or @path is there already
 */
gboolean mesh_tree_path_set_add (MeshTreePathSet *set,
                                 const char *path,
                                 MeshTreeKind kind,
                                 const char *target,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_tree_path_set_check:
 *
 * Checks the whole: no entry lies below a file or a link, also not on a file system that
 * folds case or Unicode normal forms; every link resolves, link by link, without leaving
 * the tree or going round in a circle. A link to a name that isn't there is allowed.
 * O(n · depth).
 *
 * Returns: %FALSE with %MESH_ERROR_UNSAFE_PATH
 */
gboolean mesh_tree_path_set_check (const MeshTreePathSet *set,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
