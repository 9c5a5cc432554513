/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-keypair.h"
#include "peer/mesh-multiaddr.h"

/* Where a peer says it can be reached, in its own signed words (libp2p RFC 0003). */
typedef struct MeshPeerRecord MeshPeerRecord;

#define MESH_PEER_RECORD_MAX_ADDRS 128

void mesh_peer_record_free (MeshPeerRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshPeerRecord, mesh_peer_record_free)

/**
 * mesh_peer_record_seal:
 * @seq: must grow with each record of this peer
 * @addrs: (element-type MeshMultiaddr): at most %MESH_PEER_RECORD_MAX_ADDRS
 *
 * Returns: (transfer full): an encoded signed envelope with the record in it
 */
GBytes *mesh_peer_record_seal (const MeshKeypair *keypair,
                               guint64 seq,
                               const GPtrArray *addrs) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_peer_record_open:
 * @data: an encoded signed envelope
 * @len: its length
 * @error: as mesh_envelope_open(); %MESH_ERROR_AUTH when a peer signed another's record
 *
 * Addresses of kinds this build does not know are left out.
 *
 * Returns: (transfer full) (nullable): the record
 */
MeshPeerRecord *mesh_peer_record_open (const guint8 *data,
                                       gsize len,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

MeshPeerId *mesh_peer_record_get_peer_id (const MeshPeerRecord *record);
guint64 mesh_peer_record_get_seq (const MeshPeerRecord *record);

/**
 * mesh_peer_record_get_addrs:
 *
 * Returns: (transfer none) (element-type MeshMultiaddr): the addresses
 */
const GPtrArray *mesh_peer_record_get_addrs (const MeshPeerRecord *record);
