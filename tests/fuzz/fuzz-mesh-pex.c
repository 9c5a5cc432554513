/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-pex.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) records = mesh_pex_decode_response (data, size, NULL);
  guint max = 1;

  g_assert_true (!mesh_pex_decode_request (data, size, &max, NULL)
                 || (max >= 1 && max <= MESH_PEX_MAX_RECORDS));
  if (records != NULL)
    g_bytes_unref (mesh_pex_encode_response (records));
  return 0;
}
