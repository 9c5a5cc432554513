/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-mesh-view.h"

#define MARGIN 14.0
#define MAX_STRETCH 1.7
#define MIN_SIZE 2.5
#define MAX_SIZE 10.0
/* With so few there is room for larger shapes. */
#define FEW 24
#define FEW_SCALE 1.8

static double
fit (const ShoalMeshView *self, double length, double other)
{
  double narrow = (MIN (length, other) / 2 - MARGIN) / self->radius;
  double full = (length / 2 - MARGIN) / self->radius;

  return MAX (MIN (full, narrow * MAX_STRETCH), 0.1) * self->zoom;
}

double
shoal_mesh_view_scale_x (const ShoalMeshView *self)
{
  return fit (self, self->width, self->height);
}

double
shoal_mesh_view_scale_y (const ShoalMeshView *self)
{
  return fit (self, self->height, self->width);
}

double
shoal_mesh_view_shape_size (const ShoalMeshView *self, guint n_nodes)
{
  double unit = MIN (shoal_mesh_view_scale_x (self), shoal_mesh_view_scale_y (self));
  double size = CLAMP (unit * 0.36, MIN_SIZE, MAX_SIZE);

  return n_nodes <= FEW ? MIN (size * FEW_SCALE, MAX_SIZE) : size;
}

void
shoal_mesh_view_to_widget (const ShoalMeshView *self,
                           double x,
                           double y,
                           double *widget_x,
                           double *widget_y)
{
  *widget_x = self->width / 2 + self->offset_x + x * shoal_mesh_view_scale_x (self);
  *widget_y = self->height / 2 + self->offset_y + y * shoal_mesh_view_scale_y (self);
}

void
shoal_mesh_view_to_layout (const ShoalMeshView *self,
                           double widget_x,
                           double widget_y,
                           double *x,
                           double *y)
{
  *x = (widget_x - self->width / 2 - self->offset_x) / shoal_mesh_view_scale_x (self);
  *y = (widget_y - self->height / 2 - self->offset_y) / shoal_mesh_view_scale_y (self);
}

void
shoal_mesh_view_zoom_at (ShoalMeshView *self,
                         double factor,
                         double widget_x,
                         double widget_y)
{
  double x, y, moved_x, moved_y;

  shoal_mesh_view_to_layout (self, widget_x, widget_y, &x, &y);
  self->zoom = CLAMP (self->zoom * factor, 1.0, SHOAL_MESH_VIEW_MAX_ZOOM);
  shoal_mesh_view_to_widget (self, x, y, &moved_x, &moved_y);
  shoal_mesh_view_move (self, widget_x - moved_x, widget_y - moved_y);
}

void
shoal_mesh_view_move (ShoalMeshView *self, double dx, double dy)
{
  double max_x = (self->zoom - 1) * self->width / 2;
  double max_y = (self->zoom - 1) * self->height / 2;

  self->offset_x = CLAMP (self->offset_x + dx, -max_x, max_x);
  self->offset_y = CLAMP (self->offset_y + dy, -max_y, max_y);
}

gboolean
shoal_mesh_view_reveal (ShoalMeshView *self, double x, double y)
{
  double old_x = self->offset_x;
  double old_y = self->offset_y;
  double widget_x, widget_y;

  shoal_mesh_view_to_widget (self, x, y, &widget_x, &widget_y);
  shoal_mesh_view_move (
      self, CLAMP (widget_x, MARGIN, MAX (self->width - MARGIN, MARGIN)) - widget_x,
      CLAMP (widget_y, MARGIN, MAX (self->height - MARGIN, MARGIN)) - widget_y);
  return self->offset_x != old_x || self->offset_y != old_y;
}
