/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "base/mesh-heap.h"
#include "dht/mesh-kad-lookup.h"
#include "dht/mesh-kad-message.h"
#include "dht/mesh-kad-providers.h"
#include "dht/mesh-kad-table.h"
#include "dht/mesh-kad-values.h"
#include "dht/mesh-kad.h"

/* What the parts of MeshKad share. "query" asks, with "answer" for what comes back;
 * "server" answers; "upkeep" keeps the table fresh and the announcements renewed;
 * mesh-kad.c is the door and the clock. */

typedef struct MeshKadQuery MeshKadQuery;
typedef struct MeshKadUpkeep MeshKadUpkeep;

struct MeshKad
{
  MeshKadConfig config;
  MeshKadPool *pool;   /* (owned) */
  MeshKadPeer *self;   /* (owned) */
  MeshKadAddrs *addrs; /* (owned): our own */
  MeshRng rng;
  MeshKadTable *table;         /* (owned) */
  MeshKadProviders *providers; /* (owned) */
  MeshKadValues *values;       /* (owned) */
  MeshKadUpkeep *upkeep;       /* (owned) */
  GHashTable *requests;        /* (owned) (element-type guint64 MeshKadRequest) */
  GHashTable *queries;         /* (owned) (element-type guint64 MeshKadQuery) */
  guint n_commands;            /* of them, not our own upkeep */
  MeshHeap *timers;            /* (owned): ids of requests and queries; some are over */
  GQueue events;               /* (owned) (element-type MeshKadEvent) */
  gboolean is_table_changed;
  guint64 last_id;
  gint64 now_us;
  MeshKadStats stats;
};

/* Takes what the event owns. */
void mesh_kad_push_event (MeshKad *kad, const MeshKadEvent *event);

/* Each public call with a time begins with it. */
void mesh_kad_set_now (MeshKad *kad, gint64 now_us);

/* The peer answered, or somebody saw it serve. Returns: whether it is in the table. */
gboolean mesh_kad_note_alive (MeshKad *kad, MeshKadPeer *peer, MeshKadAddrs *addrs);
void mesh_kad_note_dead (MeshKad *kad, const MeshKadPeer *peer);

/* Returns: whether addresses like these are of use in this table. */
gboolean mesh_kad_is_reachable (const MeshKad *kad, const MeshKadAddrs *addrs);
