/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-caps.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshCaps) caps = mesh_caps_decode (data, size, NULL), again = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (caps == NULL)
    return 0;
  bytes = mesh_caps_encode (caps);
  again
      = mesh_caps_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_assert_true (again != NULL && again->roles == caps->roles);
  g_assert_cmpint (mesh_caps_may_hold (again, data, 4), ==,
                   mesh_caps_may_hold (caps, data, 4));
  return 0;
}
