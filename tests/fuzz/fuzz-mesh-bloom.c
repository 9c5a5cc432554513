/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-bloom.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint n_hashes = size > 0 ? data[0] : 0;
  g_autoptr (MeshBloom) bloom = NULL;

  if (size > 0)
    bloom = mesh_bloom_from_bytes (data + 1, size - 1, n_hashes, size, NULL);
  if (bloom == NULL)
    return 0;
  mesh_bloom_add (bloom, data, size);
  g_assert_true (mesh_bloom_contains (bloom, data, size));
  g_assert_cmpuint (mesh_bloom_get_n_set (bloom), >=, 1);
  return 0;
}
