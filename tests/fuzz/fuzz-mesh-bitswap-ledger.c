/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-ledger.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_from_text (data, size, NULL);

  if (ledger != NULL)
    g_bytes_unref (mesh_bitswap_ledger_to_text (ledger));
  return 0;
}
