/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-yamux.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MeshYamuxConfig config = MESH_YAMUX_CONFIG_DEFAULT;
  g_autoptr (MeshYamux) core = mesh_yamux_new (&config, 0);
  MeshYamuxEvent event;

  mesh_yamux_handle_bytes (core, data, size, 0);
  while (mesh_yamux_poll_event (core, &event))
    {
      if (event.type == MESH_YAMUX_EVENT_DATA && event.len % 2 == 0)
        mesh_yamux_consume (core, event.id, event.len, 0);
      g_clear_error (&event.error);
    }
  return 0;
}
