/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* Kinds are told apart by form alone, whatever the colour. */
#include "config.h"

#include "widgets/shoal-mesh-shapes.h"

#define SIDE 32

static GBytes *
draw (ShoalMeshKind kind)
{
  const GdkRGBA black = { 0, 0, 0, 1 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, SIDE, SIDE);
  cairo_t *cr = cairo_create (surface);
  GBytes *pixels;

  shoal_mesh_shapes_draw (cr, kind, &black, SIDE / 2.0, SIDE / 2.0, 8);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  pixels = g_bytes_new (cairo_image_surface_get_data (surface),
                        (gsize) cairo_image_surface_get_stride (surface) * SIDE);
  cairo_surface_destroy (surface);
  return pixels;
}

static guint
count_different (GBytes *a, GBytes *b)
{
  gsize length;
  const guint8 *one = g_bytes_get_data (a, &length);
  const guint8 *other = g_bytes_get_data (b, NULL);
  guint n_different = 0;

  for (gsize i = 0; i < length; i++)
    n_different += ABS (one[i] - other[i]) > 128;
  return n_different;
}

static void
test_forms (void)
{
  g_autoptr (GPtrArray) all
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < SHOAL_MESH_N_KINDS; i++)
    g_ptr_array_add (all, draw ((ShoalMeshKind) i));
  for (guint i = 0; i < all->len; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpuint (
          count_different (g_ptr_array_index (all, i), g_ptr_array_index (all, j)), >,
          20);
}

static void
test_names (void)
{
  g_assert_cmpint (shoal_mesh_shapes_kind_for_name ("lan"), ==, SHOAL_MESH_KIND_LAN);
  g_assert_cmpint (shoal_mesh_shapes_kind_for_name ("relayed"), ==,
                   SHOAL_MESH_KIND_RELAYED);
  g_assert_cmpint (shoal_mesh_shapes_kind_for_name ("mini-master"), ==,
                   SHOAL_MESH_KIND_MINI_MASTER);
  g_assert_cmpint (shoal_mesh_shapes_kind_for_name ("of the future"), ==,
                   SHOAL_MESH_KIND_INTERNET);
  g_assert_cmpint (shoal_mesh_shapes_kind_for_name (NULL), ==, SHOAL_MESH_KIND_INTERNET);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-mesh-shapes/forms", test_forms);
  g_test_add_func ("/shoal-mesh-shapes/names", test_names);
  return g_test_run ();
}
