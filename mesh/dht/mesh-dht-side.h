/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad.h"
#include "net/host/mesh-host.h"

/* One table of a node, bound to the host: carries the requests of a MeshKad, answers
 * those of others when it is a server, keeps its timer, and takes in the peers that the
 * host meets. Owned by MeshDht; used from the host's context. */
typedef struct MeshDhtSide MeshDhtSide;

/**
 * MeshDhtSideFunc:
 * @event: (transfer none): any but SEND and CANCEL
 *
 * Called from the main loop or from within a call of the side, never from within itself.
 */
typedef void (*MeshDhtSideFunc) (MeshDhtSide *side,
                                 const MeshKadEvent *event,
                                 gpointer user_data);

/**
 * mesh_dht_side_new:
 * @protocol: "/ipfs/kad/1.0.0" and the like
 * @config: of its MeshKad; is_server is FALSE until mesh_dht_side_set_server()
 */
MeshDhtSide *mesh_dht_side_new (MeshHost *host,
                                const char *protocol,
                                const MeshKadConfig *config,
                                guint64 seed,
                                MeshDhtSideFunc func,
                                gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mesh_dht_side_free (MeshDhtSide *side);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshDhtSide, mesh_dht_side_free)

/* Returns: (transfer none): call mesh_dht_side_pump() after changing it */
MeshKad *mesh_dht_side_get_kad (MeshDhtSide *side);
const char *mesh_dht_side_get_protocol (MeshDhtSide *side);
MeshKadScope mesh_dht_side_get_scope (MeshDhtSide *side);

/* Handles the events of the kad and sets the timer for its next deadline. */
void mesh_dht_side_pump (MeshDhtSide *side);

/* A server is one to others too: the host names the protocol. */
void mesh_dht_side_set_server (MeshDhtSide *side, gboolean is_server);
gboolean mesh_dht_side_is_server (const MeshDhtSide *side);

/* Takes in the servers that were connected before the side was made. */
void mesh_dht_side_take_in_connected (MeshDhtSide *side);

/* Whether it does upkeep by itself. */
void mesh_dht_side_set_active (MeshDhtSide *side, gboolean is_active);

/* Our own addresses, of which the scope takes its own. */
void mesh_dht_side_set_addrs (MeshDhtSide *side, GPtrArray *addrs);
