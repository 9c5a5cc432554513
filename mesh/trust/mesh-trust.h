/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "trust/mesh-signed-manifest.h"

/* What is believed about one app on one channel, and the one function that decides
 * whether a release may be used. Pure: the caller keeps the state on disk and passes the
 * time. */

typedef struct
{
  char *app_id;      /* (owned) */
  char *channel;     /* (owned) */
  char *pin;         /* (owned) (nullable): fingerprint from a link, before first use */
  MeshKeyFile *keys; /* (owned) (nullable): newest seen; %NULL before first use */
  guint64 counter;   /* highest seen; 0: none */
  char *digest;      /* (owned) (nullable): of the manifest with that counter */
  char *version;     /* (owned) (nullable): of that manifest */
} MeshTrustState;

MeshTrustState *
mesh_trust_state_new (const char *app_id, const char *channel) G_GNUC_WARN_UNUSED_RESULT;
MeshTrustState *
mesh_trust_state_copy (const MeshTrustState *state) G_GNUC_WARN_UNUSED_RESULT;
void mesh_trust_state_free (MeshTrustState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshTrustState, mesh_trust_state_free)

/**
 * mesh_trust_verify_release:
 * @state: what is believed so far; not changed
 * @envelope: bytes from anyone
 * @now_s: Unix time
 *
 * Checks, in this order, and fails with: %MESH_ERROR_TOO_LARGE (endless data),
 * %MESH_ERROR_INVALID (malformed; %MESH_ERROR_UNSAFE_PATH for an unsafe tree),
 * %MESH_ERROR_WRONG_APP, %MESH_ERROR_ROLLBACK (an older key file than the newest seen),
 * %MESH_ERROR_UNKNOWN_KEY (the key chain does not lead from what is trusted, or nobody in
 * it signed), %MESH_ERROR_BAD_SIGNATURE and %MESH_ERROR_THRESHOLD (key files, then the
 * manifest), %MESH_ERROR_WRONG_CHANNEL, %MESH_ERROR_MIXED (signed under another key file
 * than the chain ends with, or another manifest with a counter already seen),
 * %MESH_ERROR_ROLLBACK (an older counter or version) and %MESH_ERROR_EXPIRED (freeze).
 * Without pin and keys the first release seen is trusted (trust on first use).
 *
 * Takes milliseconds per megabyte: for anything but a test, call it in the worker pool.
 *
 * Returns: (transfer full): the release, or %NULL
 */
MeshSignedManifest *mesh_trust_verify_release (const MeshTrustState *state,
                                               GBytes *envelope,
                                               gint64 now_s,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_trust_verify_chain:
 * @chain: (element-type MeshKeyFile): key files from anyone, oldest first, not empty
 *
 * Checks the key files of a release: that they lead from what is believed to the last of
 * them. %MESH_ERROR_WRONG_APP, %MESH_ERROR_ROLLBACK, %MESH_ERROR_UNKNOWN_KEY,
 * %MESH_ERROR_BAD_SIGNATURE, %MESH_ERROR_THRESHOLD or %MESH_ERROR_MIXED.
 *
 * Returns: (transfer none): the key file in force, or %NULL
 */
const MeshKeyFile *mesh_trust_verify_chain (const MeshTrustState *state,
                                            GPtrArray *chain,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_trust_state_advance:
 * @release: what mesh_trust_verify_release() returned for this very state
 *
 * Remembers the release's keys, counter and version: nothing older is believed again.
 */
void mesh_trust_state_advance (MeshTrustState *state, const MeshSignedManifest *release);
