/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/*
 * Where the peers stand in the picture of the mesh. Pure: the same calls in the same
 * order give the same places, and nothing here draws or asks the time.
 *
 * This computer is at the origin. Around it are rings, one unit apart, the nearer the
 * lower the latency; a ring has places about one unit apart. A peer gets a place in the
 * ring of its latency, in a direction that its id decides, as far from others as there is
 * room. It keeps this place until it goes or its latency has changed by more than one
 * ring, so one change never moves another peer. Placing costs a bounded number of steps,
 * whatever the number of peers.
 */
typedef struct ShoalMeshLayout ShoalMeshLayout;

/* More peers than these are not placed. */
#define SHOAL_MESH_LAYOUT_MAX_NODES 2048
/* Rings that are always there; further ones are used only when these are full. */
#define SHOAL_MESH_LAYOUT_FIRST_RING 4
#define SHOAL_MESH_LAYOUT_LAST_RING 16

typedef enum
{
  SHOAL_MESH_CLOCKWISE,
  SHOAL_MESH_ANTICLOCKWISE,
  SHOAL_MESH_OUTWARD,
  SHOAL_MESH_INWARD,
} ShoalMeshDirection;

ShoalMeshLayout *shoal_mesh_layout_new (void) G_GNUC_WARN_UNUSED_RESULT;
void shoal_mesh_layout_free (ShoalMeshLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoalMeshLayout, shoal_mesh_layout_free)

/**
 * shoal_mesh_layout_place:
 * @self: a layout
 * @id: who; any text that stays the same for this peer
 * @latency_ms: its round trip time; negative: not known
 *
 * Gives a place to a new peer, or another one to a peer whose latency has changed much.
 *
 * Returns: whether its place is a new one
 */
gboolean
shoal_mesh_layout_place (ShoalMeshLayout *self, const char *id, gint64 latency_ms);

/**
 * shoal_mesh_layout_remove:
 * @self: a layout
 * @id: who is gone; one without a place is ignored
 */
void shoal_mesh_layout_remove (ShoalMeshLayout *self, const char *id);

/**
 * shoal_mesh_layout_get:
 * @self: a layout
 * @id: who
 * @x: (out): to the right of the origin
 * @y: (out): below the origin
 *
 * Returns: whether it has a place
 */
gboolean
shoal_mesh_layout_get (ShoalMeshLayout *self, const char *id, double *x, double *y);

guint shoal_mesh_layout_get_n_nodes (ShoalMeshLayout *self);

/**
 * shoal_mesh_layout_get_radius:
 * @self: a layout
 *
 * Returns: the radius of a circle around the origin that holds every peer, with the
 *   half unit that each takes. Constant until the rings that are always there are full.
 */
double shoal_mesh_layout_get_radius (ShoalMeshLayout *self);

/**
 * shoal_mesh_layout_walk:
 * @self: a layout
 * @id: (nullable): where to begin; %NULL: at the origin
 * @direction: where to go
 *
 * Walking clockwise or anticlockwise meets every peer once before it is back. Walking
 * inward ends at the origin; where there is nothing further out, outward stays.
 *
 * Returns: (nullable): who is met, owned by @self; %NULL: the origin
 */
const char *shoal_mesh_layout_walk (ShoalMeshLayout *self,
                                    const char *id,
                                    ShoalMeshDirection direction);

/**
 * shoal_mesh_layout_find:
 * @self: a layout
 * @x: to the right of the origin
 * @y: below the origin
 * @distance: how far away it may be
 *
 * Returns: (nullable): the peer nearest to that point, owned by @self
 */
const char *
shoal_mesh_layout_find (ShoalMeshLayout *self, double x, double y, double distance);

/**
 * shoal_mesh_layout_ring_for_latency:
 * @latency_ms: a round trip time; negative: not known
 *
 * Returns: the ring it belongs in
 */
guint shoal_mesh_layout_ring_for_latency (gint64 latency_ms);
