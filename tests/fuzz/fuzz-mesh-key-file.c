/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-key-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshJson) json = mesh_json_parse (data, size, NULL);
  g_autoptr (MeshKeyFile) file = NULL;

  if (json != NULL)
    file = mesh_key_file_from_json (json, NULL);
  return 0;
}
