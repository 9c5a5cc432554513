/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-crowd-private.h"

#include <string.h>

/* Fewer say nothing about density. */
#define MIN_PEERS 10
#define DENSITY 3
#define MAX_DEPTH 13
#define MAX_ATTEMPTS 65536

gboolean
mesh_kad_crowd_is_suspicious (double network_size, guint n, const MeshKadKey *farthest)
{
  /* A network little larger than that, or a table that knows too little of it to tell, is
   * all of it near. */
  return n >= MIN_PEERS && network_size >= 2.0 * n
         && network_size * mesh_kad_key_to_fraction (farthest) * DENSITY < n;
}

/* The depth of the branch in which about k peers are: log2 (N / k). */
static guint
get_depth (double network_size, guint k)
{
  guint depth = 0;

  for (double peers = network_size / k; peers >= 2 && depth < MAX_DEPTH; peers /= 2)
    depth++;
  return depth;
}

static void
hash_to_name (const MeshKadKey *place,
              guint bit,
              guint attempt,
              guint8 name[MESH_KAD_CROWD_NAME_BYTES])
{
  guint8 seed[MESH_KAD_KEY_BYTES + 4];
  MeshKadKey hash;

  for (guint i = 0; i < MESH_KAD_KEY_BYTES; i++)
    seed[i] = (guint8) (place->words[i / 8] >> (56 - i % 8 * 8));
  seed[MESH_KAD_KEY_BYTES] = (guint8) bit;
  seed[MESH_KAD_KEY_BYTES + 1] = (guint8) (attempt >> 16);
  seed[MESH_KAD_KEY_BYTES + 2] = (guint8) (attempt >> 8);
  seed[MESH_KAD_KEY_BYTES + 3] = (guint8) attempt;
  mesh_kad_key_init (&hash, seed, sizeof seed);
  name[0] = 0x12;
  name[1] = MESH_KAD_KEY_BYTES;
  for (guint i = 0; i < MESH_KAD_KEY_BYTES; i++)
    name[2 + i] = (guint8) (hash.words[i / 8] >> (56 - i % 8 * 8));
}

gboolean
mesh_kad_crowd_make_detour (const guint8 *key,
                            gsize key_len,
                            double network_size,
                            guint k,
                            guint which,
                            guint8 name[MESH_KAD_CROWD_NAME_BYTES])
{
  /* The branches beside that of the key at these depths from where k peers are: they hold
   * k peers and more, none of which is of a crowd around the key. */
  static const int offsets[MESH_KAD_CROWD_MAX_DETOURS] = { -1, -2, 0, -3 };
  int bit = (int) get_depth (network_size, k) + offsets[which];
  MeshKadKey place, found;

  if (bit < 0)
    return FALSE;
  mesh_kad_key_init (&place, key, key_len);
  for (guint attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
    {
      hash_to_name (&place, (guint) bit, attempt, name);
      mesh_kad_key_init (&found, name, MESH_KAD_CROWD_NAME_BYTES);
      if (mesh_kad_key_common_prefix (&place, &found) == (guint) bit)
        return TRUE;
    }
  return FALSE;
}
