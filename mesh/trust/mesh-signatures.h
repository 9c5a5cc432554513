/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "peer/mesh-keypair.h"
#include "trust/mesh-json.h"

/* Detached Ed25519 signatures over one document, at most one by each key:
 *   [{"key":HEX,"sig":HEX}...] */

#define MESH_SIGNATURES_MAX 32
#define MESH_SIGNATURES_KEY_LEN 32
#define MESH_SIGNATURES_SIG_LEN 64

typedef struct
{
  guint8 key[MESH_SIGNATURES_KEY_LEN];
  guint8 sig[MESH_SIGNATURES_SIG_LEN];
} MeshSignature;

/**
 * mesh_signatures_new:
 *
 * Returns: (transfer full) (element-type MeshSignature): no signatures yet
 */
GArray *mesh_signatures_new (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_signatures_add:
 *
 * Returns: %FALSE with %MESH_ERROR_EXISTS (this key signed already) or %MESH_ERROR_LIMIT
 */
gboolean mesh_signatures_add (GArray *signatures,
                              const guint8 key[MESH_SIGNATURES_KEY_LEN],
                              const guint8 sig[MESH_SIGNATURES_SIG_LEN],
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_signatures_sign:
 * @message: what is signed
 *
 * Adds the signature of @keypair. Fails as mesh_signatures_add().
 */
gboolean mesh_signatures_sign (GArray *signatures,
                               GBytes *message,
                               const MeshKeypair *keypair,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

MeshJson *mesh_signatures_to_json (const GArray *signatures) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_signatures_from_json:
 * @object: an object with an array called "signatures"
 */
GArray *mesh_signatures_from_json (const MeshJson *object,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_signatures_verify:
 * @message: what was signed
 * @keys: (array length=n_keys): whose signatures count
 * @threshold: how many of them must be there
 * @what: the name of the document, for messages
 *
 * Returns: %FALSE with %MESH_ERROR_UNKNOWN_KEY (no signer is among @keys),
 *   %MESH_ERROR_BAD_SIGNATURE (one by one of @keys is wrong) or %MESH_ERROR_THRESHOLD
 */
gboolean mesh_signatures_verify (const GArray *signatures,
                                 GBytes *message,
                                 const guint8 (*keys)[MESH_SIGNATURES_KEY_LEN],
                                 gsize n_keys,
                                 guint threshold,
                                 const char *what,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_signatures_read_hex:
 * @text: (nullable): hex digits, lower case
 * @out: (out caller-allocates): @len bytes
 *
 * Returns: whether @text is exactly @len bytes in lower-case hex
 */
gboolean mesh_signatures_read_hex (const char *text, guint8 *out, gsize len);

/**
 * mesh_signatures_dup_hex:
 *
 * Returns: (transfer full): @len bytes in lower-case hex
 */
char *mesh_signatures_dup_hex (const guint8 *data, gsize len) G_GNUC_WARN_UNUSED_RESULT;
