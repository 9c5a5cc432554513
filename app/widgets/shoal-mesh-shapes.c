/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-mesh-shapes.h"

static const struct
{
  const char *name;
  const char *light; /* colour of libadwaita's palette on a light ground */
  const char *dark;  /* and on a dark one */
} kinds[SHOAL_MESH_N_KINDS] = {
  [SHOAL_MESH_KIND_SELF] = { "self", "blue_4", "blue_2" },
  [SHOAL_MESH_KIND_LAN] = { "lan", "green_5", "green_3" },
  [SHOAL_MESH_KIND_INTERNET] = { "internet", "blue_3", "blue_1" },
  [SHOAL_MESH_KIND_RELAYED] = { "relayed", "orange_5", "orange_2" },
  [SHOAL_MESH_KIND_MINI_MASTER] = { "mini-master", "purple_3", "purple_1" },
};

ShoalMeshKind
shoal_mesh_shapes_kind_for_name (const char *name)
{
  for (guint i = 0; i < SHOAL_MESH_N_KINDS; i++)
    if (g_strcmp0 (kinds[i].name, name) == 0)
      return i;
  return SHOAL_MESH_KIND_INTERNET;
}

void
shoal_mesh_shapes_get_colors (ShoalMeshColors *self, GtkWidget *widget)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  gboolean is_dark = adw_style_manager_get_dark (
      adw_style_manager_get_for_display (gtk_widget_get_display (widget)));

  gtk_style_context_get_color (style, &self->text);
  if (!gtk_style_context_lookup_color (style, "accent_color", &self->accent))
    self->accent = self->text;
  for (guint i = 0; i < SHOAL_MESH_N_KINDS; i++)
    if (!gtk_style_context_lookup_color (style, is_dark ? kinds[i].dark : kinds[i].light,
                                         &self->kinds[i]))
      self->kinds[i] = self->text;
}

static void
add_square (cairo_t *cr, double x, double y, double size)
{
  double half = size * 0.9;
  double round = size * 0.35;

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + half - round, y - half + round, round, -G_PI_2, 0);
  cairo_arc (cr, x + half - round, y + half - round, round, 0, G_PI_2);
  cairo_arc (cr, x - half + round, y + half - round, round, G_PI_2, G_PI);
  cairo_arc (cr, x - half + round, y - half + round, round, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

static void
add_diamond (cairo_t *cr, double x, double y, double size)
{
  double half = size * 1.25;

  cairo_move_to (cr, x, y - half);
  cairo_line_to (cr, x + half, y);
  cairo_line_to (cr, x, y + half);
  cairo_line_to (cr, x - half, y);
  cairo_close_path (cr);
}

static void
add_triangle (cairo_t *cr, double x, double y, double size)
{
  cairo_move_to (cr, x, y - size * 1.05);
  cairo_line_to (cr, x + size * 1.05, y + size * 0.8);
  cairo_line_to (cr, x - size * 1.05, y + size * 0.8);
  cairo_close_path (cr);
}

void
shoal_mesh_shapes_draw (cairo_t *cr,
                        ShoalMeshKind kind,
                        const GdkRGBA *color,
                        double x,
                        double y,
                        double size)
{
  gdk_cairo_set_source_rgba (cr, color);
  cairo_new_path (cr);
  switch (kind)
    {
    case SHOAL_MESH_KIND_LAN:
      add_square (cr, x, y, size);
      break;
    case SHOAL_MESH_KIND_MINI_MASTER:
      add_diamond (cr, x, y, size);
      break;
    case SHOAL_MESH_KIND_RELAYED:
      cairo_set_line_width (cr, MAX (size * 0.4, 1.0));
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      add_triangle (cr, x, y, size * 0.9);
      cairo_stroke (cr);
      return;
    case SHOAL_MESH_KIND_SELF:
      cairo_set_line_width (cr, MAX (size * 0.22, 1.5));
      cairo_arc (cr, x, y, size * 1.25, 0, 2 * G_PI);
      cairo_stroke (cr);
      cairo_arc (cr, x, y, size * 0.8, 0, 2 * G_PI);
      break;
    default:
      cairo_arc (cr, x, y, size, 0, 2 * G_PI);
    }
  cairo_fill (cr);
}
