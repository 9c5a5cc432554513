/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-key.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT (MESH_KAD_KEY_BYTES == crypto_hash_sha256_BYTES);

void
mesh_kad_key_init (MeshKadKey *key, const guint8 *data, gsize len)
{
  guint8 digest[crypto_hash_sha256_BYTES];

  crypto_hash_sha256 (digest, data, len);
  mesh_kad_key_init_raw (key, digest);
}

void
mesh_kad_key_init_raw (MeshKadKey *key, const guint8 digest[MESH_KAD_KEY_BYTES])
{
  for (guint i = 0; i < G_N_ELEMENTS (key->words); i++)
    {
      guint64 word;

      memcpy (&word, digest + i * sizeof word, sizeof word);
      key->words[i] = GUINT64_FROM_BE (word);
    }
}

guint
mesh_kad_key_common_prefix (const MeshKadKey *a, const MeshKadKey *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (a->words); i++)
    {
      guint64 differing = a->words[i] ^ b->words[i];

      if (differing != 0)
        return i * 64 + (guint) __builtin_clzll (differing);
    }
  return MESH_KAD_KEY_BITS;
}

double
mesh_kad_key_to_fraction (const MeshKadKey *distance)
{
  double fraction = 0;

  for (guint i = G_N_ELEMENTS (distance->words); i-- > 0;)
    fraction = (fraction + (double) distance->words[i]) / 18446744073709551616.0;
  return fraction;
}
