/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap-private.h"

/* What is between us and one connected peer: the stream we write to, the streams it
 * writes to, and the messages in both directions. Reference counted; owned by its
 * MeshBitswapPeer and by what is in flight. */

/* Streams the peer may write to at a time; js-libp2p opens one for each message. */
#define MESH_BITSWAP_LINK_MAX_STREAMS 16
/* Received of one peer and not done with before more is read from it. */
#define MESH_BITSWAP_LINK_MAX_BYTES (6u << 20)
/* Largest message of a peer that was asked for nothing lately: want-lists only. */
#define MESH_BITSWAP_LINK_MAX_UNASKED_BYTES (512u << 10)
#define MESH_BITSWAP_LINK_ASKED_US (60 * G_USEC_PER_SEC)
/* Outgoing streams lost in a row before the peer counts as one without Bitswap. */
#define MESH_BITSWAP_LINK_MAX_FAILURES 8

MeshBitswapLink *mesh_bitswap_link_new (MeshBitswap *bitswap,
                                        MeshBitswapPeer *peer) G_GNUC_WARN_UNUSED_RESULT;
void mesh_bitswap_link_unref (MeshBitswapLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshBitswapLink, mesh_bitswap_link_unref)

/* Resets all streams. */
void mesh_bitswap_link_close (MeshBitswapLink *link);

/**
 * mesh_bitswap_link_take_stream:
 * @stream: (transfer none): one the peer opened
 */
void mesh_bitswap_link_take_stream (MeshBitswapLink *link, MeshStream *stream);

/**
 * mesh_bitswap_link_send:
 * @msg: (transfer full): from the server
 * @send_id: its #MeshBitswapServerSend, reported when it was written or dropped
 * @block_bytes: of the blocks in @msg
 */
void mesh_bitswap_link_send (MeshBitswapLink *link,
                             MeshBitswapMessage *msg,
                             guint64 send_id,
                             gsize block_bytes);

/* Writes the next message, if there is one and the stream is free. */
void mesh_bitswap_link_pump (MeshBitswapLink *link);

/* Goes on reading where it was held back, if it may. */
void mesh_bitswap_link_resume (MeshBitswapLink *link);
