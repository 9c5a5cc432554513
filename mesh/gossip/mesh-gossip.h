/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-rng.h"
#include "gossip/mesh-gossip-message.h"
#include "gossip/mesh-gossip-params.h"
#include "peer/mesh-keypair.h"
#include "peer/mesh-peer-record.h"

/* Gossipsub v1.1 (specs/pubsub/gossipsub), StrictSign, as a pure core: RPCs and the time
 * go in, RPCs and messages come out of a queue. Every table and queue has its bound in
 * #MeshGossipParams; peers that reach for more are refused and scored.
 *
 * A driver calls any of the functions below, then mesh_gossip_poll_event() until it
 * returns %FALSE, then arms its timer from mesh_gossip_next_deadline_us(). What goes to
 * one peer between two polls leaves in as few RPCs as fit. */
typedef struct MeshGossip MeshGossip;

#define MESH_GOSSIP_PROTOCOL_1_1_0 "/meshsub/1.1.0"
#define MESH_GOSSIP_PROTOCOL_1_0_0 "/meshsub/1.0.0"

typedef enum
{
  MESH_GOSSIP_VERSION_1_0_0, /* is sent no peers in a PRUNE */
  MESH_GOSSIP_VERSION_1_1_0,
} MeshGossipVersion;

/* What became of a message (v1.1, Extended Validators). */
typedef enum
{
  MESH_GOSSIP_ACCEPT, /* deliver and forward */
  MESH_GOSSIP_REJECT, /* drop, and blame who sent it (P4) */
  MESH_GOSSIP_IGNORE, /* drop, nobody is to blame */
} MeshGossipVerdict;

/**
 * MeshGossipConfig:
 * @keypair: signs what is published; referenced
 * @first_seqno: of the first message published; larger than any of an earlier run (the
 *   services pass the wall clock), so that peers do not take new messages for old ones
 */
typedef struct
{
  MeshGossipParams params;
  MeshGossipThresholds thresholds;
  MeshGossipScoreParams score;
  MeshGossipTopicParams topic; /* of topics that have no parameters of their own */
  MeshKeypair *keypair;        /* (unowned) */
  guint64 first_seqno;
} MeshGossipConfig;

#define MESH_GOSSIP_CONFIG_DEFAULT \
  { \
    .params = MESH_GOSSIP_PARAMS_DEFAULT, .thresholds = MESH_GOSSIP_THRESHOLDS_DEFAULT, \
    .score = MESH_GOSSIP_SCORE_PARAMS_DEFAULT, \
    .topic = MESH_GOSSIP_TOPIC_PARAMS_LOW_RATE, .keypair = NULL, .first_seqno = 1 \
  }

typedef enum
{
  MESH_GOSSIP_EVENT_NONE,
  /* Send @bytes, one RPC without length prefix, to @peer. */
  MESH_GOSSIP_EVENT_SEND,
  /* A message of a topic subscribed with validation: answer @handle with
   * mesh_gossip_validated(). @peer sent it, @author signed it. */
  MESH_GOSSIP_EVENT_VALIDATE,
  /* An accepted message, once; never one of our own. @handle as in VALIDATE, or 0. */
  MESH_GOSSIP_EVENT_DELIVER,
  /* @peer named others in a PRUNE of @topic and is believed: @px. */
  MESH_GOSSIP_EVENT_PX,
  /* The score of @peer fell below the graylist threshold: its RPCs are ignored. */
  MESH_GOSSIP_EVENT_GRAYLISTED,
  /* The direct peer @peer is not here: connect to it. */
  MESH_GOSSIP_EVENT_CONNECT,
  /* @peer came into or left our mesh of @topic. */
  MESH_GOSSIP_EVENT_GRAFTED,
  MESH_GOSSIP_EVENT_PRUNED,
  /* @peer subscribed to or left @topic. */
  MESH_GOSSIP_EVENT_JOINED,
  MESH_GOSSIP_EVENT_LEFT,
} MeshGossipEventType;

/* A peer named in a PRUNE. */
typedef struct
{
  MeshPeerId *peer_id;    /* (owned) */
  MeshPeerRecord *record; /* (owned) (nullable): signed by @peer_id itself, verified */
} MeshGossipPx;

void mesh_gossip_px_free (MeshGossipPx *px);

/* What is not named for a type is %NULL or 0. Cleared by mesh_gossip_event_clear(). */
typedef struct
{
  MeshGossipEventType type;
  MeshPeerId *peer;   /* (owned) (nullable) */
  GBytes *bytes;      /* (owned) (nullable): of SEND; may be shared among events */
  char *topic;        /* (owned) (nullable) */
  guint64 handle;     /* of VALIDATE and DELIVER */
  MeshPeerId *author; /* (owned) (nullable): of VALIDATE and DELIVER */
  guint64 seqno;      /* likewise; js-libp2p draws it at random */
  GBytes *data;       /* (owned) (nullable): likewise, the payload */
  GBytes *id;         /* (owned) (nullable): likewise, the message id */
  GPtrArray *px;      /* (owned) (nullable) (element-type MeshGossipPx): of PX */
} MeshGossipEvent;

void mesh_gossip_event_clear (MeshGossipEvent *event);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshGossipEvent, mesh_gossip_event_clear)

/* Sizes of what is held now, then counters since the beginning; a value. */
typedef struct
{
  guint n_peers;
  guint n_topics;     /* known of, with those of peers */
  guint n_subscribed; /* our own */
  guint n_mesh;       /* places in all meshes */
  guint n_fanout;     /* topics published to without being in them */
  guint n_seen;       /* message ids */
  guint n_cached;     /* messages */
  gsize cached_bytes;
  guint n_backoffs;
  guint n_promises;
  guint n_validations; /* waiting for a verdict */
  guint n_authors;
  guint n_retained; /* scores of departed peers */
  guint n_ips;
  gsize queue_bytes; /* waiting for all peers */

  guint64 rpcs_in;
  guint64 rpcs_out;
  guint64 bytes_in; /* of RPCs */
  guint64 bytes_out;
  guint64 message_bytes_out; /* of those, full messages; the rest is overhead */
  guint64 published;
  guint64 received; /* messages, copies included */
  guint64 duplicates;
  guint64 delivered;
  guint64 rejected; /* by a validator */
  guint64 ignored;  /* by a validator, or it did not answer */
  guint64 bad_signature;
  guint64 malformed; /* RPCs and messages */
  guint64 too_large;
  guint64 rate_limited;
  guint64 throttled; /* no room among the validations */
  guint64 off_topic; /* messages of topics we are not in */
  guint64 graylisted_rpcs;
  guint64 ihave_out, ihave_in, ihave_ids_in, ihave_refused;
  guint64 iwant_out, iwant_ids_out, iwant_in, iwant_ids_in, iwant_refused;
  guint64 graft_out, graft_in, graft_refused;
  guint64 prune_out, prune_in;
  guint64 promises_broken;
  guint64 subscriptions_refused;
  guint64 dropped_gossip;   /* IHAVE and IWANT: the peer takes nothing */
  guint64 dropped_messages; /* likewise */
} MeshGossipStats;

/* Of one connected peer; a value. */
typedef struct
{
  double score;
  double app;       /* P5 as set */
  guint same_ip;    /* peers of its address, itself included */
  double behaviour; /* the counter of P7 */
  double invalid;   /* the counters of P4, all topics */
  double first;     /* of P2, likewise */
  guint n_topics;   /* it subscribes to */
  guint n_mesh;     /* meshes of ours it is in */
  gsize queue_bytes;
  MeshGossipVersion version;
  gboolean is_outbound;
  gboolean is_direct;
  gboolean is_graylisted;
} MeshGossipPeerStats;

/**
 * mesh_gossip_new:
 * @config: copied; must pass mesh_gossip_params_check() and its sisters
 * @rng: (not nullable): read once for a seed
 * @error: %MESH_ERROR_INVALID
 */
MeshGossip *mesh_gossip_new (const MeshGossipConfig *config,
                             MeshRng *rng,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_gossip_free (MeshGossip *gossip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshGossip, mesh_gossip_free)

/**
 * mesh_gossip_add_peer:
 * @peer: a peer that speaks gossipsub; referenced
 * @ip: (nullable): its address, for P6: 4 or 16 bytes in network order
 * @ip_len: 4, 16, or 0 when the address is not its own (a relay) or unknown
 * @is_outbound: whether we dialed it
 * @error: %MESH_ERROR_EXISTS, or %MESH_ERROR_LIMIT above %MESH_GOSSIP_MAX_PEERS
 *
 * The peer is told our subscriptions. Its score goes on where it was when it left.
 */
gboolean mesh_gossip_add_peer (MeshGossip *gossip,
                               MeshPeerId *peer,
                               const guint8 *ip,
                               gsize ip_len,
                               gboolean is_outbound,
                               MeshGossipVersion version,
                               gint64 now_us,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Does nothing for a peer that is not here. */
void mesh_gossip_remove_peer (MeshGossip *gossip, const MeshPeerId *peer, gint64 now_us);

/**
 * mesh_gossip_set_peer_record:
 * @envelope: (nullable): the signed peer record it gave of itself; referenced, and handed
 *   on in PRUNEs; ignored above %MESH_GOSSIP_MAX_PX_RECORD_BYTES
 */
void mesh_gossip_set_peer_record (MeshGossip *gossip,
                                  const MeshPeerId *peer,
                                  GBytes *envelope);

/* The version turned out when the stream was opened. */
void mesh_gossip_set_peer_version (MeshGossip *gossip,
                                   const MeshPeerId *peer,
                                   MeshGossipVersion version);

/* How @peer makes message ids, as far as is known before it uses one: see
 * #MeshGossipIdForm. */
void mesh_gossip_set_peer_id_form (MeshGossip *gossip,
                                   const MeshPeerId *peer,
                                   MeshGossipIdForm form);

/**
 * mesh_gossip_set_peer_busy:
 * @is_busy: whether the stream to @peer takes nothing now
 *
 * While busy there is no SEND for the peer; what waits is bounded by max_queue_bytes:
 * gossip is dropped first, then messages, never subscriptions, GRAFT or PRUNE.
 */
void
mesh_gossip_set_peer_busy (MeshGossip *gossip, const MeshPeerId *peer, gboolean is_busy);

/**
 * mesh_gossip_reset_peer:
 *
 * The stream to @peer was lost and is opened anew: everything that was not sent is
 * dropped, and it is told our subscriptions again.
 */
void mesh_gossip_reset_peer (MeshGossip *gossip, const MeshPeerId *peer);

/* P5 of a connected peer; kept while it is. */
void mesh_gossip_set_app_score (MeshGossip *gossip,
                                const MeshPeerId *peer,
                                double score,
                                gint64 now_us);

/**
 * mesh_gossip_add_direct_peer:
 * @error: %MESH_ERROR_LIMIT above %MESH_GOSSIP_MAX_DIRECT_PEERS
 *
 * An explicit peering agreement: it is sent every message, never scored, never in a mesh,
 * and asked for by CONNECT events while it is away.
 */
gboolean mesh_gossip_add_direct_peer (MeshGossip *gossip,
                                      MeshPeerId *peer,
                                      gint64 now_us,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mesh_gossip_remove_direct_peer (MeshGossip *gossip, const MeshPeerId *peer);

/**
 * mesh_gossip_exempt_net:
 * @ip: 4 or 16 bytes
 * @prefix_bits: how many of them count
 * @error: %MESH_ERROR_INVALID, %MESH_ERROR_LIMIT above %MESH_GOSSIP_MAX_EXEMPT_NETS
 *
 * Peers of this network share an address for a good reason: no P6. For peers that come
 * later.
 */
gboolean mesh_gossip_exempt_net (MeshGossip *gossip,
                                 const guint8 *ip,
                                 gsize ip_len,
                                 guint prefix_bits,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_subscribe:
 * @topic: 1 to %MESH_GOSSIP_MAX_TOPIC_BYTES bytes of UTF-8
 * @is_validated: whether messages wait for mesh_gossip_validated(); %FALSE takes every
 *   message with a good signature
 * @params: (nullable): copied; %NULL for those of the configuration
 * @error: %MESH_ERROR_INVALID, %MESH_ERROR_EXISTS
 */
gboolean mesh_gossip_subscribe (MeshGossip *gossip,
                                const char *topic,
                                gboolean is_validated,
                                const MeshGossipTopicParams *params,
                                gint64 now_us,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Leaves the mesh of the topic; nothing when not subscribed. */
void mesh_gossip_unsubscribe (MeshGossip *gossip, const char *topic, gint64 now_us);

/**
 * mesh_gossip_publish:
 * @data: the payload; referenced
 * @n_sent: (out) (optional): to how many peers
 * @error: %MESH_ERROR_INVALID for a topic that can not be, %MESH_ERROR_LIMIT above
 *   max_message_bytes
 *
 * Signs and sends it. Need not be subscribed. It is kept for IWANT, so that a peer that
 * comes within the next heartbeats still hears of it.
 *
 * Returns: (transfer full) (nullable): the message id
 */
GBytes *mesh_gossip_publish (MeshGossip *gossip,
                             const char *topic,
                             GBytes *data,
                             gint64 now_us,
                             guint *n_sent,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_handle_rpc:
 * @from: a peer that was added
 * @bytes: one RPC without length prefix; slices of it are kept
 * @error: %MESH_ERROR_NOT_FOUND for a peer that is not here, %MESH_ERROR_PROTOCOL when it
 *   is malformed or too long: close the stream (the peer was scored)
 */
gboolean mesh_gossip_handle_rpc (MeshGossip *gossip,
                                 const MeshPeerId *from,
                                 GBytes *bytes,
                                 gint64 now_us,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * mesh_gossip_validated:
 * @handle: of a VALIDATE event; nothing happens when it is not, or not any more, waiting
 */
void mesh_gossip_validated (MeshGossip *gossip,
                            guint64 handle,
                            MeshGossipVerdict verdict,
                            gint64 now_us);

/**
 * mesh_gossip_poll_event:
 * @event: (out caller-allocates): to be cleared with mesh_gossip_event_clear()
 *
 * Returns: %FALSE when there is none
 */
gboolean mesh_gossip_poll_event (MeshGossip *gossip, MeshGossipEvent *event);

/**
 * mesh_gossip_next_deadline_us:
 *
 * Returns: when mesh_gossip_handle_timeout() is to be called, %G_MAXINT64 for never:
 * there is no heartbeat while there are no peers, or no topics of ours and nothing
 * pending
 */
gint64 mesh_gossip_next_deadline_us (const MeshGossip *gossip);
void mesh_gossip_handle_timeout (MeshGossip *gossip, gint64 now_us);

/* Questions. */

MeshPeerId *mesh_gossip_get_self (const MeshGossip *gossip);
gboolean mesh_gossip_is_subscribed (const MeshGossip *gossip, const char *topic);
double mesh_gossip_get_score (MeshGossip *gossip, const MeshPeerId *peer, gint64 now_us);
void mesh_gossip_get_stats (const MeshGossip *gossip, MeshGossipStats *stats);

/**
 * mesh_gossip_get_peer_stats:
 *
 * Returns: %FALSE when the peer is not here
 */
gboolean mesh_gossip_get_peer_stats (MeshGossip *gossip,
                                     const MeshPeerId *peer,
                                     gint64 now_us,
                                     MeshGossipPeerStats *stats);

/* All of them: (transfer full), peers and topics in the order they came. */

/* (element-type MeshPeerId) */
GPtrArray *mesh_gossip_dup_peers (const MeshGossip *gossip) G_GNUC_WARN_UNUSED_RESULT;

/* (element-type MeshPeerId): our mesh of @topic. */
GPtrArray *mesh_gossip_dup_mesh (const MeshGossip *gossip,
                                 const char *topic) G_GNUC_WARN_UNUSED_RESULT;

/* (element-type MeshPeerId): peers that subscribe to @topic. */
GPtrArray *mesh_gossip_dup_subscribers (const MeshGossip *gossip,
                                        const char *topic) G_GNUC_WARN_UNUSED_RESULT;

/* Our own topics, sorted. */
char **mesh_gossip_dup_topics (const MeshGossip *gossip) G_GNUC_WARN_UNUSED_RESULT;
