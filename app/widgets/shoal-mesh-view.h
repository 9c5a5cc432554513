/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/*
 * From places in the layout to points of the widget and back: fitted, zoomed and moved.
 * A value without memory of its own; the wide side of a widget is used by stretching the
 * rings a little.
 */
typedef struct
{
  double width, height;      /* of the widget */
  double radius;             /* of the layout */
  double zoom;               /* 1.0: all of it is to be seen */
  double offset_x, offset_y; /* how far it was moved, in pixels */
} ShoalMeshView;

#define SHOAL_MESH_VIEW_MAX_ZOOM 8.0

/* Pixels for one unit of the layout. */
double shoal_mesh_view_scale_x (const ShoalMeshView *self);
double shoal_mesh_view_scale_y (const ShoalMeshView *self);

/* How far a shape reaches from its middle, in pixels, when there are so many. */
double shoal_mesh_view_shape_size (const ShoalMeshView *self, guint n_nodes);

void shoal_mesh_view_to_widget (const ShoalMeshView *self,
                                double x,
                                double y,
                                double *widget_x,
                                double *widget_y);
void shoal_mesh_view_to_layout (const ShoalMeshView *self,
                                double widget_x,
                                double widget_y,
                                double *x,
                                double *y);

/**
 * shoal_mesh_view_zoom_at:
 * @self: a view
 * @factor: how much nearer
 * @widget_x: the point that stays where it is
 * @widget_y: the point that stays where it is
 *
 * Zooms within the limits.
 */
void shoal_mesh_view_zoom_at (ShoalMeshView *self,
                              double factor,
                              double widget_x,
                              double widget_y);

/**
 * shoal_mesh_view_move:
 * @self: a view
 * @dx: pixels to the right
 * @dy: pixels down
 *
 * Moves the picture, but not so far that it is lost.
 */
void shoal_mesh_view_move (ShoalMeshView *self, double dx, double dy);

/**
 * shoal_mesh_view_reveal:
 * @self: a view
 * @x: a place of the layout
 * @y: a place of the layout
 *
 * Moves the picture so that this place is to be seen, if it is not.
 *
 * Returns: whether it was moved
 */
gboolean shoal_mesh_view_reveal (ShoalMeshView *self, double x, double y);
