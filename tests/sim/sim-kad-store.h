/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad.h"

/* The disk of one node: the records that MeshDht would keep in SQLite. */
typedef struct SimKadStore SimKadStore;

SimKadStore *sim_kad_store_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sim_kad_store_free (SimKadStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimKadStore, sim_kad_store_free)

/* STORE_PROVIDER, DROP_PROVIDER and PROVIDED; ignores other events. */
void sim_kad_store_handle_event (SimKadStore *store, const MeshKadEvent *event);
/* The node does not announce @key any more. */
void sim_kad_store_unprovide (SimKadStore *store, GBytes *key);

/* Gives a core that has just been made what was kept. */
void sim_kad_store_restore (SimKadStore *store, MeshKad *core, gint64 now_us);

guint sim_kad_store_get_n_records (const SimKadStore *store);
