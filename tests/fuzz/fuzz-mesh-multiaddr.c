/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-multiaddr.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is accepted as bytes comes back from its text; any text is safe to parse. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_from_bytes (data, size, NULL);
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MeshMultiaddr) parsed = mesh_multiaddr_parse (text, NULL);

  if (addr != NULL)
    {
      g_clear_pointer (&parsed, mesh_multiaddr_unref);
      parsed = mesh_multiaddr_parse (mesh_multiaddr_to_string (addr), NULL);
      g_assert_true (mesh_multiaddr_equal (addr, parsed));
    }
  return 0;
}
