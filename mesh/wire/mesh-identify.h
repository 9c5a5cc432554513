/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "peer/mesh-multiaddr.h"
#include "peer/mesh-public-key.h"

/* libp2p's identify (specs/identify): who a peer is and what it serves. */
typedef struct MeshIdentify MeshIdentify;

#define MESH_IDENTIFY_PROTOCOL "/ipfs/id/1.0.0"
#define MESH_IDENTIFY_PUSH_PROTOCOL "/ipfs/id/push/1.0.0"

/* All that a peer may send for one identify: several messages, each with its length. */
#define MESH_IDENTIFY_MAX_BYTES 65536
#define MESH_IDENTIFY_MAX_MESSAGES 10
/* What is kept of it; more is left out. */
#define MESH_IDENTIFY_MAX_ADDRS 128
#define MESH_IDENTIFY_MAX_PROTOCOLS 1024
#define MESH_IDENTIFY_MAX_PROTOCOL_BYTES 255
#define MESH_IDENTIFY_MAX_TEXT_BYTES 256
/* Other implementations read no larger message: from here on the signed record goes into
 * a message of its own. */
#define MESH_IDENTIFY_SPLIT_BYTES 2048

struct MeshIdentify
{
  MeshPublicKey *public_key;    /* (owned) (nullable) */
  GPtrArray *listen_addrs;      /* (owned) (element-type MeshMultiaddr) */
  GPtrArray *protocols;         /* (owned) (element-type utf8) */
  MeshMultiaddr *observed_addr; /* (owned) (nullable) */
  char *protocol_version;       /* (owned) (nullable) */
  char *agent_version;          /* (owned) (nullable) */
  GBytes *signed_record;        /* (owned) (nullable): not verified */
  gboolean has_listen_addrs;    /* a push may leave out what did not change */
  gboolean has_protocols;
};

MeshIdentify *mesh_identify_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mesh_identify_free (MeshIdentify *identify);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshIdentify, mesh_identify_free)

/**
 * mesh_identify_encode:
 *
 * Returns: (transfer full): what goes on the stream, lengths included
 */
GBytes *mesh_identify_encode (const MeshIdentify *identify) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_identify_decode:
 * @data: everything the peer sent until it closed its side
 * @len: its length
 * @error: %MESH_ERROR_PROTOCOL, %MESH_ERROR_LIMIT
 *
 * Several messages are merged. Addresses of unknown kinds, and texts that are too long,
 * not UTF-8 or hold control characters, are left out.
 *
 * Returns: (transfer full) (nullable): what it said
 */
MeshIdentify *mesh_identify_decode (const guint8 *data,
                                    gsize len,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_identify_is_whole:
 *
 * Returns: whether @data is at least one whole message: a peer that does not close its
 * side has then said enough
 */
gboolean mesh_identify_is_whole (const guint8 *data, gsize len);
