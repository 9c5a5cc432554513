/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-json.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshJson) json = mesh_json_parse (data, size, NULL);

  if (json != NULL)
    {
      g_autoptr (GBytes) bytes = mesh_json_to_bytes (json);
      g_autoptr (MeshJson) again = mesh_json_parse (g_bytes_get_data (bytes, NULL),
                                                    g_bytes_get_size (bytes), NULL);

      g_assert (again != NULL);
    }
  return 0;
}
