/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-multibase.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  MeshBase base;
  g_autoptr (GBytes) bytes = mesh_multibase_decode (text, &base, NULL);

  if (bytes != NULL)
    {
      g_autofree char *again = mesh_multibase_encode (
          base, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

      g_assert (g_ascii_strcasecmp (text, again) == 0);
    }
  return 0;
}
