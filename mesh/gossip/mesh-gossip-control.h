/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "gossip/mesh-gossip-private.h"
#include "gossip/mesh-gossip-rpc.h"

/* What peers ask for in the control part of an RPC (v1.0, Control Messages; v1.1, Spam
 * Protection Measures). Each does nothing when @item, which it reads to the end, goes
 * beyond a bound; the peer is blamed where no honest one would have done it. */

void mesh_gossip_control_handle_ihave (MeshGossip *gossip,
                                       MeshGossipPeer *peer,
                                       MeshGossipRpcItem *item,
                                       gint64 now_us);
void mesh_gossip_control_handle_iwant (MeshGossip *gossip,
                                       MeshGossipPeer *peer,
                                       MeshGossipRpcItem *item,
                                       gint64 now_us);
void mesh_gossip_control_handle_graft (MeshGossip *gossip,
                                       MeshGossipPeer *peer,
                                       MeshGossipRpcItem *item,
                                       gint64 now_us);
void mesh_gossip_control_handle_prune (MeshGossip *gossip,
                                       MeshGossipPeer *peer,
                                       MeshGossipRpcItem *item,
                                       gint64 now_us);
