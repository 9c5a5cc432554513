/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-bootstrap-list.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshBootstrapList) list = mesh_bootstrap_list_new ();
  g_autofree char *text = g_strndup ((const char *) data, size);

  if (!mesh_bootstrap_list_add (list, text, NULL))
    g_assert_false (mesh_bootstrap_list_remove (list, text));
  if (mesh_bootstrap_list_take_signed (list, data, size, 1800000000, NULL))
    g_assert_nonnull (mesh_bootstrap_list_get_pinned (list));
  g_strfreev (mesh_bootstrap_list_dup_addresses (list, 1800000000));
  return 0;
}
