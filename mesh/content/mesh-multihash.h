/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Self-describing hashes: a varint code, a varint length, the digest.
 * https://github.com/multiformats/multihash */

typedef enum
{
  MESH_MULTIHASH_IDENTITY = 0x00,
  MESH_MULTIHASH_SHA2_256 = 0x12,
  MESH_MULTIHASH_SHA2_512 = 0x13,
  MESH_MULTIHASH_SHA3_512 = 0x14,
  MESH_MULTIHASH_SHA3_256 = 0x16, /* the default of this project */
} MeshMultihashCode;

/* Longest digest accepted, of any kind; an identity "digest" is the data itself. */
#define MESH_MULTIHASH_MAX_DIGEST 128
/* Longest digest that mesh_multihash_digest() computes, identity apart. */
#define MESH_MULTIHASH_MAX_HASH 64
/* Most inputs mesh_multihash_digest_many() takes at once. */
#define MESH_MULTIHASH_MAX_MANY 8

typedef struct
{
  guint64 code;         /* a #MeshMultihashCode or one this build does not know */
  const guint8 *digest; /* (unowned): borrowed from the bytes that were read */
  gsize digest_len;     /* at most %MESH_MULTIHASH_MAX_DIGEST */
} MeshMultihash;

/**
 * mesh_multihash_is_known:
 *
 * Returns: whether this build can compute @code
 */
gboolean mesh_multihash_is_known (guint64 code);

/**
 * mesh_multihash_get_name:
 *
 * Returns: (transfer none) (nullable): the registered name, "sha3-256"; %NULL if unknown
 */
const char *mesh_multihash_get_name (guint64 code);

/**
 * mesh_multihash_from_name:
 * @code: (out): set on success
 *
 * Returns: %FALSE when @name is not the name of a hash this build knows
 */
gboolean
mesh_multihash_from_name (const char *name, guint64 *code) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multihash_get_length:
 *
 * Returns: the digest length in bytes of a known hash; 0 for identity and the unknown
 */
gsize mesh_multihash_get_length (guint64 code);

/**
 * mesh_multihash_read:
 * @data: bytes that begin with a multihash; more may follow
 * @hash: (out): set on success; borrows from @data
 * @n_read: (out): how many bytes it took
 *
 * Refuses digests over %MESH_MULTIHASH_MAX_DIGEST and known hashes whose length is wrong
 * (a truncated digest would weaken every check made with it).
 */
gboolean mesh_multihash_read (const guint8 *data,
                              gsize len,
                              MeshMultihash *hash,
                              gsize *n_read,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_multihash_append:
 *
 * Appends the binary form to @array.
 */
void mesh_multihash_append (GByteArray *array, const MeshMultihash *hash);

/**
 * mesh_multihash_digest:
 * @code: a known hash other than identity
 * @out: (out caller-allocates): room for %MESH_MULTIHASH_MAX_HASH bytes
 *
 * Hashes @data. About 2 µs a KiB; not for the main context above 1 MiB.
 *
 * Returns: the digest length, or 0 when @code is identity or unknown
 */
gsize mesh_multihash_digest (guint64 code,
                             const guint8 *data,
                             gsize len,
                             guint8 out[MESH_MULTIHASH_MAX_HASH]);

/**
 * mesh_multihash_digest_many:
 * @n: how many inputs, at most %MESH_MULTIHASH_MAX_MANY
 * @data: (array length=n): the inputs
 * @len: (array length=n): their lengths
 * @out: (out caller-allocates): room for @n digests
 *
 * As mesh_multihash_digest() on each input, but several at once in the lanes of the
 * vector unit: several times faster for sha3 when the lengths are alike.
 *
 * Returns: the digest length, or 0 when @code is identity or unknown
 */
gsize mesh_multihash_digest_many (guint64 code,
                                  gsize n,
                                  const guint8 *const *data,
                                  const gsize *len,
                                  guint8 (*out)[MESH_MULTIHASH_MAX_HASH]);
