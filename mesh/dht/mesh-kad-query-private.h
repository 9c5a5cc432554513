/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-private.h"

/* One command under way: a lookup, then for some the storing of a record with the
 * nearest. And the requests in flight, of which each belongs to a query or is a probe. */

typedef enum
{
  MESH_KAD_REQUEST_LOOKUP,
  MESH_KAD_REQUEST_STORE,
  MESH_KAD_REQUEST_PROBE,
} MeshKadRequestKind;

typedef struct
{
  guint64 id;
  MeshKadRequestKind kind;
  MeshKadQuery *query; /* (unowned) (nullable): %NULL for a probe */
  MeshKadPeer *peer;   /* (owned) */
  MeshKadAddrs *addrs; /* (owned) */
  guint index;         /* in the lookup */
  gint64 deadline_us;
  gboolean is_slow;
} MeshKadRequest;

void mesh_kad_query_free_request (MeshKadRequest *request);

/* Tags of the peers of a lookup for a value. */
enum
{
  MESH_KAD_QUERY_NO_VALUE,
  MESH_KAD_QUERY_BEST_VALUE,
  MESH_KAD_QUERY_WORSE_VALUE,
};

typedef enum
{
  MESH_KAD_QUERY_NAMED,
  MESH_KAD_QUERY_WORKS,
  MESH_KAD_QUERY_BROKEN,
} MeshKadQueryProviderState;

/* A provider that was named. */
typedef struct
{
  MeshKadPeer *peer; /* (owned) */
  guint depth;       /* of the peer that named it */
  MeshKadQueryProviderState state;
} MeshKadQueryProvider;

struct MeshKadQuery
{
  guint64 id;
  MeshKadCommand command;
  gboolean is_upkeep;
  gboolean is_storing; /* the lookup is over; on a detour to providers: is asking */
  gboolean is_told;    /* DONE was said */
  guint max;
  GBytes *key;           /* (owned) */
  GBytes *msg;           /* (owned): what each peer of the lookup is asked */
  GBytes *value;         /* (owned) (nullable): to put, or the best one got */
  MeshKadPeer *sought;   /* (owned) (nullable) */
  MeshKadLookup *lookup; /* (owned) */
  GArray *providers;     /* (owned) (nullable) (element-type MeshKadQueryProvider) */
  GHashTable *named;     /* (owned) (nullable): (element-type MeshKadPeer): index + 1 */
  guint n_detours;       /* begun: see mesh-kad-crowd-private.h */
  GPtrArray *closest;    /* (owned) (nullable): to the key, on a detour */
  guint holders[MESH_KAD_TABLE_MAX_K]; /* indexes of those to store with, or to ask */
  guint n_holders;
  guint next_holder;
  guint n_flight;
  gint64 started_us;
  MeshKadResult result; /* counters so far; no closest */
};

/* What a new query is to do. */
typedef struct
{
  MeshKadCommand command;
  MeshKadBytes key;
  MeshKadPeer *sought; /* (nullable): of FIND_PEER */
  guint max;           /* working providers, or peers with a value; 0: all */
  GBytes *value;       /* (nullable): of PUT_VALUE */
  gboolean is_upkeep;  /* our own: no events but SEND */
} MeshKadQueryPlan;

/* Returns: its id. It may be over already: then its DONE is queued. */
guint64 mesh_kad_query_start (MeshKad *kad, const MeshKadQueryPlan *plan);
void mesh_kad_query_free (MeshKadQuery *query);

/* Returns: (transfer none) (nullable) */
MeshKadQuery *mesh_kad_query_find (MeshKad *kad, guint64 id);

/* Ends it now with what was found. */
void mesh_kad_query_cancel (MeshKad *kad, MeshKadQuery *query, gboolean is_timed_out);

/* Does what is to be done next; @query may be over and gone afterwards. */
void mesh_kad_query_advance (MeshKad *kad, MeshKadQuery *query);

/* Asks a peer of the table whether it is alive. */
void mesh_kad_query_probe (MeshKad *kad, MeshKadPeer *peer, MeshKadAddrs *addrs);

/* How a request ended; @request is taken out and freed. */
gboolean mesh_kad_query_handle_response (MeshKad *kad,
                                         MeshKadRequest *request,
                                         const guint8 *data,
                                         gsize len,
                                         GError **error);
void mesh_kad_query_handle_sent (MeshKad *kad, MeshKadRequest *request);
void mesh_kad_query_handle_failure (MeshKad *kad, MeshKadRequest *request);

/* A timer of the request or query went off. */
void mesh_kad_query_handle_timer (MeshKad *kad, guint64 id);
