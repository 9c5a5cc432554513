/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-multistream.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const protocols[] = { "/a", "/b", NULL };
  g_autoptr (MeshMultistream) core = size % 2 == 0
                                         ? mesh_multistream_new_dialer (protocols)
                                         : mesh_multistream_new_listener (protocols);
  gsize n;

  while ((n = MIN (size, mesh_multistream_get_wanted (core))) > 0
         && mesh_multistream_handle_bytes (core, data, n, NULL))
    {
      data += n;
      size -= n;
    }
  return 0;
}
