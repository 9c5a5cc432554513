/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "content/mesh-multihash.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();
  MeshMultihash hash;
  gsize n;

  if (mesh_multihash_read (data, size, &hash, &n, NULL))
    {
      mesh_multihash_append (again, &hash);
      g_assert (again->len == n && memcmp (again->data, data, n) == 0);
    }
  return 0;
}
