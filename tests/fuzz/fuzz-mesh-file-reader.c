/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-file-reader.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) block = g_bytes_new (data, size);
  g_autoptr (MeshCid) root
      = mesh_cid_new_v1 (MESH_CODEC_DAG_PB, 0x99, data, MIN (size, 8));
  g_autoptr (MeshFileReader) reader = mesh_file_reader_new (root, 4);
  gboolean is_good = TRUE;
  MeshCid *cid;
  guint64 id;

  /* Every block of the file is the input: trees that hold themselves. */
  for (guint i = 0; i < 64 && is_good && mesh_file_reader_poll_want (reader, &cid, &id);
       i++)
    is_good = mesh_file_reader_handle_block (reader, id, block, NULL);
  return 0;
}
