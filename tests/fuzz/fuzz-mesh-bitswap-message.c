/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_decode (bytes, NULL);
  g_autoptr (GPtrArray) again = NULL;

  /* What is not canonical may grow a little when it is written again. */
  if (msg != NULL)
    again = mesh_bitswap_message_encode (msg, MESH_BITSWAP_1_2_0, NULL);
  if (msg != NULL && size <= MESH_BITSWAP_MESSAGE_MAX_BYTES / 2)
    g_assert (again != NULL);
  return 0;
}
