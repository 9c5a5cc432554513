/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A Bloom filter whose bits mean the same on every machine, so that one can be sent to
 * another: "certainly not there" or "probably there".
 *
 * A key is hashed by SipHash-2-4 with the 16-byte key (salt as 8 bytes little-endian,
 * then 8 zero bytes) to h. With a = the low and b = the high 32 bits of h, b made odd,
 * the bits of the key are (a + i * b) mod 2^64 mod n_bits for i = 0 … n_hashes - 1. Bit j
 * is bit j mod 8 (the lowest first) of byte j / 8. A random salt keeps others from
 * choosing keys that collide. */
typedef struct MeshBloom MeshBloom;

#define MESH_BLOOM_MAX_BYTES (1u << 20)
#define MESH_BLOOM_MAX_HASHES 16

/**
 * mesh_bloom_new:
 * @n_expected: how many keys will be added
 * @false_positives: wanted share of wrong "probably there", above 0 and below 1
 * @max_bytes: the most bytes to use, from 1 to %MESH_BLOOM_MAX_BYTES; when this is too
 *   little for @false_positives, the number of hashes is the best one for the size
 * @salt: any number; best a random one
 *
 * Returns: (transfer full): an empty filter
 */
MeshBloom *mesh_bloom_new (gsize n_expected,
                           double false_positives,
                           gsize max_bytes,
                           guint64 salt) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_bloom_from_bytes:
 * @data: the bits, from another machine; copied
 * @len: their bytes, from 1 to %MESH_BLOOM_MAX_BYTES
 * @n_hashes: from 1 to %MESH_BLOOM_MAX_HASHES
 *
 * Returns: (transfer full) (nullable): %MESH_ERROR_INVALID outside these bounds
 */
MeshBloom *mesh_bloom_from_bytes (const guint8 *data,
                                  gsize len,
                                  guint n_hashes,
                                  guint64 salt,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_bloom_free (MeshBloom *bloom);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBloom, mesh_bloom_free)

/* O(n_hashes) and linear in @len. */
void mesh_bloom_add (MeshBloom *bloom, const guint8 *key, gsize len);
gboolean mesh_bloom_contains (const MeshBloom *bloom, const guint8 *key, gsize len);

/**
 * mesh_bloom_get_bytes:
 * @len: (out): how many
 *
 * Returns: (transfer none): the bits
 */
const guint8 *mesh_bloom_get_bytes (const MeshBloom *bloom, gsize *len);
guint mesh_bloom_get_n_hashes (const MeshBloom *bloom);
guint64 mesh_bloom_get_salt (const MeshBloom *bloom);

/**
 * mesh_bloom_get_n_set:
 *
 * Returns: how many bits are set. A filter with (nearly) all of them set says "there" to
 *   everything and is worth nothing. O(size)
 */
gsize mesh_bloom_get_n_set (const MeshBloom *bloom);
gboolean mesh_bloom_equal (const MeshBloom *a, const MeshBloom *b);
