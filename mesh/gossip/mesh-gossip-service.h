/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip.h"
#include "net/host/mesh-host.h"

G_BEGIN_DECLS

#define MESH_TYPE_GOSSIP_SERVICE (mesh_gossip_service_get_type ())

/**
 * MeshGossipService:
 *
 * Gossipsub on the streams of a #MeshHost: one #MeshGossip, one outbound stream for each
 * peer that serves meshsub, the inbound ones read. Owned by the node, lives in the main
 * context of the host, ends with mesh_gossip_service_stop() or the last reference.
 * Without topics, or without peers, it sets no timer.
 *
 * Signals:
 *  - "peer-exchange" (topic, peers): a believed peer named others for @topic; peers is a
 *    #GPtrArray of #MeshGossipPx, valid during the emission
 *  - "mesh-changed" (topic): mesh_gossip_service_dup_mesh_peers() is new
 *  - "subscribers-changed" (topic): mesh_gossip_service_dup_subscribers() is new
 *  - "graylisted" (peer): a #MeshPeerId whose messages are ignored from now on
 *  - "connect-wanted" (peer): a direct peer is not connected
 */
G_DECLARE_FINAL_TYPE (MeshGossipService,
                      mesh_gossip_service,
                      MESH,
                      GOSSIP_SERVICE,
                      GObject)

/* Inbound gossip streams of one peer; it needs one, and a second while it reconnects. */
#define MESH_GOSSIP_SERVICE_MAX_STREAMS 4
/* A stream that stands still in the middle of an RPC for so long is reset. */
#define MESH_GOSSIP_SERVICE_STALL_US (30 * G_USEC_PER_SEC)
/* The outbound stream is opened anew so often in a row, with a growing pause. */
#define MESH_GOSSIP_SERVICE_MAX_FAILURES 5

/**
 * MeshGossipServiceOptions:
 * @config: of the core; keypair and first_seqno are set by the service
 * @is_1_0_0_only: speak no newer version (for tests)
 * @exempt_nets: (nullable) (array zero-terminated=1): networks in "10.0.0.0/8" notation
 *   whose peers share addresses; see mesh_gossip_exempt_net()
 */
typedef struct
{
  MeshGossipConfig config;
  gboolean is_1_0_0_only;
  const char *const *exempt_nets; /* (unowned) (nullable) */
} MeshGossipServiceOptions;

#define MESH_GOSSIP_SERVICE_OPTIONS_DEFAULT \
  { \
    .config = MESH_GOSSIP_CONFIG_DEFAULT, .is_1_0_0_only = FALSE, .exempt_nets = NULL \
  }

/**
 * MeshGossipDelivery:
 *
 * A message that others published, signature checked; valid during the call.
 */
typedef struct
{
  guint64 handle; /* for mesh_gossip_service_validated() */
  const char *topic;
  MeshPeerId *from;   /* the neighbour that sent it */
  MeshPeerId *author; /* who signed it */
  guint64 seqno;
  GBytes *data;
  GBytes *id;
} MeshGossipDelivery;

/**
 * MeshGossipValidator:
 * @verdict: (out): set when the answer is known
 *
 * Judges a message before it is delivered or forwarded.
 *
 * Returns: %FALSE when the verdict comes later by mesh_gossip_service_validated(), within
 *   validation_timeout_us
 */
typedef gboolean (*MeshGossipValidator) (MeshGossipService *service,
                                         const MeshGossipDelivery *delivery,
                                         MeshGossipVerdict *verdict,
                                         gpointer user_data);

/* A message that was accepted. */
typedef void (*MeshGossipReceiver) (MeshGossipService *service,
                                    const MeshGossipDelivery *delivery,
                                    gpointer user_data);

/**
 * mesh_gossip_service_new:
 * @keypair: signs messages; its id must be that of the host
 * @options: (nullable): copied; %NULL for the defaults
 * @error: %MESH_ERROR_INVALID
 *
 * Serves meshsub on @host from now on and talks to every connected peer that does.
 *
 * Returns: (transfer full) (nullable): the service
 */
MeshGossipService *mesh_gossip_service_new (MeshHost *host,
                                            MeshKeypair *keypair,
                                            const MeshGossipServiceOptions *options,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_service_stop:
 *
 * Closes the streams, forgets the topics and stops serving. No callback comes afterwards.
 * Every later call fails with %MESH_ERROR_CLOSED or does nothing.
 */
void mesh_gossip_service_stop (MeshGossipService *service);

/**
 * mesh_gossip_service_subscribe:
 * @validator: (nullable): %NULL accepts every message with a good signature
 * @receiver: (nullable)
 * @user_data: for both
 * @destroy: (nullable): frees @user_data when the topic is left
 * @error: %MESH_ERROR_INVALID, %MESH_ERROR_EXISTS, %MESH_ERROR_CLOSED; then @destroy is
 *   not called
 */
gboolean mesh_gossip_service_subscribe (MeshGossipService *service,
                                        const char *topic,
                                        MeshGossipValidator validator,
                                        MeshGossipReceiver receiver,
                                        gpointer user_data,
                                        GDestroyNotify destroy,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_gossip_service_unsubscribe (MeshGossipService *service, const char *topic);

/**
 * mesh_gossip_service_validated:
 *
 * The verdict a validator owed.
 */
void mesh_gossip_service_validated (MeshGossipService *service,
                                    guint64 handle,
                                    MeshGossipVerdict verdict);

/**
 * mesh_gossip_service_publish:
 * @n_sent: (out) (optional): how many peers it is on its way to; the rest hear of it from
 *   those
 * @error: as mesh_gossip_publish(), or %MESH_ERROR_CLOSED
 *
 * Signs @data and sends it. Our own receiver is not called for it. What was sent to
 * nobody is not sent again.
 */
gboolean mesh_gossip_service_publish (MeshGossipService *service,
                                      const char *topic,
                                      GBytes *data,
                                      guint *n_sent,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* P5 of a peer, while it is connected. */
void mesh_gossip_service_set_app_score (MeshGossipService *service,
                                        const MeshPeerId *peer,
                                        double score);
gboolean mesh_gossip_service_add_direct_peer (MeshGossipService *service,
                                              MeshPeerId *peer,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_service_dup_mesh_peers:
 *
 * Returns: (transfer full) (element-type MeshPeerId): our mesh of @topic
 */
GPtrArray *
mesh_gossip_service_dup_mesh_peers (MeshGossipService *service,
                                    const char *topic) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *
mesh_gossip_service_dup_subscribers (MeshGossipService *service,
                                     const char *topic) G_GNUC_WARN_UNUSED_RESULT;
char **
mesh_gossip_service_dup_topics (MeshGossipService *service) G_GNUC_WARN_UNUSED_RESULT;

void mesh_gossip_service_get_stats (MeshGossipService *service, MeshGossipStats *stats);

/**
 * mesh_gossip_service_get_peer_stats:
 *
 * Returns: %FALSE for a peer that does not speak gossip with us
 */
gboolean mesh_gossip_service_get_peer_stats (MeshGossipService *service,
                                             const MeshPeerId *peer,
                                             MeshGossipPeerStats *stats);

/**
 * mesh_gossip_service_is_timer_set:
 *
 * Returns: whether the core waits for a moment to come; for tests of idleness
 */
gboolean mesh_gossip_service_is_timer_set (MeshGossipService *service);

G_END_DECLS
