/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"
#include "bitswap/mesh-bitswap-message.h"

/* The outgoing stream to one peer: opened with the first message and kept open, one
 * message at a time. Reference counted; used from the host's context. */
typedef struct MeshBitswapWriter MeshBitswapWriter;

#define MESH_BITSWAP_PROTOCOL_1_2_0 "/ipfs/bitswap/1.2.0"
#define MESH_BITSWAP_PROTOCOL_1_1_0 "/ipfs/bitswap/1.1.0"
#define MESH_BITSWAP_PROTOCOL_1_0_0 "/ipfs/bitswap/1.0.0"

/* Preferred first; %NULL at the end. */
extern const char *const mesh_bitswap_writer_protocols[];

/* A message of which nothing is taken for so long fails. */
#define MESH_BITSWAP_WRITER_STALL_S 60

/**
 * MeshBitswapWriterDone:
 * @error: (nullable): why the message was not sent. The stream is gone then, and the next
 *   message opens another; %MESH_ERROR_UNSUPPORTED means that the peer has no Bitswap
 */
typedef void (*MeshBitswapWriterDone) (MeshBitswapWriter *writer,
                                       const GError *error,
                                       gpointer user_data);
typedef void (*MeshBitswapWriterOpened) (MeshBitswapWriter *writer,
                                         MeshBitswapVersion version,
                                         gpointer user_data);

/**
 * mesh_bitswap_writer_new:
 * @opened: called before the first message of each stream is encoded
 * @done: called once for each message
 */
MeshBitswapWriter *mesh_bitswap_writer_new (MeshHost *host,
                                            MeshPeerId *peer_id,
                                            MeshBitswapWriterOpened opened,
                                            MeshBitswapWriterDone done,
                                            gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

gboolean mesh_bitswap_writer_is_busy (const MeshBitswapWriter *writer);

/**
 * mesh_bitswap_writer_send:
 * @msg: (transfer full): encoded for the version the peer speaks
 *
 * Must not be called while busy.
 */
void mesh_bitswap_writer_send (MeshBitswapWriter *writer, MeshBitswapMessage *msg);

/**
 * mesh_bitswap_writer_close:
 * @writer: (transfer full)
 *
 * Resets the stream; nothing is called any more.
 */
void mesh_bitswap_writer_close (MeshBitswapWriter *writer);
