/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-public-key.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The first byte says how much is signature; the rest is a key, that signed nothing. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize n = size > 0 ? MIN ((gsize) data[0] * 4, size - 1) : 0;
  g_autoptr (MeshPublicKey) key
      = size > 0 ? mesh_public_key_from_bytes (data + 1 + n, size - 1 - n, NULL) : NULL;
  g_autoptr (GError) error = NULL;

  if (key != NULL
      && !mesh_public_key_verify (key, (const guint8 *) "shoal", 5, data + 1, n, &error))
    g_assert_nonnull (error);
  return 0;
}
