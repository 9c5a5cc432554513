/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-mesh-scene.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Edges of more peers than these are drawn fainter, so that the shapes stay clear. */
#define MANY 80

typedef struct
{
  cairo_t *cr;                   /* (unowned) */
  const ShoalMeshView *view;     /* (unowned) */
  const ShoalMeshColors *colors; /* (unowned) */
  PangoContext *context;         /* (unowned) */
} Scene;

static const struct
{
  gint64 latency_ms;
  const char *text;
} guides[] = {
  { 10, N_ ("10 ms") },
  { 100, N_ ("100 ms") },
  { 1000, N_ ("1 s") },
};

static void
set_color (Scene *scene, const GdkRGBA *color, double alpha)
{
  cairo_set_source_rgba (scene->cr, color->red, color->green, color->blue,
                         color->alpha * alpha);
}

static void
show_text (Scene *scene, const char *text, double x, double y, double alpha)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (scene->context);
  g_autoptr (PangoAttrList) attrs = pango_attr_list_new ();
  PangoRectangle area;

  pango_attr_list_insert (attrs, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attrs);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_extents (layout, NULL, &area);
  set_color (scene, &scene->colors->text, alpha);
  /* Text of a peer at the edge stays in the picture. */
  x = CLAMP (x, area.width / 2.0 + 3, MAX (scene->view->width - area.width / 2.0 - 3, 3));
  cairo_move_to (scene->cr, x - area.width / 2.0, y);
  pango_cairo_show_layout (scene->cr, layout);
}

static void
draw_guides (Scene *scene, gboolean has_text)
{
  double scale_x = shoal_mesh_view_scale_x (scene->view);
  double scale_y = shoal_mesh_view_scale_y (scene->view);
  double x, y;

  shoal_mesh_view_to_widget (scene->view, 0, 0, &x, &y);
  for (guint i = 0; i < G_N_ELEMENTS (guides); i++)
    {
      double radius = shoal_mesh_layout_ring_for_latency (guides[i].latency_ms) + 0.5;

      cairo_save (scene->cr);
      cairo_translate (scene->cr, x, y);
      cairo_scale (scene->cr, scale_x, scale_y);
      cairo_new_path (scene->cr);
      cairo_arc (scene->cr, 0, 0, radius, 0, 2 * G_PI);
      cairo_restore (scene->cr);
      cairo_set_line_width (scene->cr, 1.0);
      set_color (scene, &scene->colors->text, 0.08);
      cairo_stroke (scene->cr);
      if (has_text)
        show_text (scene, _ (guides[i].text), x, y + radius * scale_y - 17, 0.45);
    }
}

static void
draw_edge (Scene *scene, ShoalMeshNode *node, guint n_nodes)
{
  static const double dashes[] = { 4.0, 4.0 };
  double reach = hypot (node->shown_x, node->shown_y);
  double nearness = CLAMP (1.0 - (reach - SHOAL_MESH_LAYOUT_FIRST_RING) / 12.0, 0.0, 1.0);
  double alpha = (n_nodes > MANY ? 0.12 : 0.25) + 0.15 * nearness;
  /* The ends of hundreds of edges in one point would be a blot. */
  double start = n_nodes > MANY && reach > 0 ? MIN (2.2 / reach, 1.0) : 0.0;
  double from_x, from_y, x, y;

  shoal_mesh_view_to_widget (scene->view, node->shown_x * start, node->shown_y * start,
                             &from_x, &from_y);
  shoal_mesh_view_to_widget (scene->view, node->shown_x, node->shown_y, &x, &y);
  cairo_set_line_width (scene->cr, (n_nodes > MANY ? 0.6 : 1.0)
                                       + (n_nodes > MANY ? 1.0 : 2.5) * nearness);
  cairo_set_dash (scene->cr, dashes,
                  node->kind == SHOAL_MESH_KIND_RELAYED ? G_N_ELEMENTS (dashes) : 0, 0);
  if (node->rate_bps > 0)
    set_color (scene, &scene->colors->accent, 0.75);
  else
    set_color (scene, &scene->colors->text, alpha);
  cairo_move_to (scene->cr, from_x, from_y);
  cairo_line_to (scene->cr, x, y);
  cairo_stroke (scene->cr);
}

static void
draw_shape (Scene *scene, ShoalMeshNodes *nodes, ShoalMeshNode *node, double size)
{
  gboolean has_name = shoal_mesh_nodes_get_n_nodes (nodes) <= SHOAL_MESH_SCENE_MAX_NAMES;
  g_autofree char *name = NULL;
  double x, y;

  shoal_mesh_view_to_widget (scene->view, node->shown_x, node->shown_y, &x, &y);
  cairo_set_dash (scene->cr, NULL, 0, 0);
  shoal_mesh_shapes_draw (scene->cr, node->kind, &scene->colors->kinds[node->kind], x, y,
                          size);
  if (!has_name)
    return;
  name = shoal_mesh_nodes_dup_text (nodes, node, SHOAL_MESH_ROLE_NAME);
  show_text (scene, name, x, y + size + 3, 0.75);
}

static void
draw_all (Scene *scene, ShoalMeshNodes *nodes)
{
  guint n_nodes = shoal_mesh_nodes_get_n_nodes (nodes);
  double size = shoal_mesh_view_shape_size (scene->view, n_nodes);
  double x, y;

  draw_guides (scene, n_nodes <= MANY);
  for (guint i = 0; i < n_nodes; i++)
    {
      ShoalMeshNode *node = shoal_mesh_nodes_get_node (nodes, i);

      if (node->is_placed)
        draw_edge (scene, node, n_nodes);
    }
  for (guint i = 0; i < n_nodes; i++)
    {
      ShoalMeshNode *node = shoal_mesh_nodes_get_node (nodes, i);

      if (node->is_placed)
        draw_shape (scene, nodes, node, size);
    }
  shoal_mesh_view_to_widget (scene->view, 0, 0, &x, &y);
  cairo_set_dash (scene->cr, NULL, 0, 0);
  shoal_mesh_shapes_draw (scene->cr, SHOAL_MESH_KIND_SELF,
                          &scene->colors->kinds[SHOAL_MESH_KIND_SELF], x, y,
                          MAX (size * 1.3, 7.0));
}

GskRenderNode *
shoal_mesh_scene_create (ShoalMeshNodes *nodes,
                         const ShoalMeshView *view,
                         const ShoalMeshColors *colors,
                         PangoContext *context)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, view->width, view->height);
  GskRenderNode *drawing = gsk_cairo_node_new (&bounds);
  Scene scene = { NULL, view, colors, context };

  scene.cr = gsk_cairo_node_get_draw_context (drawing);
  draw_all (&scene, nodes);
  cairo_destroy (scene.cr);
  return drawing;
}
