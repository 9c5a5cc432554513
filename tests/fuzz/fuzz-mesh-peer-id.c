/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-keypair.h"
#include "peer/mesh-peer-id.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MeshPeerId) id = mesh_peer_id_from_bytes (data, size, NULL);
  MeshPublicKey *key = mesh_public_key_from_bytes (data, size, NULL);
  MeshKeypair *keypair = mesh_keypair_from_bytes (data, size, NULL);
  g_autoptr (MeshPeerId) parsed
      = mesh_peer_id_parse (id != NULL ? mesh_peer_id_to_string (id) : text, NULL);

  g_assert_true (id == NULL || mesh_peer_id_equal (id, parsed));
  g_clear_pointer (&key, mesh_public_key_unref);
  key = mesh_public_key_from_did (text, NULL);
  g_clear_pointer (&key, mesh_public_key_unref);
  g_clear_pointer (&keypair, mesh_keypair_unref);
  return 0;
}
