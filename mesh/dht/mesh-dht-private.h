/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-dht-queries-private.h"
#include "dht/mesh-dht-reach-private.h"
#include "dht/mesh-dht-side.h"
#include "dht/mesh-dht-store.h"
#include "dht/mesh-dht.h"

/* What mesh-dht.c and the queries share. */

typedef enum
{
  MESH_DHT_WAN,
  MESH_DHT_LAN,
  MESH_DHT_N_SIDES,
} MeshDhtSideIndex;

struct _MeshDht
{
  GObject parent_instance;

  MeshHost *host; /* (owned) */
  MeshDhtOptions options;
  char *prefix;                 /* (owned) */
  char *db_path;                /* (owned) (nullable) */
  MeshKadValidator *validators; /* (owned) (array length=n_validators) */
  gsize n_validators;
  MeshKadPool *pool;                    /* (owned): shared by both sides */
  MeshDhtSide *sides[MESH_DHT_N_SIDES]; /* (owned) (nullable) */
  MeshDhtStore *store;                  /* (owned) (nullable) */
  MeshDhtReach *reach;                  /* (owned) */
  MeshDhtQueries *queries;              /* (owned) */
  GPtrArray *good_peers;                /* (owned) (element-type MeshDhtPeer) */
  GCancellable *cancellable;            /* (owned): ends dials and the start */
  guint save_id;                        /* timer for the good peers; 0: none */
  guint changed_id;                     /* idle for the signal; 0: none */
  guint n_holds;
  gboolean is_started;
  gboolean is_stopped;
  gboolean is_active;
};
