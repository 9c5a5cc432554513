/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-dht-side.h"
#include "dht/mesh-dht.h"

/* The calls under way: each asks every table at once and ends when all of them have.
 * Owned by MeshDht; a call keeps the MeshDht through its task. */
typedef struct MeshDhtQueries MeshDhtQueries;

MeshDhtQueries *mesh_dht_queries_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* None may be under way. */
void mesh_dht_queries_free (MeshDhtQueries *queries);

/* What is asked; a value whose parts are borrowed. */
typedef struct
{
  MeshKadCommand command;
  GBytes *key;
  GBytes *value;      /* (nullable): of PUT_VALUE */
  MeshPeerId *sought; /* (nullable): of FIND_PEER */
  guint max;
  MeshDhtProviderFunc func; /* (nullable) */
  gpointer func_data;
} MeshDhtQueryPlan;

/* @task: (transfer full): of the MeshDht; returns a MeshDhtFound */
void mesh_dht_queries_start (MeshDhtQueries *queries,
                             MeshDht *dht,
                             const MeshDhtQueryPlan *plan,
                             GTask *task);

/* What was found, of both tables; a pointer the task returns. */
typedef struct
{
  GPtrArray *peers; /* (owned) (element-type MeshDhtPeer): found, or nearest first */
  GBytes *value;    /* (owned) (nullable): the best */
} MeshDhtFound;

void mesh_dht_queries_free_found (MeshDhtFound *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDhtFound, mesh_dht_queries_free_found)

/* An event of a table for one of them. */
void mesh_dht_queries_handle_event (MeshDhtQueries *queries,
                                    MeshDht *dht,
                                    MeshDhtSide *side,
                                    const MeshKadEvent *event);
void mesh_dht_queries_report (MeshDhtQueries *queries,
                              MeshDht *dht,
                              guint64 id,
                              const MeshPeerId *peer,
                              gboolean works);

/* Ends all of them with %MESH_ERROR_CLOSED. */
void mesh_dht_queries_close (MeshDhtQueries *queries, MeshDht *dht);
guint mesh_dht_queries_get_n (const MeshDhtQueries *queries);
