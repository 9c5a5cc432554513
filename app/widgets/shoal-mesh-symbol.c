/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-mesh-symbol.h"

#include "widgets/shoal-mesh-shapes.h"

#define SIZE 16

struct _ShoalMeshSymbol
{
  GtkWidget parent_instance;

  ShoalMeshKind kind;
};

G_DEFINE_FINAL_TYPE (ShoalMeshSymbol, shoal_mesh_symbol, GTK_TYPE_WIDGET)

enum
{
  PROP_KIND = 1,
};

static void
shoal_mesh_symbol_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ShoalMeshSymbol *self = SHOAL_MESH_SYMBOL (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, width, height);
  ShoalMeshColors colors;
  cairo_t *cr;

  shoal_mesh_shapes_get_colors (&colors, widget);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  shoal_mesh_shapes_draw (cr, self->kind, &colors.kinds[self->kind], width / 2.0,
                          height / 2.0, SIZE * 0.36);
  cairo_destroy (cr);
}

static void
shoal_mesh_symbol_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = SIZE;
  *natural = SIZE;
}

static void
shoal_mesh_symbol_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  SHOAL_MESH_SYMBOL (object)->kind
      = shoal_mesh_shapes_kind_for_name (g_value_get_string (value));
  gtk_widget_queue_draw (GTK_WIDGET (object));
}

static void
shoal_mesh_symbol_class_init (ShoalMeshSymbolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = shoal_mesh_symbol_set_property;
  widget_class->snapshot = shoal_mesh_symbol_snapshot;
  widget_class->measure = shoal_mesh_symbol_measure;
  g_object_class_install_property (
      object_class, PROP_KIND,
      g_param_spec_string ("kind", NULL, NULL, NULL,
                           G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
shoal_mesh_symbol_init (ShoalMeshSymbol *self)
{
}
