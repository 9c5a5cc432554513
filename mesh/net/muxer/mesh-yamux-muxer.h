/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/iface/mesh-muxer.h"

G_BEGIN_DECLS

#define MESH_TYPE_YAMUX_MUXER (mesh_yamux_muxer_get_type ())

/**
 * MeshYamuxMuxer:
 *
 * Yamux over a secured stream. Reads are decrypted and parsed in batches of up to 256 KiB
 * and land in the buffer of whoever waits for them; writes of all streams are packed in
 * turn into one batch, a frame each, while the batch before is on its way.
 */
G_DECLARE_FINAL_TYPE (MeshYamuxMuxer, mesh_yamux_muxer, MESH, YAMUX_MUXER, MeshMuxer)

/* How long a goodbye may take to leave. */
#define MESH_YAMUX_MUXER_GOODBYE_US G_USEC_PER_SEC
/* Streams that we have closed and the peer has not: beyond so many the oldest is reset.
 */
#define MESH_YAMUX_MUXER_MAX_LINGERING 64

/**
 * mesh_yamux_muxer_new:
 * @base: a secured stream; owned from now on, closed with the muxer
 * @is_client: whether we dialed
 * @max_inbound_streams: the peer may have so many open
 * @max_outbound_streams: we may have so many open
 *
 * Nothing is read before mesh_muxer_start().
 */
MeshMuxer *mesh_yamux_muxer_new (GIOStream *base,
                                 gboolean is_client,
                                 guint max_inbound_streams,
                                 guint max_outbound_streams) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
