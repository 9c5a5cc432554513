/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-envelope.h"
#include "peer/mesh-peer-record.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 seed[MESH_ED25519_SEED_BYTES];
  g_autoptr (MeshKeypair) keypair = mesh_keypair_new_from_seed (seed);
  g_autoptr (GBytes) type = g_bytes_new ("\x03\x01", 2),
                     payload = g_bytes_new (data, size);
  GBytes *sealed = mesh_envelope_seal (keypair, "libp2p-peer-record", type, payload);
  MeshPeerRecord *record = mesh_peer_record_open (data, size, NULL);

  g_clear_pointer (&record, mesh_peer_record_free);
  record = mesh_peer_record_open (g_bytes_get_data (sealed, NULL),
                                  g_bytes_get_size (sealed), NULL);
  g_clear_pointer (&record, mesh_peer_record_free);
  g_bytes_unref (sealed);
  return 0;
}
