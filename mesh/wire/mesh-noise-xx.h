/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* Noise_XX_25519_ChaChaPoly_SHA256, the handshake alone, with any payloads
 * (https://noiseprotocol.org/noise.html, revision 34). Messages are written and read in
 * turn; after the third there are two keys. */
typedef struct MeshNoiseXx MeshNoiseXx;

#define MESH_NOISE_KEY_BYTES 32
#define MESH_NOISE_TAG_BYTES 16
#define MESH_NOISE_MAX_MESSAGE 65535

/**
 * mesh_noise_xx_new:
 * @is_initiator: whether we speak first
 * @static_secret: our static X25519 secret
 * @ephemeral_secret: fresh secret bytes for this handshake alone
 * @prologue: bytes both sides must have in common, may be empty
 * @prologue_len: their number
 */
MeshNoiseXx *mesh_noise_xx_new (gboolean is_initiator,
                                const guint8 static_secret[MESH_NOISE_KEY_BYTES],
                                const guint8 ephemeral_secret[MESH_NOISE_KEY_BYTES],
                                const guint8 *prologue,
                                gsize prologue_len) G_GNUC_WARN_UNUSED_RESULT;

/* Wipes every secret. */
void mesh_noise_xx_free (MeshNoiseXx *xx);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshNoiseXx, mesh_noise_xx_free)

/* Whether the next message is ours to write, or the peer's; both %FALSE at the end. */
gboolean mesh_noise_xx_may_write (const MeshNoiseXx *xx);
gboolean mesh_noise_xx_may_read (const MeshNoiseXx *xx);

/**
 * mesh_noise_xx_write:
 * @payload: what to send inside, at most 60000 bytes
 * @message: where the message is appended
 * @error: %MESH_ERROR_PROTOCOL when the peer's key is one that yields no secret
 */
gboolean mesh_noise_xx_write (MeshNoiseXx *xx,
                              const guint8 *payload,
                              gsize len,
                              GByteArray *message,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_noise_xx_read:
 * @data: one message of the peer
 * @payload: where what was inside is appended
 * @error: %MESH_ERROR_PROTOCOL
 */
gboolean mesh_noise_xx_read (MeshNoiseXx *xx,
                             const guint8 *data,
                             gsize len,
                             GByteArray *payload,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_noise_xx_get_static_public:
 *
 * Returns: (transfer none): our own static public key
 */
const guint8 *mesh_noise_xx_get_static_public (const MeshNoiseXx *xx);

/**
 * mesh_noise_xx_get_remote_static:
 *
 * Returns: (transfer none): the peer's static public key, once a message brought it
 */
const guint8 *mesh_noise_xx_get_remote_static (const MeshNoiseXx *xx);

/**
 * mesh_noise_xx_split:
 * @send_key: (out caller-allocates): for what we send
 * @receive_key: (out caller-allocates): for what we receive
 *
 * Only when all three messages are through.
 */
void mesh_noise_xx_split (const MeshNoiseXx *xx,
                          guint8 send_key[MESH_NOISE_KEY_BYTES],
                          guint8 receive_key[MESH_NOISE_KEY_BYTES]);

/**
 * mesh_noise_xx_nonce:
 * @counter: number of the message under one key
 * @nonce: (out caller-allocates): four zero bytes and the counter, little-endian
 */
void mesh_noise_xx_nonce (guint64 counter, guint8 nonce[12]);
