/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-heap.h"
#include "bitswap/mesh-bitswap-client.h"
#include "bitswap/mesh-bitswap-wantlist.h"

/* What the files of the client core share. */

typedef struct
{
  guint64 id;
  MeshBitswapVersion version;
  MeshBitswapMeter meter;
  MeshBitswapWantlist *wantlist; /* (owned) */
  guint n_in_flight;             /* blocks asked of it and not late */
  guint64 in_flight_bytes;       /* their expected sizes */
  gint64 last_bytes_us;          /* -1: none came yet */
  gsize progress_bytes;          /* came since */
  gint64 stalled_us;             /* when it last let a deadline pass; -1: never */
  gint64 backoff_until_us;       /* not asked before */
  guint n_stalls;                /* in a row */
  guint n_unasked;               /* blocks nobody asked it for */
  gboolean is_signalled;         /* a WANTS event is on its way */
  MeshBitswapClientStats stats;
} MeshBitswapClientPeer;

/* What a session knows of a peer. Outlives the peer when it gave something. */
typedef struct
{
  guint64 peer;
  gboolean is_given;
  guint n_hits;   /* blocks it had */
  guint n_misses; /* DONT_HAVE */
  MeshBitswapClientStats stats;
} MeshBitswapClientTie;

typedef enum
{
  MESH_BITSWAP_ASK_HAVE,    /* asked whether it has the block */
  MESH_BITSWAP_ASK_SILENT,  /* and did not say in time */
  MESH_BITSWAP_ASK_HAS,     /* said HAVE */
  MESH_BITSWAP_ASK_HAS_NOT, /* said DONT_HAVE */
  MESH_BITSWAP_ASK_BLOCK,   /* asked for the block */
  MESH_BITSWAP_ASK_LATE,    /* and did not send it in time; it still may */
} MeshBitswapAskState;

typedef struct
{
  MeshBitswapClientPeer *peer; /* (unowned) */
  MeshBitswapAskState state;
  gint64 asked_us;
  gint64 expected_us; /* how long the block should take */
  gint64 deadline_us;
  gsize bytes; /* expected size, as counted in peer->in_flight_bytes */
} MeshBitswapAsk;

typedef struct
{
  guint64 id;
  GPtrArray *active; /* (owned) (element-type MeshBitswapWant): in flight, oldest first */
  GSequence *waiting;   /* (owned) (element-type MeshBitswapWant): best first */
  GHashTable *ties;     /* (owned) (element-type guint64 MeshBitswapClientTie) */
  GPtrArray *tie_order; /* (owned) (element-type MeshBitswapClientTie): by first use */
  guint n_given;
  guint window_chunks;
  gsize average_bytes; /* of its blocks */
  gint64 timeout_us;
} MeshBitswapClientSession;

typedef struct
{
  guint64 request;
  guint64 session;
} MeshBitswapWaiter;

typedef struct
{
  guint64 id;
  MeshCid *cid;                      /* (owned) */
  MeshBitswapClientSession *session; /* (unowned): schedules it */
  int priority;
  GArray *waiters;     /* (owned) (element-type MeshBitswapWaiter) */
  GSequenceIter *iter; /* (unowned) (nullable): in session->waiting */
  GArray *asks;        /* (owned) (element-type MeshBitswapAsk): by order of asking */
  gint64 sign_us;      /* last sign that it may come */
  gint64 armed_us;     /* its entry in the heap; G_MAXINT64: none */
} MeshBitswapWant;

struct MeshBitswapClient
{
  MeshRng rng;
  GHashTable *peers;        /* (owned) (element-type guint64 MeshBitswapClientPeer) */
  GPtrArray *peer_order;    /* (owned) (element-type MeshBitswapClientPeer) */
  GHashTable *sessions;     /* (owned) (element-type guint64 MeshBitswapClientSession) */
  GPtrArray *session_order; /* (owned) (element-type MeshBitswapClientSession) */
  GHashTable *wants;        /* (owned) (element-type MeshCid MeshBitswapWant) */
  GHashTable *wants_by_id;  /* (owned) (element-type guint64 MeshBitswapWant) */
  GHashTable *requests;     /* (owned) (element-type guint64 MeshBitswapWant) */
  MeshHeap *timers;         /* (owned): of want ids */
  GQueue events;            /* of MeshBitswapClientEvent */
  guint64 next_id;
  gboolean has_new_stall; /* a peer began to stall: look at all wants */
};

/* Queues a WANTS event unless one is on its way. */
void
mesh_bitswap_client_touch_peer (MeshBitswapClient *client, MeshBitswapClientPeer *peer);

/**
 * mesh_bitswap_client_get_tie:
 *
 * Returns: (transfer none) (nullable): what @session knows of @peer, made when there is
 *   room; %NULL otherwise
 */
MeshBitswapClientTie *
mesh_bitswap_client_get_tie (MeshBitswapClientSession *session, guint64 peer);
