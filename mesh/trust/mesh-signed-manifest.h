/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "peer/mesh-keypair.h"
#include "trust/mesh-key-file.h"
#include "trust/mesh-manifest.h"

/* The envelope that travels: a manifest, the signatures over it and the key files that
 * say whose signatures count, oldest first. Canonical JSON:
 *   {"keys":[KEY FILE...],"manifest":{...},"signatures":[{"key":HEX,"sig":HEX}...]}
 * Reading one proves nothing: mesh_trust_verify_release() does. */

#define MESH_SIGNED_MANIFEST_MAX_BYTES MESH_MANIFEST_MAX_BYTES /* all of it */

typedef struct MeshSignedManifest MeshSignedManifest;

/**
 * mesh_signed_manifest_new:
 * @manifest: a valid manifest
 * @chain: (element-type MeshKeyFile): key files, oldest first
 */
MeshSignedManifest *mesh_signed_manifest_new (MeshManifest *manifest,
                                              GPtrArray *chain) G_GNUC_WARN_UNUSED_RESULT;
void mesh_signed_manifest_free (MeshSignedManifest *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshSignedManifest, mesh_signed_manifest_free)

/**
 * mesh_signed_manifest_parse:
 * @data: bytes from anyone
 * @len: at most %MESH_SIGNED_MANIFEST_MAX_BYTES, else %MESH_ERROR_TOO_LARGE
 *
 * Only the canonical form is accepted, so an envelope has one digest.
 */
MeshSignedManifest *mesh_signed_manifest_parse (const guint8 *data,
                                                gsize len,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mesh_signed_manifest_to_bytes (const MeshSignedManifest *envelope)
    G_GNUC_WARN_UNUSED_RESULT;

MeshManifest *mesh_signed_manifest_get_manifest (const MeshSignedManifest *envelope);

/**
 * mesh_signed_manifest_get_chain:
 *
 * Returns: (transfer none) (element-type MeshKeyFile): oldest first, never empty
 */
GPtrArray *mesh_signed_manifest_get_chain (const MeshSignedManifest *envelope);

/**
 * mesh_signed_manifest_get_digest:
 *
 * Returns: (transfer none): SHA-256 in hex over the canonical manifest without signatures
 */
const char *mesh_signed_manifest_get_digest (const MeshSignedManifest *envelope);

/**
 * mesh_signed_manifest_sign:
 * @keypair: a publisher's key
 *
 * Returns: %FALSE with %MESH_ERROR_EXISTS when this key signed already, or
 *   %MESH_ERROR_LIMIT
 */
gboolean mesh_signed_manifest_sign (MeshSignedManifest *envelope,
                                    const MeshKeypair *keypair,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_signed_manifest_verify:
 * @keys: a key file that is trusted
 *
 * Returns: %FALSE with %MESH_ERROR_UNKNOWN_KEY (no signer is in @keys),
 *   %MESH_ERROR_BAD_SIGNATURE (a signature by one of @keys is wrong) or
 *   %MESH_ERROR_THRESHOLD (too few)
 */
gboolean mesh_signed_manifest_verify (const MeshSignedManifest *envelope,
                                      const MeshKeyFile *keys,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
