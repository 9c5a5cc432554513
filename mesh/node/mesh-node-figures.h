/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "bitswap/mesh-bitswap.h"
#include "discovery/mesh-peer-book.h"

/* Carries what bitswap measured of each peer into the peer book: how much came and how
 * fast, what was asked in vain. Looks every few seconds while something is fetched, and
 * once at the end; sets no timer else. Owned by the node. */
typedef struct MeshNodeFigures MeshNodeFigures;

#define MESH_NODE_FIGURES_INTERVAL_S 5

MeshNodeFigures *mesh_node_figures_new (MeshBitswap *bitswap,
                                        MeshPeerBook *book) G_GNUC_WARN_UNUSED_RESULT;
void mesh_node_figures_free (MeshNodeFigures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshNodeFigures, mesh_node_figures_free)

/* Whether something is being fetched. */
void mesh_node_figures_set_active (MeshNodeFigures *self, gboolean is_active);

/* What the timer does. */
void mesh_node_figures_run (MeshNodeFigures *self);
