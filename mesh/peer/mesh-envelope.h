/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-keypair.h"
#include "peer/mesh-peer-id.h"

/* A signed envelope (libp2p RFC 0002): a payload, what kind it is, and who signed it for
 * which purpose ("domain"). Immutable and verified: one that does not verify can not be
 * made. */
typedef struct MeshEnvelope MeshEnvelope;

#define MESH_ENVELOPE_MAX_BYTES 65536

void mesh_envelope_free (MeshEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshEnvelope, mesh_envelope_free)

/**
 * mesh_envelope_seal:
 * @domain: what the signature is for, never empty
 * @payload_type: the kind of payload
 * @payload: what to sign
 *
 * Returns: (transfer full): the encoded envelope
 */
GBytes *mesh_envelope_seal (const MeshKeypair *keypair,
                            const char *domain,
                            GBytes *payload_type,
                            GBytes *payload) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_envelope_open:
 * @data: an encoded envelope
 * @len: its length
 * @domain: what the signature must be for
 * @error: %MESH_ERROR_INVALID, %MESH_ERROR_LIMIT above %MESH_ENVELOPE_MAX_BYTES,
 *   %MESH_ERROR_BAD_SIGNATURE, or %MESH_ERROR_UNSUPPORTED for a kind of key that can not
 *   be verified
 *
 * Returns: (transfer full) (nullable): the envelope, signature checked
 */
MeshEnvelope *mesh_envelope_open (const guint8 *data,
                                  gsize len,
                                  const char *domain,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All three: (transfer none). */
MeshPublicKey *mesh_envelope_get_public_key (const MeshEnvelope *envelope);
GBytes *mesh_envelope_get_payload_type (const MeshEnvelope *envelope);
GBytes *mesh_envelope_get_payload (const MeshEnvelope *envelope);
