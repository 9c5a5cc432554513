/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* ECDSA as libp2p has it (specs/peer-ids), on the curve P-256: the key a
 * SubjectPublicKeyInfo in DER with the whole point, the signature over SHA-256 in DER.
 * Verifying only. */

#define MESH_ECDSA_KEY_BYTES 91

/**
 * mesh_ecdsa_key_verify:
 * @key: DER, all of @key_len
 * @error: %MESH_ERROR_UNSUPPORTED for another curve or form, %MESH_ERROR_INVALID when the
 *   point is not on the curve, %MESH_ERROR_BAD_SIGNATURE
 */
gboolean mesh_ecdsa_key_verify (const guint8 *key,
                                gsize key_len,
                                const guint8 *data,
                                gsize len,
                                const guint8 *signature,
                                gsize signature_len,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
