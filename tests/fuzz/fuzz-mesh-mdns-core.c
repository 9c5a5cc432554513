/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-core.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 id[34] = { 0x12, 32 };
  g_autoptr (MeshPeerId) self = mesh_peer_id_from_bytes (id, sizeof id, NULL);
  MeshMdnsCoreConfig config = { "_p2p._udp.local", "me", self, 1, TRUE, 1 };
  MeshMdnsCore *core = mesh_mdns_core_new (&config, NULL);
  MeshMdnsEvent event;

  g_assert_true (mesh_mdns_core_add_link (core, 1, 0));
  mesh_mdns_core_handle_packet (core, 1, id, 4, data, size, 1, NULL);
  mesh_mdns_core_handle_timeout (core, G_TIME_SPAN_HOUR);
  while (mesh_mdns_core_poll_event (core, &event))
    mesh_mdns_core_clear_event (&event);
  mesh_mdns_core_free (core);
  return 0;
}
