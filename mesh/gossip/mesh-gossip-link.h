/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip.h"
#include "net/host/mesh-host.h"

/* The streams of one peer: the one we opened, for what we say, and those it opened. Owned
 * by the service; ends with mesh_gossip_link_close(), after which no function of
 * #MeshGossipLinkFuncs is called. */
typedef struct MeshGossipLink MeshGossipLink;

/* Bytes of an inbound stream worked on before others get their turn. */
#define MESH_GOSSIP_LINK_READ_BYTES 4096u
/* Pause before the outbound stream is opened again, doubled each time. */
#define MESH_GOSSIP_LINK_RETRY_MS 500

/* All with @link and the user data; none is called from within a call of ours. */
typedef struct
{
  /* One RPC came. Returns: %FALSE to have the stream it came on reset. */
  gboolean (*received) (MeshGossipLink *link, GBytes *rpc, gpointer user_data);
  /* The outbound stream speaks @version. */
  void (*opened) (MeshGossipLink *link, MeshGossipVersion version, gpointer user_data);
  /* What was given to mesh_gossip_link_send() is sent; there is room for more. */
  void (*sent) (MeshGossipLink *link, gpointer user_data);
  /* The outbound stream broke, and what was being sent may be lost; say everything anew.
   */
  void (*lost) (MeshGossipLink *link, gpointer user_data);
  /* The peer does not take our stream any more, or never did: close the link. */
  void (*failed) (MeshGossipLink *link, const GError *error, gpointer user_data);
} MeshGossipLinkFuncs;

/**
 * mesh_gossip_link_new:
 * @protocols: (array zero-terminated=1): for the outbound stream; outlives the link
 * @max_rpc_bytes: longer RPCs reset the stream they come on
 * @funcs: outlives the link
 */
MeshGossipLink *mesh_gossip_link_new (MeshHost *host,
                                      MeshPeerId *peer,
                                      const char *const *protocols,
                                      gsize max_rpc_bytes,
                                      const MeshGossipLinkFuncs *funcs,
                                      gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_link_close:
 * @link: (transfer full)
 *
 * Resets all streams.
 */
void mesh_gossip_link_close (MeshGossipLink *link);

MeshPeerId *mesh_gossip_link_get_peer (const MeshGossipLink *link);

/**
 * mesh_gossip_link_send:
 * @rpc: without length prefix; referenced
 *
 * One at a time: wait for sent() or lost(). Opens the stream when there is none.
 */
void mesh_gossip_link_send (MeshGossipLink *link, GBytes *rpc);

/**
 * mesh_gossip_link_take_stream:
 * @stream: (transfer full): opened by the peer; beyond %MESH_GOSSIP_SERVICE_MAX_STREAMS
 *   the oldest gives way
 */
void mesh_gossip_link_take_stream (MeshGossipLink *link, MeshStream *stream);
