/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "content/mesh-multibase.h"
#include "content/mesh-multihash.h"

/* A content identifier: version, codec and multihash of a block. Immutable, reference
 * counted, safe to share between threads. https://github.com/multiformats/cid */

typedef enum
{
  MESH_CODEC_RAW = 0x55,
  MESH_CODEC_DAG_PB = 0x70,
  MESH_CODEC_DAG_CBOR = 0x71,
  MESH_CODEC_LIBP2P_KEY = 0x72,
} MeshCodec;

typedef struct MeshCid MeshCid;

/* Longest binary form: version, codec, hash code and length as varints, digest. */
#define MESH_CID_MAX_BYTES (1 + 9 + 9 + 9 + MESH_MULTIHASH_MAX_DIGEST)

/**
 * mesh_cid_new_v1:
 * @codec: a #MeshCodec or any other multicodec
 * @hash_code: a #MeshMultihashCode or any other
 * @digest: the digest
 * @len: its length, at most %MESH_MULTIHASH_MAX_DIGEST; for a known hash its own length
 *
 * Returns: (transfer full): a CIDv1
 */
MeshCid *mesh_cid_new_v1 (guint64 codec,
                          guint64 hash_code,
                          const guint8 *digest,
                          gsize len) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cid_new_v0:
 * @digest: a sha2-256 digest
 *
 * Returns: (transfer full): a CIDv0 (dag-pb, sha2-256)
 */
MeshCid *mesh_cid_new_v0 (const guint8 digest[32]) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cid_new_for_data:
 * @hash_code: a known hash; identity takes up to %MESH_MULTIHASH_MAX_DIGEST bytes
 *
 * Hashes @data and names it.
 *
 * Returns: (transfer full): a CIDv1
 */
MeshCid *mesh_cid_new_for_data (guint64 codec,
                                guint64 hash_code,
                                const guint8 *data,
                                gsize len,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cid_parse:
 * @text: a CIDv1 in any multibase, or a CIDv0 ("Qm…"); no "/ipfs/" or "ipfs://" before it
 *
 * Returns: (transfer full): the CID, or %NULL with %MESH_ERROR_INVALID
 */
MeshCid *mesh_cid_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cid_from_bytes:
 *
 * Reads a binary CID that fills @data exactly.
 *
 * Returns: (transfer full): the CID, or %NULL with %MESH_ERROR_INVALID
 */
MeshCid *mesh_cid_from_bytes (const guint8 *data,
                              gsize len,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cid_read:
 * @data: bytes that begin with a binary CID; more may follow
 * @n_read: (out): how many bytes it took
 *
 * Returns: (transfer full): the CID, or %NULL with %MESH_ERROR_INVALID
 */
MeshCid *mesh_cid_read (const guint8 *data, gsize len, gsize *n_read, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

MeshCid *mesh_cid_ref (MeshCid *cid);
void mesh_cid_unref (MeshCid *cid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshCid, mesh_cid_unref)

guint mesh_cid_get_version (const MeshCid *cid);
guint64 mesh_cid_get_codec (const MeshCid *cid);
guint64 mesh_cid_get_hash_code (const MeshCid *cid);

/**
 * mesh_cid_get_digest:
 * @len: (out): its length
 *
 * Returns: (transfer none): the digest without its code and length
 */
const guint8 *mesh_cid_get_digest (const MeshCid *cid, gsize *len);

/**
 * mesh_cid_get_bytes:
 * @len: (out): their number
 *
 * Returns: (transfer none): the binary form
 */
const guint8 *mesh_cid_get_bytes (const MeshCid *cid, gsize *len);

/**
 * mesh_cid_get_multihash:
 * @len: (out): its length
 *
 * Two CIDs with equal multihash name the same bytes; stores and want-lists key by it.
 *
 * Returns: (transfer none): the binary multihash, the tail of mesh_cid_get_bytes()
 */
const guint8 *mesh_cid_get_multihash (const MeshCid *cid, gsize *len);

/**
 * mesh_cid_get_prefix:
 * @prefix: to be filled: version, codec, hash code and hash length, without the digest,
 * as Bitswap 1.1 and later sends it before a block
 */
void mesh_cid_get_prefix (const MeshCid *cid, GByteArray *prefix);

/**
 * mesh_cid_to_string:
 * @base: used for CIDv1; a CIDv0 is always bare base58btc
 *
 * Returns: (transfer full): the text form
 */
char *mesh_cid_to_string (const MeshCid *cid, MeshBase base) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cid_dup_text:
 *
 * Returns: (transfer full): mesh_cid_to_string() in the project's default, base58btc
 */
char *mesh_cid_dup_text (const MeshCid *cid) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cid_to_v1:
 *
 * Returns: (transfer full): the same block's CIDv1; @cid itself when it is one
 */
MeshCid *mesh_cid_to_v1 (MeshCid *cid) G_GNUC_WARN_UNUSED_RESULT;

/* For GHashTable and sorting: all of version, codec and multihash count. The arguments
 * are MeshCid pointers. */
guint mesh_cid_hash (gconstpointer cid);
gboolean mesh_cid_equal (gconstpointer a, gconstpointer b);
int mesh_cid_compare (gconstpointer a, gconstpointer b);

/* The same by multihash alone: version and codec do not count. */
guint mesh_cid_hash_multihash (gconstpointer cid);
gboolean mesh_cid_equal_multihash (gconstpointer a, gconstpointer b);

/**
 * mesh_cid_verify:
 *
 * Hashes @data and compares. Takes about 2 ms a MiB: above 64 KiB call it in the pool, or
 * use MeshVerifier (store/) which hashes several blocks at once.
 *
 * Returns: %TRUE when @data is what @cid names; else %MESH_ERROR_MISMATCH, or
 *   %MESH_ERROR_UNSUPPORTED for a hash this build does not know
 */
gboolean mesh_cid_verify (const MeshCid *cid,
                          const guint8 *data,
                          gsize len,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_cid_verify_many:
 * @n: how many, at most %MESH_MULTIHASH_MAX_MANY
 * @is_good: (out caller-allocates) (array length=n): what mesh_cid_verify() returns for
 *   each
 *
 * Checks several blocks at once, which is faster than one by one.
 */
void mesh_cid_verify_many (gsize n,
                           MeshCid *const *cids,
                           const guint8 *const *data,
                           const gsize *len,
                           gboolean *is_good);

/**
 * mesh_cid_get_inline:
 *
 * Returns: (transfer full) (nullable): the bytes of an identity CID, which carries its
 *   block in itself; %NULL for any other
 */
GBytes *mesh_cid_get_inline (const MeshCid *cid) G_GNUC_WARN_UNUSED_RESULT;
