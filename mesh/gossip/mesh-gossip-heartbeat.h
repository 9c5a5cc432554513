/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-private.h"

/* The heartbeat (v1.0, Heartbeat; v1.1, Heartbeat Maintenance, Outbound Mesh Quotas,
 * Opportunistic Grafting, Adaptive Gossip Dissemination). */

/* Returns: whether there is anything to do at the next heartbeat. */
gboolean mesh_gossip_heartbeat_is_needed (const MeshGossip *gossip);

/**
 * mesh_gossip_heartbeat_run:
 * @n_missed: intervals since the last one, at least 1
 */
void mesh_gossip_heartbeat_run (MeshGossip *gossip, guint64 n_missed, gint64 now_us);
