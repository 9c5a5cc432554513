/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-keypair.h"
#include "peer/mesh-peer-id.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Ids and keys from bytes and text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MeshPeerId) id = mesh_peer_id_from_bytes (data, size, NULL);
  g_autoptr (MeshPeerId) parsed = mesh_peer_id_parse (text, NULL);
  g_autoptr (MeshPublicKey) key = mesh_public_key_from_bytes (data, size, NULL);
  g_autoptr (MeshPublicKey) did = mesh_public_key_from_did (text, NULL);
  g_autoptr (MeshKeypair) keypair = mesh_keypair_from_bytes (data, size, NULL);
  g_autoptr (MeshPeerId) again
      = id != NULL ? mesh_peer_id_parse (mesh_peer_id_to_string (id), NULL) : NULL;

  g_assert_true (id == NULL || mesh_peer_id_equal (id, again));
  return 0;
}
