/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip.h"
#include "sim/sim-net.h"
#include "sim/sim-samples.h"

/* Nodes that gossip: one MeshGossip each, over the connections of a SimNet. All subscribe
 * to one topic, and validate: a payload of sim_gossip_poison() is rejected. Each node
 * knows the addresses of some others and keeps some connections open, as the peer book of
 * the daemon does. */
typedef struct SimGossip SimGossip;

#define SIM_GOSSIP_TOPIC "scm/global/updates"

typedef struct
{
  SimNetConfig net;
  MeshGossipConfig core; /* the keypair is set for each node */
  guint n_dialled;       /* connections a node opens at the start */
  guint min_connections; /* below it the peer keeper dials others */
  guint max_connections; /* beyond it a node dials nobody that a PRUNE names */
  guint n_bootstrap;     /* the first nodes: everybody keeps a connection to each */
  gint64 loss_min_us;    /* until a connection to nowhere is noticed: from */
  gint64 loss_max_us;    /* to */
  gsize payload_bytes;   /* at least 16 */
} SimGossipConfig;

/* Links of 100 ms, ten of them dialled by each node. A dead link is noticed as Yamux does
 * it in mesh/net: a ping every 30 s that is waited for 20 s. */
#define SIM_GOSSIP_CONFIG_DEFAULT \
  { \
    .net = { .latency = { .kind = SIM_LATENCY_FIXED, .min_us = 100 * 1000 }, \
             .dial_round_trips = 4, \
             .dial_timeout_us = 5 * G_USEC_PER_SEC, \
             .request_timeout_us = 10 * G_USEC_PER_SEC, \
             .idle_us = G_MAXINT64 / 4, \
             .up_bps = 10 * 1000 * 1000, \
             .down_bps = 50 * 1000 * 1000, \
             .max_queue_us = 5 * G_USEC_PER_SEC, \
             .overhead_bytes = 120 }, \
    .core = MESH_GOSSIP_CONFIG_DEFAULT, .n_dialled = 10, .min_connections = 16, \
    .max_connections = 40, .n_bootstrap = 0, .loss_min_us = 20 * G_USEC_PER_SEC, \
    .loss_max_us = 50 * G_USEC_PER_SEC, .payload_bytes = 512 \
  }

/* A node without a core: what it receives and when it acts is up to its owner. */
typedef struct
{
  void (*received) (gpointer data,
                    guint node,
                    guint from,
                    GBytes *bytes); /* (nullable) */
  void (*connected) (gpointer data, guint node, guint peer);
} SimGossipHostile;

/* One message and how far it got. */
typedef struct
{
  gint64 published_us;
  guint publisher;
  guint n_delivered;    /* not counting the publisher */
  guint n_twice;        /* deliveries to a node that had it: has to stay 0 */
  SimSamples delays_ms; /* (owned) */
  guint8 *seen;         /* (owned): a byte a node */
} SimGossipMessage;

SimGossip *sim_gossip_new (SimLoop *loop,
                           const SimGossipConfig *config,
                           guint n_nodes) G_GNUC_WARN_UNUSED_RESULT;
void sim_gossip_free (SimGossip *gossip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimGossip, sim_gossip_free)

SimNet *sim_gossip_get_net (SimGossip *gossip);
SimLoop *sim_gossip_get_loop (SimGossip *gossip);
guint sim_gossip_get_n_nodes (const SimGossip *gossip);
gboolean sim_gossip_is_honest (const SimGossip *gossip, guint node);
/* (nullable): the core of an honest node. */
MeshGossip *sim_gossip_get_core (const SimGossip *gossip, guint node);
MeshPeerId *sim_gossip_get_peer_id (const SimGossip *gossip, guint node);
MeshKeypair *sim_gossip_get_keypair (const SimGossip *gossip, guint node);

/* A node that has no core; before sim_gossip_connect_all(). @hostile is (unowned). */
guint sim_gossip_add_hostile (SimGossip *gossip,
                              const SimGossipHostile *hostile,
                              gpointer data);

/* Every node dials some of the others; subscribes. Takes some seconds of virtual time. */
void sim_gossip_start (SimGossip *gossip);

/**
 * sim_gossip_publish:
 *
 * Returns: (transfer none): kept up to date until the end
 */
SimGossipMessage *sim_gossip_publish (SimGossip *gossip, guint node);

/* What every honest node rejects, signed by whoever publishes it. */
GBytes *sim_gossip_poison (SimGossip *gossip) G_GNUC_WARN_UNUSED_RESULT;

/* Sends raw bytes of a hostile node; it must be connected. */
void sim_gossip_send (SimGossip *gossip, guint from, guint to, GBytes *bytes);
/* (element-type guint) (transfer none): whom a node is connected to. */
const GArray *sim_gossip_get_neighbours (const SimGossip *gossip, guint node);

/**
 * sim_gossip_set_partition:
 *
 * Cuts the odd nodes off from the even ones, or heals that. Nobody is told: nodes notice
 * as their connections time out.
 */
void sim_gossip_set_partition (SimGossip *gossip, gboolean is_cut);

/* When @share of @n_others nodes had it; G_MAXDOUBLE: they have not. */
double sim_gossip_get_reach_ms (SimGossipMessage *message, guint n_others, double share);

/* The statistics of all honest cores, added up. */
void sim_gossip_sum_stats (const SimGossip *gossip, MeshGossipStats *sum);
/* What the honest neighbours of a node think of it. */
typedef struct
{
  guint n_links;
  guint n_shunned;    /* its score is below zero: in no mesh, not told to others */
  guint n_graylisted; /* of those: ignored altogether */
  guint n_in_mesh;
} SimGossipStanding;

/* Adds to @standing. */
void sim_gossip_add_standing (const SimGossip *gossip,
                              guint node,
                              SimGossipStanding *standing);
/* The largest mesh of an honest node. */
guint sim_gossip_get_max_mesh (const SimGossip *gossip);
