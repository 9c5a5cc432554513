/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-keypair.h"
#include "peer/mesh-peer-id.h"
#include "wire/mesh-noise-xx.h"

/* libp2p's Noise (specs/noise): the XX handshake with proof of identity, early muxer
 * negotiation, and after it frames of at most 64 KiB. The two directions of the frames
 * are independent of each other and of the handshake: they may run in two threads. */
typedef struct MeshNoise MeshNoise;

#define MESH_NOISE_PROTOCOL "/noise"

/* A frame: two bytes of length, ciphertext, tag. */
#define MESH_NOISE_MAX_PLAIN (MESH_NOISE_MAX_MESSAGE - MESH_NOISE_TAG_BYTES)
#define MESH_NOISE_MAX_FRAME (2 + MESH_NOISE_MAX_MESSAGE)
#define MESH_NOISE_FRAME_OVERHEAD (2 + MESH_NOISE_TAG_BYTES)
/* A handshake message; a peer with an RSA key of 8192 bits needs some 3 KiB. */
#define MESH_NOISE_MAX_HANDSHAKE 16384

/**
 * mesh_noise_new:
 * @is_initiator: whether we dialed
 * @identity: who we are; referenced
 * @expected: (nullable): who the peer must be
 * @static_secret: X25519 secret, fresh random bytes
 * @ephemeral_secret: more fresh random bytes
 * @muxers: (array zero-terminated=1): muxer protocols to offer, best first; copied
 */
MeshNoise *mesh_noise_new (gboolean is_initiator,
                           MeshKeypair *identity,
                           MeshPeerId *expected,
                           const guint8 static_secret[MESH_NOISE_KEY_BYTES],
                           const guint8 ephemeral_secret[MESH_NOISE_KEY_BYTES],
                           const char *const *muxers) G_GNUC_WARN_UNUSED_RESULT;
void mesh_noise_free (MeshNoise *noise);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshNoise, mesh_noise_free)

/**
 * mesh_noise_handshake:
 * @data: bytes of the peer, may be empty to begin
 * @consumed: (out): how many were used; the rest are frames for mesh_noise_decrypt()
 * @error: %MESH_ERROR_PROTOCOL, %MESH_ERROR_AUTH when the peer is not who it says or must
 *   be, %MESH_ERROR_UNSUPPORTED when its kind of key can not be verified or no muxer is
 *   common; the connection is then to be closed
 */
gboolean mesh_noise_handshake (MeshNoise *noise,
                               const guint8 *data,
                               gsize len,
                               gsize *consumed,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_noise_take_output:
 *
 * Returns: (transfer full) (nullable): handshake bytes for the peer
 */
GBytes *mesh_noise_take_output (MeshNoise *noise) G_GNUC_WARN_UNUSED_RESULT;

gboolean mesh_noise_is_done (const MeshNoise *noise);

/* Once done; both (transfer none). */
MeshPeerId *mesh_noise_get_peer_id (const MeshNoise *noise);
MeshPublicKey *mesh_noise_get_public_key (const MeshNoise *noise);

/**
 * mesh_noise_get_muxer:
 *
 * Returns: (transfer none) (nullable): the muxer agreed on in the handshake; %NULL when
 * the peer does not do that and multistream-select must decide
 */
const char *mesh_noise_get_muxer (const MeshNoise *noise);

/**
 * mesh_noise_encrypt:
 * @plain: what to send, any length
 * @out: where the frames go
 * @out_size: room there
 * @written: (out): how many bytes of frames
 *
 * Fills as many frames as fit.
 *
 * Returns: how many bytes of @plain they hold; 0 when there is no room, or when the
 *   connection has sent all the 2^64 - 1 frames it may
 */
gsize mesh_noise_encrypt (MeshNoise *noise,
                          const guint8 *plain,
                          gsize len,
                          guint8 *out,
                          gsize out_size,
                          gsize *written);

/**
 * mesh_noise_decrypt:
 * @data: frames
 * @consumed: (out): how many bytes of @data were used up
 * @out: where the plaintext goes; not inside @data
 * @out_size: room there
 * @produced: (out): how many bytes of plaintext
 * @error: %MESH_ERROR_PROTOCOL when a frame was damaged
 *
 * Takes as many whole frames as there are and as fit; with room for %MESH_NOISE_MAX_PLAIN
 * bytes the next one always fits.
 */
gboolean mesh_noise_decrypt (MeshNoise *noise,
                             const guint8 *data,
                             gsize len,
                             gsize *consumed,
                             guint8 *out,
                             gsize out_size,
                             gsize *produced,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_noise_get_frame_len:
 *
 * Returns: length of the plaintext of the first frame in @data if it is there whole, else
 * -1
 */
gssize mesh_noise_get_frame_len (const guint8 *data, gsize len);
