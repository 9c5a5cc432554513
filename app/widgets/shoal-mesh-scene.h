/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gtk/gtk.h>

#include "widgets/shoal-mesh-nodes.h"
#include "widgets/shoal-mesh-shapes.h"
#include "widgets/shoal-mesh-view.h"

/* Beside so many at most stand their names. */
#define SHOAL_MESH_SCENE_MAX_NAMES 16

/**
 * shoal_mesh_scene_create:
 * @nodes: what to draw, at the places where they are shown
 * @view: how it lies in the widget
 * @colors: the colours
 * @context: for text
 *
 * Draws the mesh: rings of latency, an edge to each peer, the thicker the faster, dashed
 * when it is relayed and coloured when bytes move, and the shapes. It is one render node,
 * which the picture keeps for as long as nothing in it changes.
 *
 * Returns: (transfer full): the drawing
 */
GskRenderNode *shoal_mesh_scene_create (ShoalMeshNodes *nodes,
                                        const ShoalMeshView *view,
                                        const ShoalMeshColors *colors,
                                        PangoContext *context) G_GNUC_WARN_UNUSED_RESULT;
