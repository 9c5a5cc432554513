/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-base58.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = mesh_base58_decode ((const char *) data, size, NULL);

  if (bytes != NULL && g_bytes_get_size (bytes) <= MESH_BASE58_MAX_BYTES)
    {
      g_autofree char *text
          = mesh_base58_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

      g_assert (strlen (text) == size);
      g_assert (memcmp (text, data, size) == 0);
    }
  return 0;
}
