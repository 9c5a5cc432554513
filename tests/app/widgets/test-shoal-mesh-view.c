/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* From places to pixels and back, within the limits. */
#include "config.h"

#include "widgets/shoal-mesh-view.h"

#include <math.h>

static const ShoalMeshView plain
    = { .width = 800, .height = 400, .radius = 16.5, .zoom = 1 };

static void
test_there_and_back (void)
{
  ShoalMeshView view = plain;
  double widget_x, widget_y, x, y;

  shoal_mesh_view_zoom_at (&view, 3, 100, 100);
  shoal_mesh_view_to_widget (&view, 4.5, -7.25, &widget_x, &widget_y);
  shoal_mesh_view_to_layout (&view, widget_x, widget_y, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, 4.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, -7.25, 1e-9);
}

static void
test_everything_fits (void)
{
  static const double sizes[][2]
      = { { 800, 400 }, { 336, 400 }, { 240, 1400 }, { 1, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      ShoalMeshView view = plain;
      double x, y;

      view.width = sizes[i][0];
      view.height = sizes[i][1];
      g_assert_cmpfloat (shoal_mesh_view_scale_x (&view), >, 0);
      g_assert_cmpfloat (shoal_mesh_view_scale_y (&view), >, 0);
      if (sizes[i][0] < 100)
        continue;
      shoal_mesh_view_to_widget (&view, 16.5, -16.5, &x, &y);
      g_assert_cmpfloat (x, <=, view.width);
      g_assert_cmpfloat (y, >=, 0);
    }
}

static void
test_zoom_keeps_the_point (void)
{
  ShoalMeshView view = plain;
  double x, y, again_x, again_y;

  shoal_mesh_view_zoom_at (&view, 2, 400, 200);
  shoal_mesh_view_to_layout (&view, 300, 150, &x, &y);
  shoal_mesh_view_zoom_at (&view, 1.5, 300, 150);
  shoal_mesh_view_to_layout (&view, 300, 150, &again_x, &again_y);
  g_assert_cmpfloat_with_epsilon (x, again_x, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, again_y, 1e-9);
}

static void
test_limits (void)
{
  ShoalMeshView view = plain;

  shoal_mesh_view_zoom_at (&view, 1000, 0, 0);
  g_assert_cmpfloat (view.zoom, ==, SHOAL_MESH_VIEW_MAX_ZOOM);
  shoal_mesh_view_move (&view, 1e9, -1e9);
  g_assert_cmpfloat (view.offset_x, ==, 7 * 400);
  g_assert_cmpfloat (view.offset_y, ==, -7 * 200);
  shoal_mesh_view_zoom_at (&view, 0.0001, 77, 13);
  g_assert_cmpfloat (view.zoom, ==, 1.0);
  g_assert_cmpfloat (view.offset_x, ==, 0);
  g_assert_cmpfloat (view.offset_y, ==, 0);
}

static void
test_reveal (void)
{
  ShoalMeshView view = plain;
  double x, y;

  g_assert_false (shoal_mesh_view_reveal (&view, 16, 0));
  shoal_mesh_view_zoom_at (&view, 6, 400, 200);
  g_assert_true (shoal_mesh_view_reveal (&view, 16, 3));
  shoal_mesh_view_to_widget (&view, 16, 3, &x, &y);
  g_assert_cmpfloat (x, <=, view.width);
  g_assert_cmpfloat (y, <=, view.height);
  g_assert_false (shoal_mesh_view_reveal (&view, 16, 3));
}

static void
test_shapes_shrink (void)
{
  ShoalMeshView view = plain;

  g_assert_cmpfloat (shoal_mesh_view_shape_size (&view, 5), >,
                     shoal_mesh_view_shape_size (&view, 500));
  view.width = view.height = 40;
  g_assert_cmpfloat (shoal_mesh_view_shape_size (&view, 500), >=, 2.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-mesh-view/there-and-back", test_there_and_back);
  g_test_add_func ("/shoal-mesh-view/everything-fits", test_everything_fits);
  g_test_add_func ("/shoal-mesh-view/zoom-keeps-the-point", test_zoom_keeps_the_point);
  g_test_add_func ("/shoal-mesh-view/limits", test_limits);
  g_test_add_func ("/shoal-mesh-view/reveal", test_reveal);
  g_test_add_func ("/shoal-mesh-view/shapes-shrink", test_shapes_shrink);
  return g_test_run ();
}
