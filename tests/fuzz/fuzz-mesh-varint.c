/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include <string.h>

#include "base/mesh-varint.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint8 again[MESH_VARINT_MAX_LEN];
  guint64 value = 0;
  gssize n = mesh_varint_decode (data, size, &value);

  g_assert (n <= (gssize) MIN (size, MESH_VARINT_MAX_LEN));
  if (n > 0)
    {
      g_assert (mesh_varint_encode (value, again) == (gsize) n);
      g_assert (memcmp (again, data, (gsize) n) == 0);
    }
  return 0;
}
