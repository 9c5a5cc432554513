/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-dht-side.h"
#include "dht/mesh-dht-store.h"
#include "dht/mesh-dht.h"

/* What of a MeshDht outlives it: between its tables and the database, if it has one. */

/* A record is kept, or is over, or was announced. */
void mesh_dht_persist_event (MeshDht *dht, MeshDhtSide *side, const MeshKadEvent *event);

/* A key is announced from now on, or no more. */
void mesh_dht_persist_provided (MeshDht *dht, GBytes *key, gboolean is_provided);

/* The peers of the tables are the good ones from now on. An empty table says nothing. */
void mesh_dht_persist_peers (MeshDht *dht);

/* Takes up what was in the database. */
void mesh_dht_persist_restore (MeshDht *dht, const MeshDhtStoreRow *row);
