/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-public-key.h"

/* The name of a peer: the multihash of its public key (specs/peer-ids). Immutable,
 * reference counted, usable from any thread. */
typedef struct MeshPeerId MeshPeerId;

/* An identity multihash of the longest key that is not hashed. */
#define MESH_PEER_ID_MAX_BYTES 44

MeshPeerId *mesh_peer_id_ref (MeshPeerId *id);
void mesh_peer_id_unref (MeshPeerId *id);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshPeerId, mesh_peer_id_unref)

/**
 * mesh_peer_id_new_from_public_key:
 *
 * Returns: (transfer full): the id of whoever holds the secret half of @key
 */
MeshPeerId *
mesh_peer_id_new_from_public_key (const MeshPublicKey *key) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_id_parse:
 * @text: "12D3KooW…", "Qm…", or a CIDv1 with codec libp2p-key ("bafz…", "k51…" is
 * refused: base36 is not read)
 * @error: %MESH_ERROR_INVALID, or %MESH_ERROR_UNSUPPORTED for another multibase
 *
 * Returns: (transfer full) (nullable): the id
 */
MeshPeerId *
mesh_peer_id_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_id_from_bytes:
 * @data: a multihash: identity (of a well-formed public key) or sha2-256
 * @len: its length
 * @error: %MESH_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the id
 */
MeshPeerId *mesh_peer_id_from_bytes (const guint8 *data,
                                     gsize len,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_id_get_bytes:
 * @len: (out): its length
 *
 * Returns: (transfer none): the multihash
 */
const guint8 *mesh_peer_id_get_bytes (const MeshPeerId *id, gsize *len);

/**
 * mesh_peer_id_to_string:
 *
 * Returns: (transfer none): base58btc text ("12D3KooW…"), kept by @id
 */
const char *mesh_peer_id_to_string (const MeshPeerId *id);

/**
 * mesh_peer_id_to_cid_string:
 *
 * Returns: (transfer full): the CIDv1 form in base32 ("bafz…")
 */
char *mesh_peer_id_to_cid_string (const MeshPeerId *id) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_id_dup_public_key:
 *
 * Returns: (transfer full) (nullable): the key an identity multihash carries; %NULL when
 *   the id is only a hash
 */
MeshPublicKey *
mesh_peer_id_dup_public_key (const MeshPeerId *id) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_id_matches_public_key:
 *
 * Returns: whether @id is the id of @key
 */
gboolean mesh_peer_id_matches_public_key (const MeshPeerId *id, const MeshPublicKey *key);

/* For GHashTable and sorting: both take const MeshPeerId *. The order is that of the
 * bytes. */
guint mesh_peer_id_hash (gconstpointer id);
gboolean mesh_peer_id_equal (gconstpointer a, gconstpointer b);
int mesh_peer_id_compare (gconstpointer a, gconstpointer b);
