/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/*
 * How long the picture of the mesh needs for what it does in a frame: to place peers, to
 * draw all of them, and to draw when only the pointer has moved. Prints a table; asserts
 * nothing, for machines differ.
 */
#include "config.h"

#include "widgets/shoal-mesh-nodes.h"
#include "widgets/shoal-mesh-scene.h"
#include "widgets/shoal-mesh-view.h"

#define N_ROUNDS 50

static char *
read_kind (GSimpleAction *peer, const char *name)
{
  static const char *const kinds[] = { "lan", "internet", "relayed", "mini-master" };

  return g_strdup (kinds[g_str_hash (name) % G_N_ELEMENTS (kinds)]);
}

static gint64
read_latency (GSimpleAction *peer, const char *name)
{
  return g_str_hash (name) % 400;
}

static void
set_expression (ShoalMeshNodes *nodes, ShoalMeshRole role, GType type, GCallback callback)
{
  GtkExpression *name = gtk_property_expression_new (G_TYPE_SIMPLE_ACTION, NULL, "name");
  GtkExpression *expression;

  if (callback == NULL)
    expression = name;
  else
    expression = gtk_cclosure_expression_new (type, NULL, 1, &name, callback, NULL, NULL);
  shoal_mesh_nodes_set_expression (nodes, role, expression);
  gtk_expression_unref (expression);
}

static ShoalMeshNodes *
nodes_new (guint n_peers)
{
  ShoalMeshNodes *nodes = shoal_mesh_nodes_new ();
  g_autoptr (GListStore) peers = g_list_store_new (G_TYPE_SIMPLE_ACTION);

  for (guint i = 0; i < n_peers; i++)
    {
      g_autofree char *id = g_strdup_printf ("12D3KooW%u", i * 7919);
      g_autoptr (GSimpleAction) peer = g_simple_action_new (id, NULL);

      g_list_store_append (peers, peer);
    }
  set_expression (nodes, SHOAL_MESH_ROLE_ID, G_TYPE_STRING, NULL);
  set_expression (nodes, SHOAL_MESH_ROLE_KIND, G_TYPE_STRING, G_CALLBACK (read_kind));
  set_expression (nodes, SHOAL_MESH_ROLE_LATENCY, G_TYPE_INT64,
                  G_CALLBACK (read_latency));
  shoal_mesh_nodes_set_model (nodes, G_LIST_MODEL (peers));
  return nodes;
}

static void
show_places (ShoalMeshNodes *nodes)
{
  for (guint i = 0; i < shoal_mesh_nodes_get_n_nodes (nodes); i++)
    {
      ShoalMeshNode *node = shoal_mesh_nodes_get_node (nodes, i);

      node->shown_x = node->x;
      node->shown_y = node->y;
    }
}

/* Recording what to draw, and drawing it as the Cairo renderer does. */
static double
draw_ms (ShoalMeshNodes *nodes, const ShoalMeshView *view)
{
  PangoContext *context
      = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, (int) view->width, (int) view->height);
  ShoalMeshColors colors = { .text = { 0, 0, 0, 1 }, .accent = { 0, 0, 1, 1 } };
  gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < SHOAL_MESH_N_KINDS; i++)
    colors.kinds[i] = colors.accent;
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      GskRenderNode *scene = shoal_mesh_scene_create (nodes, view, &colors, context);
      cairo_t *cr = cairo_create (surface);

      gsk_render_node_draw (scene, cr);
      cairo_destroy (cr);
      gsk_render_node_unref (scene);
    }
  cairo_surface_destroy (surface);
  g_object_unref (context);
  return (double) (g_get_monotonic_time () - start_us) / N_ROUNDS / 1000;
}

static void
bench (guint n_peers)
{
  g_autoptr (ShoalMeshNodes) nodes = nodes_new (n_peers);
  ShoalMeshView view = { .width = 760, .height = 400, .zoom = 1 };
  double longest_ms = 0;
  gint64 start_us;
  guint changes;

  do
    {
      start_us = g_get_monotonic_time ();
      changes = shoal_mesh_nodes_update (nodes, 128);
      longest_ms = MAX (longest_ms, (double) (g_get_monotonic_time () - start_us) / 1000);
    }
  while (changes & SHOAL_MESH_CHANGED_MORE);
  show_places (nodes);
  view.radius = shoal_mesh_layout_get_radius (shoal_mesh_nodes_get_layout (nodes));
  g_print ("%8u %22.2f %16.2f\n", n_peers, longest_ms, draw_ms (nodes, &view));
}

int
main (int argc, char **argv)
{
  static const guint sizes[] = { 5, 50, 500, 2000 };

  /* Only for the types of render nodes: it needs no display. */
  (void) gtk_init_check ();
  g_print ("   peers  placing, ms a frame  drawing, ms\n");
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    bench (sizes[i]);
  return 0;
}
