/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-identify.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is kept can be said again and is then heard the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshIdentify) identify = mesh_identify_decode (data, size, NULL),
                           again = NULL;
  g_autoptr (GBytes) bytes = identify != NULL ? mesh_identify_encode (identify) : NULL;

  if (bytes == NULL || g_bytes_get_size (bytes) > MESH_IDENTIFY_MAX_BYTES)
    return 0;
  again = mesh_identify_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->protocols->len, ==, identify->protocols->len);
  return 0;
}
