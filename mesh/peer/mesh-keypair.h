/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-public-key.h"

/* An Ed25519 identity: immutable, reference counted, usable from any thread. The secret
 * is wiped when the last reference goes. Randomness comes from the caller. */
typedef struct MeshKeypair MeshKeypair;

/**
 * mesh_keypair_new_from_seed:
 * @seed: 32 secret random bytes (services: randombytes_buf())
 */
MeshKeypair *mesh_keypair_new_from_seed (const guint8 seed[MESH_ED25519_SEED_BYTES])
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_keypair_from_bytes:
 * @data: a libp2p PrivateKey protobuf, as key files hold it (64 or 96 byte form)
 * @len: its length
 * @error: %MESH_ERROR_INVALID when malformed or when the halves do not match,
 *   %MESH_ERROR_UNSUPPORTED for other kinds than Ed25519
 *
 * Returns: (transfer full) (nullable): the keypair
 */
MeshKeypair *mesh_keypair_from_bytes (const guint8 *data,
                                      gsize len,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

MeshKeypair *mesh_keypair_ref (MeshKeypair *keypair);
void mesh_keypair_unref (MeshKeypair *keypair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKeypair, mesh_keypair_unref)

/**
 * mesh_keypair_to_bytes:
 *
 * The secret, for a file of mode 0600.
 *
 * Returns: (transfer full): a libp2p PrivateKey protobuf, wiped when freed
 */
GBytes *mesh_keypair_to_bytes (const MeshKeypair *keypair) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_keypair_get_public_key:
 *
 * Returns: (transfer none): the public half
 */
MeshPublicKey *mesh_keypair_get_public_key (const MeshKeypair *keypair);

/**
 * mesh_keypair_sign:
 * @data: what to sign
 * @len: its length
 * @signature: (out caller-allocates): the detached Ed25519 signature
 */
void mesh_keypair_sign (const MeshKeypair *keypair,
                        const guint8 *data,
                        gsize len,
                        guint8 signature[MESH_ED25519_SIGNATURE_BYTES]);
