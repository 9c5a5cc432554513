/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A place in the keyspace of the DHT: the sha2-256 of a peer id or of a record's key. The
 * distance of two places is their XOR, read as a number. A value. */
#define MESH_KAD_KEY_BYTES 32
#define MESH_KAD_KEY_BITS 256

typedef struct
{
  guint64 words[4]; /* the most significant first, in host order */
} MeshKadKey;

/* The place of @data: hashes it. */
void mesh_kad_key_init (MeshKadKey *key, const guint8 *data, gsize len);

/* The place whose 32 bytes are @digest, unhashed. */
void mesh_kad_key_init_raw (MeshKadKey *key, const guint8 digest[MESH_KAD_KEY_BYTES]);

static inline void
mesh_kad_key_distance (const MeshKadKey *a, const MeshKadKey *b, MeshKadKey *distance)
{
  for (guint i = 0; i < 4; i++)
    distance->words[i] = a->words[i] ^ b->words[i];
}

/* As numbers: below, equal to or above zero. */
static inline int
mesh_kad_key_compare (const MeshKadKey *a, const MeshKadKey *b)
{
  for (guint i = 0; i < 4; i++)
    if (a->words[i] != b->words[i])
      return a->words[i] < b->words[i] ? -1 : 1;
  return 0;
}

/**
 * mesh_kad_key_common_prefix:
 *
 * Returns: how many leading bits are the same, 0 to %MESH_KAD_KEY_BITS
 */
guint mesh_kad_key_common_prefix (const MeshKadKey *a, const MeshKadKey *b);

/* How much of the keyspace is nearer than @distance, 0 to 1. */
double mesh_kad_key_to_fraction (const MeshKadKey *distance);
