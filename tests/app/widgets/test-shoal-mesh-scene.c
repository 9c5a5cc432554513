/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* What is drawn where: read back from the pixels. */
#include "config.h"

#include "widgets/shoal-mesh-scene.h"

#define SIZE 400

static const ShoalMeshView view
    = { .width = SIZE, .height = SIZE, .radius = 16.5, .zoom = 1 };
static const ShoalMeshColors colors = {
  .kinds
  = { { 1, 0, 0, 1 }, { 0, 1, 0, 1 }, { 0, 0, 1, 1 }, { 1, 1, 0, 1 }, { 0, 1, 1, 1 } },
  .text = { 1, 1, 1, 1 },
  .accent = { 1, 0, 1, 1 },
};

/* A peer whose id says its kind, "lan 1"; its rate is on while it is enabled. */
static char *
read_kind (GSimpleAction *peer, const char *id)
{
  return g_strndup (id, strcspn (id, " "));
}

static guint64
read_rate (GSimpleAction *peer, gboolean is_enabled)
{
  return is_enabled ? 1000 : 0;
}

static void
set_expression (ShoalMeshNodes *nodes, ShoalMeshRole role, GtkExpression *expression)
{
  shoal_mesh_nodes_set_expression (nodes, role, expression);
  gtk_expression_unref (expression);
}

static ShoalMeshNodes *
nodes_new (const char *const *ids, guint n_ids, gboolean has_rate)
{
  const GType type = G_TYPE_SIMPLE_ACTION;
  g_autoptr (GListStore) list = g_list_store_new (type);
  ShoalMeshNodes *nodes = shoal_mesh_nodes_new ();
  GtkExpression *name = gtk_property_expression_new (type, NULL, "name");
  GtkExpression *enabled = gtk_property_expression_new (type, NULL, "enabled");

  for (guint i = 0; i < n_ids; i++)
    {
      g_autoptr (GSimpleAction) peer = g_simple_action_new (ids[i], NULL);

      g_simple_action_set_enabled (peer, has_rate);
      g_list_store_append (list, peer);
    }
  set_expression (nodes, SHOAL_MESH_ROLE_ID, gtk_expression_ref (name));
  set_expression (nodes, SHOAL_MESH_ROLE_NAME, gtk_expression_ref (name));
  set_expression (nodes, SHOAL_MESH_ROLE_KIND,
                  gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 1, &name,
                                               G_CALLBACK (read_kind), NULL, NULL));
  set_expression (nodes, SHOAL_MESH_ROLE_RATE,
                  gtk_cclosure_expression_new (G_TYPE_UINT64, NULL, 1, &enabled,
                                               G_CALLBACK (read_rate), NULL, NULL));
  shoal_mesh_nodes_set_model (nodes, G_LIST_MODEL (list));
  shoal_mesh_nodes_update (nodes, G_MAXUINT);
  return nodes;
}

/* Puts a node where the test wants it. */
static void
place (ShoalMeshNodes *nodes, guint index, double x, double y)
{
  ShoalMeshNode *node = shoal_mesh_nodes_get_node (nodes, index);

  node->shown_x = x;
  node->shown_y = y;
}

static cairo_surface_t *
draw (ShoalMeshNodes *nodes)
{
  PangoContext *context
      = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIZE, SIZE);
  cairo_t *cr = cairo_create (surface);
  GskRenderNode *scene = shoal_mesh_scene_create (nodes, &view, &colors, context);

  gsk_render_node_draw (scene, cr);
  gsk_render_node_unref (scene);
  g_object_unref (context);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* 0xAARRGGBB of the point where a place is drawn */
static guint32
pixel_at (cairo_surface_t *surface, double x, double y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  double widget_x, widget_y;

  shoal_mesh_view_to_widget (&view, x, y, &widget_x, &widget_y);
  return ((const guint32 *) (gconstpointer) (data
                                             + (int) widget_y
                                                   * cairo_image_surface_get_stride (
                                                       surface)))[(int) widget_x];
}

/* How many points of a rectangle around a place have anything drawn on them. */
static guint
count_drawn (cairo_surface_t *surface, double x, double y, int dy, int reach)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  double widget_x, widget_y;
  guint n_drawn = 0;

  shoal_mesh_view_to_widget (&view, x, y, &widget_x, &widget_y);
  for (int row = (int) widget_y + dy; row < (int) widget_y + dy + 12; row++)
    for (int column = (int) widget_x - reach; column < (int) widget_x + reach; column++)
      n_drawn += ((const guint32 *) (gconstpointer) (data + row * stride))[column] >> 24
                 > 100;
  return n_drawn;
}

static void
test_shapes (void)
{
  static const char *const ids[] = { "lan 1", "internet 2", "mini-master 3" };
  g_autoptr (ShoalMeshNodes) nodes = nodes_new (ids, G_N_ELEMENTS (ids), FALSE);
  cairo_surface_t *surface;

  place (nodes, 0, -6, 0);
  place (nodes, 1, 6, 0);
  place (nodes, 2, 0, 6);
  surface = draw (nodes);
  g_assert_cmphex (pixel_at (surface, 0, 0), ==, 0xffff0000); /* this computer */
  g_assert_cmphex (pixel_at (surface, -6, 0), ==, 0xff00ff00);
  g_assert_cmphex (pixel_at (surface, 6, 0), ==, 0xff0000ff);
  g_assert_cmphex (pixel_at (surface, 0, 6), ==, 0xff00ffff);
  g_assert_cmphex (pixel_at (surface, -12, -12) >> 24, ==, 0);
  cairo_surface_destroy (surface);
}

static void
test_not_placed (void)
{
  static const char *const ids[] = { "lan 1" };
  g_autoptr (ShoalMeshNodes) nodes = nodes_new (ids, 1, FALSE);
  cairo_surface_t *surface;

  place (nodes, 0, 6, 0);
  shoal_mesh_nodes_get_node (nodes, 0)->is_placed = FALSE;
  surface = draw (nodes);
  g_assert_cmphex (pixel_at (surface, 6, 0), !=, 0xff00ff00);
  cairo_surface_destroy (surface);
}

static void
test_edge_says_that_bytes_move (void)
{
  static const char *const ids[] = { "lan 1" };

  for (guint has_rate = 0; has_rate < 2; has_rate++)
    {
      g_autoptr (ShoalMeshNodes) nodes = nodes_new (ids, 1, has_rate == 1);
      cairo_surface_t *surface;
      guint32 pixel;

      place (nodes, 0, 8, 0);
      surface = draw (nodes);
      pixel = pixel_at (surface, 4, 0);
      g_assert_cmphex (pixel >> 24, >, 0x20);
      /* Magenta against white: what differs is green. */
      if (has_rate == 1)
        g_assert_cmphex (pixel >> 8 & 0xff, <, pixel & 0xff);
      else
        g_assert_cmphex (pixel >> 8 & 0xff, ==, pixel & 0xff);
      cairo_surface_destroy (surface);
    }
}

static void
test_names_only_of_few (void)
{
  const char *ids[SHOAL_MESH_SCENE_MAX_NAMES + 1];
  guint n_drawn[2];

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = g_strdup_printf ("lan %u", i);
  for (guint i = 0; i < 2; i++)
    {
      guint n_ids = SHOAL_MESH_SCENE_MAX_NAMES + i;
      g_autoptr (ShoalMeshNodes) nodes = nodes_new (ids, n_ids, FALSE);
      cairo_surface_t *surface;

      for (guint j = 0; j < n_ids; j++)
        place (nodes, j, j == 0 ? 11 : -11, j == 0 ? 11 : -11);
      surface = draw (nodes);
      n_drawn[i] = count_drawn (surface, 11, 11,
                                (int) shoal_mesh_view_shape_size (&view, n_ids) + 4, 15);
      cairo_surface_destroy (surface);
    }
  g_assert_cmpuint (n_drawn[0], >, 10);
  g_assert_cmpuint (n_drawn[1], <, n_drawn[0] / 2);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_free ((char *) ids[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/shoal-mesh-scene/shapes", test_shapes);
  g_test_add_func ("/shoal-mesh-scene/not-placed", test_not_placed);
  g_test_add_func ("/shoal-mesh-scene/edge-says-that-bytes-move",
                   test_edge_says_that_bytes_move);
  g_test_add_func ("/shoal-mesh-scene/names-only-of-few", test_names_only_of_few);
  return g_test_run ();
}
