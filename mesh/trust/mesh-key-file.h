/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "peer/mesh-keypair.h"
#include "trust/mesh-json.h"

/* Who may release an app: k of n Ed25519 keys. Immutable, counted. Version 1 is signed by
 * k of its own keys; each later version by k of its own *and* by k' of the version before
 * (the old ones' consent), so a thief of fewer than k' keys can't rotate. */

#define MESH_KEY_FILE_MAX_KEYS 16
#define MESH_KEY_FILE_MAX_CHAIN 64       /* versions carried in one envelope */
#define MESH_KEY_FILE_KEY_LEN 32         /* bytes of an Ed25519 public key */
#define MESH_KEY_FILE_FINGERPRINT_LEN 64 /* characters: SHA-256 in hex */

typedef struct MeshKeyFile MeshKeyFile;

/**
 * mesh_key_file_new:
 * @app_id: the app these keys are for
 * @version: 1 or more
 * @threshold: how many of @keys must sign; from 1 to @n_keys
 * @keys: (array length=n_keys): public keys, each once
 * @expires_s: Unix time
 *
 * Returns: (transfer full): a key file without signatures, or %NULL with
 *   %MESH_ERROR_INVALID
 */
MeshKeyFile *mesh_key_file_new (const char *app_id,
                                guint64 version,
                                guint threshold,
                                const guint8 (*keys)[MESH_KEY_FILE_KEY_LEN],
                                gsize n_keys,
                                gint64 expires_s,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
MeshKeyFile *mesh_key_file_ref (MeshKeyFile *file);
void mesh_key_file_unref (MeshKeyFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshKeyFile, mesh_key_file_unref)

const char *mesh_key_file_get_app_id (const MeshKeyFile *file);
guint64 mesh_key_file_get_version (const MeshKeyFile *file);
guint mesh_key_file_get_threshold (const MeshKeyFile *file);
gint64 mesh_key_file_get_expires_s (const MeshKeyFile *file);
gsize mesh_key_file_get_n_keys (const MeshKeyFile *file);
const guint8 *mesh_key_file_get_key (const MeshKeyFile *file, gsize i);
gboolean
mesh_key_file_has_key (const MeshKeyFile *file, const guint8 key[MESH_KEY_FILE_KEY_LEN]);

/**
 * mesh_key_file_get_fingerprint:
 *
 * Returns: (transfer none): SHA-256 in lower-case hex over the canonical key file without
 *   its signatures; what a shoal: link names and a person compares
 */
const char *mesh_key_file_get_fingerprint (const MeshKeyFile *file);

/**
 * mesh_key_file_sign:
 * @file: a key file that is not shared yet
 *
 * Returns: %FALSE with %MESH_ERROR_LIMIT or, for a key that signed already,
 *   %MESH_ERROR_EXISTS
 */
gboolean mesh_key_file_sign (MeshKeyFile *file,
                             const MeshKeypair *keypair,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_key_file_to_json:
 *
 * Returns: (transfer full): { "keys": {...}, "signatures": [...] }
 */
MeshJson *mesh_key_file_to_json (const MeshKeyFile *file) G_GNUC_WARN_UNUSED_RESULT;
MeshKeyFile *
mesh_key_file_from_json (const MeshJson *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_key_file_chain_to_json:
 * @chain: (element-type MeshKeyFile): oldest first
 * @n_files: how many of its newest
 *
 * Returns: (transfer full): an array
 */
MeshJson *mesh_key_file_chain_to_json (const GPtrArray *chain,
                                       guint n_files) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_key_file_chain_from_json:
 * @object: an object with an array called "keys"
 * @max_len: how many there may be; there must be one
 * @what: the name of the document, for messages
 *
 * Returns: (transfer full) (element-type MeshKeyFile): oldest first; not verified
 */
GPtrArray *mesh_key_file_chain_from_json (const MeshJson *object,
                                          guint max_len,
                                          const char *what,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_key_file_verify:
 * @file: a key file
 * @previous: (nullable): the version before, verified already; %NULL for the first that
 * is trusted
 *
 * Does not look at the expiry: an expired version is still a link of the chain.
 *
 * Returns: %FALSE with %MESH_ERROR_THRESHOLD, %MESH_ERROR_BAD_SIGNATURE,
 *   %MESH_ERROR_WRONG_APP, or %MESH_ERROR_MIXED when the versions don't follow each other
 */
gboolean mesh_key_file_verify (const MeshKeyFile *file,
                               const MeshKeyFile *previous,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_key_file_verify_document:
 * @signatures: (element-type MeshSignature): those of others count for nothing
 * @message: what was signed
 * @what: the name of the document, for messages
 *
 * Returns: whether as many of the keys of @file as its threshold asks have signed;
 *   otherwise %FALSE as mesh_signatures_verify()
 */
gboolean mesh_key_file_verify_document (const MeshKeyFile *file,
                                        const GArray *signatures,
                                        GBytes *message,
                                        const char *what,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
