/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-car.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshCarReader) reader = mesh_car_reader_new ();
  gboolean is_good = TRUE;

  for (gsize start = 0; is_good && start < size; start += 7)
    {
      g_autoptr (MeshCid) cid = NULL;
      g_autoptr (GBytes) block = NULL;

      is_good = mesh_car_reader_handle_bytes (reader, data + start, MIN (7, size - start),
                                              NULL)
                && mesh_car_reader_poll_block (reader, &cid, &block, NULL);
    }
  return 0;
}
