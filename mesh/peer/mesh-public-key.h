/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* A libp2p public key: immutable, reference counted, usable from any thread.
 * specs/peer-ids: every kind is read, kept and named; Ed25519, RSA and ECDSA on P-256
 * verify, secp256k1 and other curves do not. */
typedef struct MeshPublicKey MeshPublicKey;

typedef enum
{
  MESH_KEY_TYPE_RSA = 0,
  MESH_KEY_TYPE_ED25519 = 1,
  MESH_KEY_TYPE_SECP256K1 = 2,
  MESH_KEY_TYPE_ECDSA = 3,
} MeshKeyType;

#define MESH_ED25519_SEED_BYTES 32
#define MESH_ED25519_PUBLIC_BYTES 32
#define MESH_ED25519_SIGNATURE_BYTES 64

/* The longest key data accepted: RSA with 8192 bits takes 1062 bytes. */
#define MESH_PUBLIC_KEY_MAX_BYTES 2048

MeshPublicKey *mesh_public_key_ref (MeshPublicKey *key);
void mesh_public_key_unref (MeshPublicKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshPublicKey, mesh_public_key_unref)

/**
 * mesh_public_key_new_ed25519:
 * @bytes: the 32 bytes of an Ed25519 public key
 *
 * Any 32 bytes make a key; one that is no point of the curve verifies nothing.
 */
MeshPublicKey *mesh_public_key_new_ed25519 (const guint8 bytes[MESH_ED25519_PUBLIC_BYTES])
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_public_key_from_bytes:
 * @data: the deterministic protobuf encoding of a libp2p PublicKey
 * @len: its length
 * @error: %MESH_ERROR_INVALID when not that encoding, %MESH_ERROR_UNSUPPORTED for an
 *   unknown kind of key
 *
 * Returns: (transfer full) (nullable): the key
 */
MeshPublicKey *mesh_public_key_from_bytes (const guint8 *data,
                                           gsize len,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_public_key_from_did:
 * @did: "did:key:z6Mk…"
 * @error: %MESH_ERROR_INVALID, or %MESH_ERROR_UNSUPPORTED for another method or kind
 *
 * Returns: (transfer full) (nullable): the Ed25519 key
 */
MeshPublicKey *
mesh_public_key_from_did (const char *did, GError **error) G_GNUC_WARN_UNUSED_RESULT;

MeshKeyType mesh_public_key_get_key_type (const MeshPublicKey *key);

/**
 * mesh_public_key_get_data:
 * @len: (out): its length, 32 for Ed25519
 *
 * Returns: (transfer none): the key itself, in the form of its kind
 */
const guint8 *mesh_public_key_get_data (const MeshPublicKey *key, gsize *len);

/**
 * mesh_public_key_get_bytes:
 *
 * Returns: (transfer none): the protobuf encoding
 */
GBytes *mesh_public_key_get_bytes (const MeshPublicKey *key);

/**
 * mesh_public_key_to_did:
 * @error: %MESH_ERROR_UNSUPPORTED unless the key is Ed25519
 *
 * Returns: (transfer full) (nullable): "did:key:z6Mk…"
 */
char *mesh_public_key_to_did (const MeshPublicKey *key,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean mesh_public_key_equal (const MeshPublicKey *a, const MeshPublicKey *b);

/**
 * mesh_public_key_verify:
 * @data: what was signed
 * @len: its length
 * @signature: the signature
 * @signature_len: its length
 * @error: %MESH_ERROR_BAD_SIGNATURE when it does not verify, %MESH_ERROR_UNSUPPORTED when
 *   this kind or length of key is not verified, %MESH_ERROR_INVALID when it is no key
 */
gboolean mesh_public_key_verify (const MeshPublicKey *key,
                                 const guint8 *data,
                                 gsize len,
                                 const guint8 *signature,
                                 gsize signature_len,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
