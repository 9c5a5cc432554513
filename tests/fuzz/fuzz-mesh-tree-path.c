/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-tree-path.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *target = g_strndup ((const char *) data, size);
  g_autofree char *whole = g_strconcat ("/root/d/", target, NULL);
  g_autofree char *end = g_canonicalize_filename (whole, "/");
  g_autoptr (MeshTreePathSet) set = mesh_tree_path_set_new ();

  if (mesh_tree_path_set_add (set, "d/link", MESH_TREE_SYMLINK, target, NULL)
      && mesh_tree_path_set_check (set, NULL))
    g_assert (g_str_has_prefix (end, "/root"));
  return 0;
}
