/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"

/* Answers the requests of peers on one protocol: several on each stream, one at a time.
 * Registers the handler with the host as long as it exists, so that only servers are
 * taken for servers. Used from the host's context. */
typedef struct MeshDhtServe MeshDhtServe;

#define MESH_DHT_SERVE_MAX_REQUEST_BYTES (32u << 10)
#define MESH_DHT_SERVE_MAX_STREAMS 512     /* all peers together */
#define MESH_DHT_SERVE_MAX_PEER_STREAMS 32 /* of one peer */
#define MESH_DHT_SERVE_RATE 100            /* requests of a peer each second... */
#define MESH_DHT_SERVE_BURST 400 /* ...and at once; beyond it streams are reset */
#define MESH_DHT_SERVE_IDLE_US (60 * G_USEC_PER_SEC) /* a silent stream is reset */

/**
 * MeshDhtServeFunc:
 * @reply: (out) (transfer full) (nullable): the answer, %NULL for none
 *
 * Returns: %FALSE to reset the stream
 */
typedef gboolean (*MeshDhtServeFunc) (MeshPeerId *from,
                                      GBytes *request,
                                      GBytes **reply,
                                      gpointer user_data);

MeshDhtServe *mesh_dht_serve_new (MeshHost *host,
                                  const char *protocol,
                                  MeshDhtServeFunc func,
                                  gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the handler back and resets every stream. */
void mesh_dht_serve_free (MeshDhtServe *serve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDhtServe, mesh_dht_serve_free)

guint mesh_dht_serve_get_n_streams (const MeshDhtServe *serve);
