/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-unixfs.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (MeshUnixfs) unixfs = { 0 };
  g_auto (MeshUnixfs) again = { 0 };

  if (mesh_unixfs_decode (data, size, &unixfs, NULL))
    {
      g_autoptr (GBytes) bytes = mesh_unixfs_encode (&unixfs);
      gsize len;
      const guint8 *encoded = g_bytes_get_data (bytes, &len);

      g_assert (mesh_unixfs_decode (encoded, len, &again, NULL));
      g_assert (again.type == unixfs.type && again.file_size == unixfs.file_size);
    }
  return 0;
}
