/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

#include "sim/sim-latency.h"
#include "sim/sim-loop.h"

/* The network between the nodes of a simulation: connections that have to be dialled,
 * roads of different length, uplinks and downlinks with queues, loss, address
 * translation, nodes that are gone without a word, and partitions.
 *
 * Streams are reliable, as they are over TCP and QUIC: a loss is a delay, and only a node
 * that is gone, cut off or behind a full queue makes a request fail, by its timeout. A
 * connection is kept while it is used; each node's epoch changes when it leaves or comes,
 * which ends all of its connections. */
typedef struct SimNet SimNet;

typedef struct
{
  SimLatency latency;
  double jitter;          /* a message takes up to this share longer */
  double loss;            /* of transmissions; each costs a retransmission timeout */
  guint dial_round_trips; /* until the first request of a connection is sent */
  gint64 dial_timeout_us;
  gint64 request_timeout_us;
  gint64 idle_us; /* a connection unused for so long is closed */
  guint64 up_bps; /* bits per second of every node; 0: no limit */
  guint64 down_bps;
  gint64 max_queue_us;  /* what would wait longer for its uplink is dropped */
  gsize overhead_bytes; /* of each message: headers, authentication, frames */
} SimNetConfig;

/* Homes all over the world, TCP + Noise + Yamux as mesh/net does them: TCP, multistream-
 * select, Noise XX (its third message goes out with what follows) and multistream-select
 * for the connection; a request leaves together with the proposal of its protocol.
 * MeshHost closes no idle connection; half an hour stands for what the other ends do. */
#define SIM_NET_CONFIG_WORLD \
  { \
    .latency = { .kind = SIM_LATENCY_GEO }, .jitter = 0.1, .loss = 0.005, \
    .dial_round_trips = 4, .dial_timeout_us = 10 * G_USEC_PER_SEC, \
    .request_timeout_us = 10 * G_USEC_PER_SEC, .idle_us = 1800 * G_USEC_PER_SEC, \
    .up_bps = 10 * 1000 * 1000, .down_bps = 50 * 1000 * 1000, \
    .max_queue_us = 2 * G_USEC_PER_SEC, .overhead_bytes = 120 \
  }

typedef enum
{
  SIM_NODE_PLAIN = 0,
  SIM_NODE_NATED = 1 << 0,   /* can dial and not be dialled */
  SIM_NODE_REFUSES = 1 << 1, /* while it is down its machine answers dials by a refusal */
} SimNodeFlags;

/* What the nodes do. One table serves all; @node is whom it happens to. */
typedef struct
{
  /* Returns (transfer full) (nullable): the answer; %NULL resets the stream. */
  GBytes *(*request) (gpointer world, guint node, guint from, GBytes *bytes);
  /* @bytes: (nullable): the answer; %NULL when there is none to come */
  void (*reply) (gpointer world, guint node, guint from, guint64 id, GBytes *bytes);
  void (*message) (gpointer world, guint node, guint from, GBytes *bytes);
  void (*connected) (gpointer world, guint node, guint peer, gboolean dialled);
  void (*disconnected) (gpointer world, guint node, guint peer);
} SimNetHandler;

typedef struct
{
  guint64 n_messages; /* that arrived */
  guint64 n_bytes;    /* put on the wire, with overhead */
  guint64 n_dials;
  guint64 n_failed;  /* dials and requests */
  guint64 n_dropped; /* by full queues */
} SimNetStats;

/* @handler and @world are (unowned). */
SimNet *sim_net_new (SimLoop *loop,
                     const SimNetConfig *config,
                     const SimNetHandler *handler,
                     gpointer world) G_GNUC_WARN_UNUSED_RESULT;
void sim_net_free (SimNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNet, sim_net_free)

SimLoop *sim_net_get_loop (SimNet *net);
const SimNetStats *sim_net_get_stats (const SimNet *net);
guint64 sim_net_get_bytes_up (const SimNet *net, guint node);

/* Returns: the name of the new node, one more than that of the last; it is up. */
guint sim_net_add (SimNet *net, SimNodeFlags flags);
guint sim_net_get_n_nodes (const SimNet *net);

void sim_net_set_up (SimNet *net, guint node, gboolean is_up);
/* Changes when the node leaves and when it comes back. */
guint sim_net_get_epoch (const SimNet *net, guint node);
gboolean sim_net_is_up (const SimNet *net, guint node);
gboolean sim_net_is_nated (const SimNet *net, guint node);
void sim_net_set_bandwidth (SimNet *net, guint node, guint64 up_bps, guint64 down_bps);

/* Nodes of different sides can not reach each other, and do not learn it. All begin on
 * side 0. */
void sim_net_set_side (SimNet *net, guint node, guint side);
gboolean sim_net_can_reach (const SimNet *net, guint from, guint to);

/**
 * sim_net_request:
 * @id: repeated in the reply
 *
 * Dials if needed. The reply comes once, unless @from leaves before.
 */
void sim_net_request (SimNet *net, guint from, guint to, guint64 id, GBytes *bytes);

/* A request to an address where nobody is: it fails by the timeout of the dial. */
void sim_net_request_nowhere (SimNet *net, guint from, guint64 id);

/* Connects both; said to both when it is done, to nobody when it fails. */
void sim_net_connect (SimNet *net, guint from, guint to);
void sim_net_disconnect (SimNet *net, guint from, guint to);
gboolean sim_net_is_connected (SimNet *net, guint from, guint to);

/* A message over the connection that there is, in order; lost when there is none. */
void sim_net_send (SimNet *net, guint from, guint to, GBytes *bytes);
