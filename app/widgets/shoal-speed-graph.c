/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-speed-graph.h"

#include <glib/gi18n-lib.h>

#define MIN_SCALE_BPS G_GUINT64_CONSTANT (10000)
#define MAX_SCALE_BPS G_GUINT64_CONSTANT (1000000000000)
#define N_GRID_LINES 4
#define N SHOAL_SPEED_GRAPH_N_SAMPLES

typedef struct
{
  guint64 download_bps;
  guint64 upload_bps;
} Sample;

struct _ShoalSpeedGraph
{
  GtkWidget parent_instance;

  guint64 download_bps;
  guint64 upload_bps;
  Sample samples[N]; /* a ring; the oldest is at position */
  guint position;
  guint timeout_id; /* 0: not in a window */
};

G_DEFINE_FINAL_TYPE (ShoalSpeedGraph, shoal_speed_graph, GTK_TYPE_WIDGET)

enum
{
  PROP_DOWNLOAD_BPS = 1,
  PROP_UPLOAD_BPS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const Sample *
get_sample (ShoalSpeedGraph *self, guint age_order)
{
  return &self->samples[(self->position + age_order) % N];
}

static guint64
get_scale_bps (ShoalSpeedGraph *self)
{
  guint64 peak_bps = 0;

  for (guint i = 0; i < N; i++)
    peak_bps = MAX (peak_bps,
                    MAX (self->samples[i].download_bps, self->samples[i].upload_bps));
  return shoal_speed_graph_scale_bps (peak_bps);
}

static void
add_curve (ShoalSpeedGraph *self,
           cairo_t *cr,
           gboolean is_upload,
           double width,
           double height)
{
  double scale = (double) get_scale_bps (self);
  double last_x = 0.0;
  double last_y = 0.0;

  for (guint i = 0; i < N; i++)
    {
      const Sample *sample = get_sample (self, i);
      guint64 rate_bps = is_upload ? sample->upload_bps : sample->download_bps;
      double x = width * i / (N - 1);
      double y = height - (height - 1.5) * MIN (1.0, (double) rate_bps / scale);

      if (i == 0)
        cairo_move_to (cr, x, y);
      else
        cairo_curve_to (cr, (last_x + x) / 2, last_y, (last_x + x) / 2, y, x, y);
      last_x = x;
      last_y = y;
    }
}

static void
draw_grid (cairo_t *cr, const GdkRGBA *color, double width, double height)
{
  GdkRGBA faint = *color;

  faint.alpha *= 0.12f;
  gdk_cairo_set_source_rgba (cr, &faint);
  cairo_set_line_width (cr, 1.0);
  for (guint i = 0; i <= N_GRID_LINES; i++)
    {
      double y = (int) ((height - 1) * i / N_GRID_LINES) + 0.5;

      cairo_move_to (cr, 0, y);
      cairo_line_to (cr, width, y);
    }
  cairo_stroke (cr);
}

static void
draw_curves (ShoalSpeedGraph *self,
             cairo_t *cr,
             const GdkRGBA *down,
             const GdkRGBA *up,
             double width,
             double height)
{
  GdkRGBA fill = *down;

  fill.alpha = 0.2f;
  add_curve (self, cr, FALSE, width, height);
  cairo_line_to (cr, width, height);
  cairo_line_to (cr, 0, height);
  cairo_close_path (cr);
  gdk_cairo_set_source_rgba (cr, &fill);
  cairo_fill (cr);
  cairo_set_line_width (cr, 2.0);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  add_curve (self, cr, FALSE, width, height);
  gdk_cairo_set_source_rgba (cr, down);
  cairo_stroke (cr);
  add_curve (self, cr, TRUE, width, height);
  gdk_cairo_set_source_rgba (cr, up);
  cairo_stroke (cr);
}

static void
snapshot_scale (ShoalSpeedGraph *self, GtkSnapshot *snapshot, const GdkRGBA *color)
{
  g_autofree char *size = g_format_size (get_scale_bps (self));
  /* Translators: a speed; %s is a size such as "3.2 MB" */
  g_autofree char *text = g_strdup_printf (_ ("%s/s"), size);
  g_autoptr (PangoLayout) layout
      = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attrs = pango_attr_list_new ();
  GdkRGBA dim = *color;
  graphene_point_t at = GRAPHENE_POINT_INIT (2, 3);

  pango_attr_list_insert (attrs, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attrs);
  dim.alpha *= 0.55f;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &at);
  gtk_snapshot_append_layout (snapshot, layout, &dim);
  gtk_snapshot_restore (snapshot);
}

static void
shoal_speed_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ShoalSpeedGraph *self = SHOAL_SPEED_GRAPH (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, width, height);
  GdkRGBA text, down, up;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  gtk_style_context_get_color (style, &text);
  if (!gtk_style_context_lookup_color (style, "accent_color", &down))
    down = text;
  if (!gtk_style_context_lookup_color (style, "success_color", &up))
    up = text;
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    {
      cairo_translate (cr, width, 0);
      cairo_scale (cr, -1, 1);
    }
  draw_grid (cr, &text, width, height);
  draw_curves (self, cr, &down, &up, width, height);
  cairo_destroy (cr);
  snapshot_scale (self, snapshot, &text);
}

static void
shoal_speed_graph_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 80;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 360 : 120;
}

static gboolean
timeout_cb (gpointer user_data)
{
  shoal_speed_graph_sample (user_data);
  return G_SOURCE_CONTINUE;
}

static void
shoal_speed_graph_root (GtkWidget *widget)
{
  ShoalSpeedGraph *self = SHOAL_SPEED_GRAPH (widget);

  GTK_WIDGET_CLASS (shoal_speed_graph_parent_class)->root (widget);
  if (self->timeout_id == 0)
    self->timeout_id = g_timeout_add_seconds (1, timeout_cb, self);
}

static void
shoal_speed_graph_unroot (GtkWidget *widget)
{
  ShoalSpeedGraph *self = SHOAL_SPEED_GRAPH (widget);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  GTK_WIDGET_CLASS (shoal_speed_graph_parent_class)->unroot (widget);
}

static void
shoal_speed_graph_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  ShoalSpeedGraph *self = SHOAL_SPEED_GRAPH (object);

  g_value_set_uint64 (value,
                      prop_id == PROP_UPLOAD_BPS ? self->upload_bps : self->download_bps);
}

static void
shoal_speed_graph_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  ShoalSpeedGraph *self = SHOAL_SPEED_GRAPH (object);

  if (prop_id == PROP_UPLOAD_BPS)
    self->upload_bps = g_value_get_uint64 (value);
  else
    self->download_bps = g_value_get_uint64 (value);
}

static void
shoal_speed_graph_dispose (GObject *object)
{
  g_clear_handle_id (&SHOAL_SPEED_GRAPH (object)->timeout_id, g_source_remove);
  G_OBJECT_CLASS (shoal_speed_graph_parent_class)->dispose (object);
}

static void
shoal_speed_graph_class_init (ShoalSpeedGraphClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_speed_graph_get_property;
  object_class->set_property = shoal_speed_graph_set_property;
  object_class->dispose = shoal_speed_graph_dispose;
  widget_class->snapshot = shoal_speed_graph_snapshot;
  widget_class->measure = shoal_speed_graph_measure;
  widget_class->root = shoal_speed_graph_root;
  widget_class->unroot = shoal_speed_graph_unroot;
  props[PROP_DOWNLOAD_BPS]
      = g_param_spec_uint64 ("download-bps", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_UPLOAD_BPS]
      = g_param_spec_uint64 ("upload-bps", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "speedgraph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
shoal_speed_graph_init (ShoalSpeedGraph *self)
{
}

GtkWidget *
shoal_speed_graph_new (void)
{
  return g_object_new (SHOAL_TYPE_SPEED_GRAPH, NULL);
}

void
shoal_speed_graph_sample (ShoalSpeedGraph *self)
{
  self->samples[self->position].download_bps = self->download_bps;
  self->samples[self->position].upload_bps = self->upload_bps;
  self->position = (self->position + 1) % N;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint64
shoal_speed_graph_scale_bps (guint64 peak_bps)
{
  static const guint steps[] = { 1, 2, 5 };

  for (guint64 power = MIN_SCALE_BPS; power < MAX_SCALE_BPS; power *= 10)
    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
      if (peak_bps <= power * steps[i])
        return power * steps[i];
  return MAX_SCALE_BPS;
}
