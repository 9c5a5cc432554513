/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-noise.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Either side of a handshake, fed in two pieces. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 seed[MESH_ED25519_SEED_BYTES], secret[MESH_NOISE_KEY_BYTES] = { 1 };
  static const char *const muxers[] = { "/yamux/1.0.0", NULL };
  g_autoptr (MeshKeypair) keypair = mesh_keypair_new_from_seed (seed);
  g_autoptr (MeshNoise) noise
      = mesh_noise_new (size % 2 == 0, keypair, NULL, secret, secret, muxers);
  gsize consumed;

  if (mesh_noise_handshake (noise, data, size / 3, &consumed, NULL)
      && !mesh_noise_handshake (noise, data + size / 3, size - size / 3, &consumed, NULL))
    g_assert_false (mesh_noise_is_done (noise));
  return 0;
}
