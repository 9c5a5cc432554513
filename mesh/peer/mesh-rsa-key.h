/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* RSA as libp2p has it (specs/peer-ids): the key a SubjectPublicKeyInfo in DER, the
 * signature RSASSA-PKCS1-v1_5 over SHA-256. Verifying only. */

#define MESH_RSA_KEY_MIN_BITS 2048
#define MESH_RSA_KEY_MAX_BITS 8192
#define MESH_RSA_KEY_MAX_EXPONENT_BITS 31 /* verifying takes as long as this is large */

/**
 * mesh_rsa_key_verify:
 * @key: DER, all of @key_len
 * @error: %MESH_ERROR_INVALID when @key is no RSA key, %MESH_ERROR_UNSUPPORTED when it is
 *   shorter or longer than above, %MESH_ERROR_BAD_SIGNATURE
 */
gboolean mesh_rsa_key_verify (const guint8 *key,
                              gsize key_len,
                              const guint8 *data,
                              gsize len,
                              const guint8 *signature,
                              gsize signature_len,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
