/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "peer/mesh-keypair.h"
#include "peer/mesh-peer-id.h"

G_BEGIN_DECLS

#define MESH_TYPE_NOISE_STREAM (mesh_noise_stream_get_type ())

/**
 * MeshNoiseStream:
 *
 * Noise over another stream: both sides have proven who they are, and what is written
 * comes out at the other end or not at all. Async calls only. A read decrypts straight
 * into the caller's buffer when that has room for a frame (64 KiB), so large reads are
 * the fast ones; a write finishes when the stream below has taken it all.
 */
G_DECLARE_FINAL_TYPE (MeshNoiseStream, mesh_noise_stream, MESH, NOISE_STREAM, GIOStream)

/**
 * mesh_noise_stream_new_async:
 * @base: the stream to secure; owned by the new stream, closed with it
 * @is_initiator: whether we dialed
 * @identity: who we are
 * @expected: (nullable): who the other side must be
 * @muxers: (array zero-terminated=1): muxer protocols to offer, best first
 *
 * Shakes hands. No timeout of its own: the caller cancels.
 */
void mesh_noise_stream_new_async (GIOStream *base,
                                  gboolean is_initiator,
                                  MeshKeypair *identity,
                                  MeshPeerId *expected,
                                  const char *const *muxers,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);

/**
 * mesh_noise_stream_new_finish:
 * @error: as mesh_noise_handshake(), %MESH_ERROR_CLOSED, or what @base said
 *
 * Returns: (transfer full) (nullable): the secured stream
 */
MeshNoiseStream *mesh_noise_stream_new_finish (GAsyncResult *result,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_noise_stream_get_peer_id:
 *
 * Returns: (transfer none): who the other side is
 */
MeshPeerId *mesh_noise_stream_get_peer_id (MeshNoiseStream *self);

/**
 * mesh_noise_stream_get_muxer:
 *
 * Returns: (transfer none) (nullable): the muxer agreed on in the handshake
 */
const char *mesh_noise_stream_get_muxer (MeshNoiseStream *self);

G_END_DECLS
