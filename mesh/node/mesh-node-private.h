/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "mdns/mesh-mdns.h"
#include "discovery/mesh-peer-keeper.h"
#include "net/protocol/mesh-services.h"
#include "node/mesh-node-bootstrap.h"
#include "node/mesh-node-figures.h"
#include "node/mesh-node-lock.h"
#include "node/mesh-node-origin.h"
#include "node/mesh-node-roots.h"
#include "node/mesh-node-trim.h"
#include "node/mesh-node.h"
#include "source/mesh-gateway-source.h"

/* For mesh-node*.c only. In order of construction; %NULL: not built, or stopped. */
struct _MeshNode
{
  GObject parent_instance;

  MeshNodeConfig *config;       /* (owned) */
  MeshNodeLock *lock;           /* (owned) (nullable) */
  MeshWorkPool *pool;           /* (owned) */
  MeshKeypair *identity;        /* (owned) (nullable) */
  MeshStore *store;             /* (owned) (nullable) */
  MeshHost *host;               /* (owned) (nullable) */
  MeshServices *services;       /* (owned) (nullable): identify and ping */
  MeshBitswap *bitswap;         /* (owned) (nullable) */
  MeshSourceScores *scores;     /* (owned) */
  MeshMasterClient *master;     /* (owned) (nullable) */
  GPtrArray *gateways;          /* (owned) (element-type MeshGatewaySource) */
  MeshGatewaySource *fallback;  /* (owned) (nullable): the gateway of the Master */
  MeshUpdateEngine *updates;    /* (owned) (nullable) */
  MeshNodeBootstrap *bootstrap; /* (owned) (nullable) */
  MeshNodeOrigin *origin;       /* (owned) (nullable) */
  MeshPeerBook *book;           /* (owned) (nullable) */
  MeshDht *dht;                 /* (owned) (nullable) */
  MeshGossipService *gossip;    /* (owned) (nullable) */
  MeshCapsService *caps;        /* (owned) (nullable) */
  MeshPeerExchange *exchange;   /* (owned) (nullable) */
  MeshPeerKeeper *keeper;       /* (owned) (nullable) */
  MeshMdns *mdns;               /* (owned) (nullable) */
  MeshNodeRoots *roots;         /* (owned) (nullable) */
  MeshNodeTrim *trim;           /* (owned) (nullable) */
  MeshNodeFigures *figures;     /* (owned) (nullable) */
  MeshRegistry *registry;       /* (owned) (nullable) */
  guint alone_id;               /* looks whether anyone answered */
  guint network_id;             /* waits for the network to come to rest */
  gboolean is_wanted;           /* the network, as the mesh was told */
  gboolean is_dht_held;

  guint n_holds;
  guint n_sources;
  guint64 closed_sent_bytes; /* of connections that are gone */
  guint64 closed_received_bytes;
  guint64 http_received_bytes;

  GPtrArray *holders;    /* (owned) (element-type GTask): holds that wait */
  GPtrArray *stop_tasks; /* (owned) (nullable) (element-type GTask) */
  gboolean is_running;
};

/* Makes a node that is not started; (transfer full). */
MeshNode *mesh_node_new_private (const MeshNodeConfig *config);

/* Builds the clients of the servers @config names; changes nothing when it fails. */
gboolean mesh_node_set_servers_private (MeshNode *node,
                                        const MeshNodeConfig *config,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Follows, and stops following, the signals of host and bitswap. */
void mesh_node_watch_private (MeshNode *node);
void mesh_node_unwatch_private (MeshNode *node);

/* Puts @config's live settings in force; the part that can fail comes first and changes
 * nothing when it does. */
gboolean mesh_node_apply_private (MeshNode *node,
                                  const MeshNodeConfig *config,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fails the holds that wait. */
void mesh_node_fail_holders_private (MeshNode *node);
