/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net/host/mesh-host.h"

/* Carries the requests of one table to peers: connects, opens a stream, sends, waits for
 * the answer. A stream serves one request after another and is closed when it has been
 * idle for a while. Used from the host's context. */
typedef struct MeshDhtLinks MeshDhtLinks;

/* An answer longer than this is refused. */
#define MESH_DHT_LINKS_MAX_RESPONSE_BYTES (256u << 10)
/* Requests to one peer at once; more wait for one of them to end. js-libp2p takes 32. */
#define MESH_DHT_LINKS_MAX_PEER_REQUESTS 8
/* A stream that nobody needs for so long is closed; js-libp2p resets it after 10 s. */
#define MESH_DHT_LINKS_IDLE_US (5 * G_USEC_PER_SEC)

/**
 * MeshDhtLinksFunc:
 * @reply: (nullable): the answer; %NULL when none was expected, or on @error
 * @error: (nullable): why it failed
 *
 * How a request ended. Called from the main loop, once for each request that is not
 * cancelled.
 */
typedef void (*MeshDhtLinksFunc) (guint64 request_id,
                                  GBytes *reply,
                                  const GError *error,
                                  gpointer user_data);

MeshDhtLinks *mesh_dht_links_new (MeshHost *host,
                                  const char *protocol,
                                  MeshDhtLinksFunc func,
                                  gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/* Ends every request without a call. */
void mesh_dht_links_free (MeshDhtLinks *links);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDhtLinks, mesh_dht_links_free)

/**
 * mesh_dht_links_send:
 * @addrs: (element-type MeshMultiaddr): where to dial when there is no connection
 * @msg: without its length
 *
 * How many may be on their way is bounded by who sends (MeshKad).
 */
void mesh_dht_links_send (MeshDhtLinks *links,
                          guint64 request_id,
                          MeshPeerId *peer_id,
                          GPtrArray *addrs,
                          GBytes *msg,
                          gboolean expects_reply);
void mesh_dht_links_cancel (MeshDhtLinks *links, guint64 request_id);
