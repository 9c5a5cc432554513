/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-base-encoding.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) from58 = mesh_base58_decode ((const char *) data, size, NULL);
  g_autoptr (GBytes) from32 = mesh_base32_decode ((const char *) data, size, NULL);

  if (from58 != NULL && g_bytes_get_size (from58) <= MESH_BASE58_MAX_BYTES)
    {
      g_autofree char *text = mesh_base58_encode (g_bytes_get_data (from58, NULL),
                                                  g_bytes_get_size (from58));

      g_assert (strlen (text) == size && memcmp (text, data, size) == 0);
    }
  if (from32 != NULL)
    {
      g_autofree char *text = mesh_base32_encode (g_bytes_get_data (from32, NULL),
                                                  g_bytes_get_size (from32));

      g_assert (strlen (text) == size
                && g_ascii_strncasecmp (text, (const char *) data, size) == 0);
    }
  return 0;
}
