/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-signed-manifest.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshSignedManifest) envelope = mesh_signed_manifest_parse (data, size, NULL);

  if (envelope != NULL)
    {
      g_autoptr (GBytes) bytes = mesh_signed_manifest_to_bytes (envelope);
      g_autoptr (GBytes) given = g_bytes_new_static (data, size);

      g_assert (g_bytes_equal (bytes, given));
    }
  return 0;
}
