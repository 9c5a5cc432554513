/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad.h"
#include "sim/sim-net.h"

/* Nodes of one DHT: a MeshKad each, bound to a SimNet as MeshDht binds it to a host.
 * Requests dial the addresses that the core names, so a wrong address is of no use; peers
 * that connect and are servers are told to the core, as identify would; a provider is
 * tried before it is reported to work. Nodes behind address translation are clients. */
typedef struct SimKad SimKad;

typedef struct
{
  SimNetConfig net;
  MeshKadConfig core; /* is_recorded: records outlive a stop, as they do on a disk */
} SimKadConfig;

#define SIM_KAD_CONFIG_DEFAULT \
  { \
    .net = SIM_NET_CONFIG_WORLD, .core = MESH_KAD_CONFIG_DEFAULT \
  }

/* A node without a core. */
typedef struct
{
  /* (transfer full) (nullable): the answer, as of SimNetHandler */
  GBytes *(*request) (gpointer data, guint node, guint from, GBytes *bytes);
} SimKadHostile;

/* One command of a node, until sim_kad_forget(). */
typedef struct
{
  guint node;
  guint epoch; /* of the node */
  guint64 id;
  GBytes *key; /* (owned) (nullable) */
  gint64 began_us;
  gboolean is_closest; /* asks for the nearest peers */
  gboolean is_done;
  gboolean is_void; /* the node left before it was done */
  gboolean is_ok;
  guint n_hops;
  guint n_messages;
  guint n_failures;
  guint n_stored;
  gint64 duration_us;
  gint64 first_named_us;   /* after the beginning; -1: none so far */
  gint64 first_working_us; /* after the beginning; -1: none so far */
  guint n_named;           /* providers, of any kind */
  guint n_working;
  guint n_trying;  /* providers being tried; may outlast the lookup */
  GArray *closest; /* (owned) (element-type guint) */
} SimKadQuery;

SimKad *sim_kad_new (SimLoop *loop, const SimKadConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void sim_kad_free (SimKad *kad);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimKad, sim_kad_free)

/* Whether @node has what @key names on its disk: what a provider is asked. */
void sim_kad_set_holds (SimKad *kad, guint node, GBytes *key, gboolean holds);
gboolean sim_kad_get_holds (const SimKad *kad, guint node, GBytes *key);

SimNet *sim_kad_get_net (SimKad *kad);
SimLoop *sim_kad_get_loop (SimKad *kad);
MeshKadPool *sim_kad_get_pool (SimKad *kad);
guint sim_kad_get_n_nodes (const SimKad *kad);

/**
 * sim_kad_add:
 * @group: the network (/16) of its address; 0: any
 *
 * A node with a random name; it knows nobody yet.
 */
guint sim_kad_add (SimKad *kad, SimNodeFlags flags, guint group);

/* A node without a core called @id. */
guint sim_kad_add_hostile (SimKad *kad,
                           MeshPeerId *id,
                           guint group,
                           const SimKadHostile *hostile,
                           gpointer data);
gboolean sim_kad_is_honest (const SimKad *kad, guint node);

/* Whether it is up and serves. */
gboolean sim_kad_is_server (const SimKad *kad, guint node);

/* (nullable) (transfer none): while the node is up and honest. */
MeshKad *sim_kad_get_core (const SimKad *kad, guint node);
MeshKadPeer *sim_kad_get_peer (const SimKad *kad, guint node);
MeshKadAddrs *sim_kad_get_addrs (const SimKad *kad, guint node);
/* Returns: G_MAXUINT for nobody here */
guint sim_kad_find_node (const SimKad *kad, const MeshKadPeer *peer);

/* A node stops, which forgets its table, or starts anew under its old name. */
void sim_kad_set_up (SimKad *kad, guint node, gboolean is_up);

/* Tells the core of @node of a server it has met. */
void sim_kad_introduce (SimKad *kad, guint node, guint other);

/**
 * sim_kad_join:
 * @via: a node that is up
 *
 * As a node does at its start: meets one server, then looks for itself and into each
 * bucket.
 */
void sim_kad_join (SimKad *kad, guint node, guint via);

/* Commands. The query is (transfer none). */
SimKadQuery *sim_kad_find_closest (SimKad *kad, guint node, GBytes *key);
SimKadQuery *sim_kad_find_providers (SimKad *kad, guint node, GBytes *key, guint max);
SimKadQuery *sim_kad_refresh (SimKad *kad, guint node);
SimKadQuery *sim_kad_provide (SimKad *kad, guint node, GBytes *key);
void sim_kad_unprovide (SimKad *kad, guint node, GBytes *key);
/* Done, and every provider was tried or will not be. */
gboolean sim_kad_is_over (const SimKad *kad, const SimKadQuery *query);
void sim_kad_forget (SimKad *kad, SimKadQuery *query);
/* Those that are not done yet. */
guint sim_kad_get_n_pending (const SimKad *kad);

/* 34 bytes: a sha2-256 multihash of nothing in particular. */
GBytes *sim_kad_new_key (SimKad *kad) G_GNUC_WARN_UNUSED_RESULT;
