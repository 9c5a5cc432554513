/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) container = g_bytes_new_static (data, size);
  g_autoptr (MeshGossipMessage) msg = NULL;
  MeshGossipMessageView view;

  if (mesh_gossip_message_read (data, size, &view, NULL))
    msg = mesh_gossip_message_open (&view, container, NULL);
  return 0;
}
