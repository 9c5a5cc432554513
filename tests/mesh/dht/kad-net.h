/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-heap.h"
#include "dht/mesh-kad.h"

#include "kad-fixture.h"

/* A small network of MeshKad in virtual time: a request takes so long there and its
 * answer so long back. What a node does can be replaced, to make it dead or a liar. */

typedef struct KadNet KadNet;
typedef struct KadNode KadNode;

/* Returns: (transfer full) (nullable): the answer; %NULL lets the request fail */
typedef GBytes *(*KadNodeFunc) (KadNet *net, KadNode *node, KadNode *from, GBytes *msg);

struct KadNode
{
  guint index;
  MeshPeerId *id;
  MeshKad *kad;
  gboolean is_dead;    /* requests to it are never answered */
  gboolean is_unheard; /* requests to it fail at once */
  KadNodeFunc answer;  /* instead of its kad */
  GPtrArray *addrs;    /* (element-type MeshMultiaddr) */
  guint n_served;
  GPtrArray *done; /* (element-type MeshKadEvent): everything but SEND and CANCEL */
};

struct KadNet
{
  MeshRng rng;
  MeshKadPool *pool;
  GPtrArray *nodes;  /* (element-type KadNode) */
  GHashTable *by_id; /* (element-type MeshPeerId KadNode) */
  GArray *flights;
  MeshHeap *heap;
  gint64 now_us;
  gint64 latency_us; /* one way */
};

KadNet *kad_net_new (guint64 seed);
void kad_net_free (KadNet *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KadNet, kad_net_free)

/* Node i has the address /ip4/A.B.0.1/tcp/1 of its own network, unless @addr is given. */
KadNode *kad_net_add (KadNet *net, const MeshKadConfig *config, const char *addr);
KadNode *kad_net_get (KadNet *net, guint i);

/* @n servers, each with a table filled with peers from all of them, as a network is that
 * has been up for long. */
void kad_net_fill (KadNet *net, const MeshKadConfig *config, guint n);
void kad_net_introduce (KadNet *net, KadNode *node, KadNode *to);

/* Runs until nothing is in flight or @until_us has come. */
void kad_net_run (KadNet *net, gint64 until_us);

/* Runs until the event of @type for @id has come and takes it out of the list; at most
 * two minutes of virtual time. */
MeshKadEvent *
kad_net_wait (KadNet *net, KadNode *node, guint64 id, MeshKadEventType type);
void kad_net_event_free (gpointer event);

/* (transfer full): a multihash key */
GBytes *kad_net_key (KadNet *net);

/* The k indexes nearest to the key among those alive, nearest first. */
GArray *kad_net_nearest (KadNet *net, GBytes *key, guint k);
