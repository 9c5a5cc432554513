/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-mesh-picture.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/shoal-mesh-nodes.h"
#include "widgets/shoal-mesh-scene.h"
#include "widgets/shoal-mesh-view.h"

#define MOVE_US (350 * 1000)
#define PULSE_US (1600 * 1000)
/* Dots that move slowly need no more frames; a whole window is drawn for each. */
#define PULSE_FRAME_MS 80
#define ZOOM_STEP 1.25
/* A finger or a pointer may miss a shape by so many pixels. */
#define REACH 14.0
#define DRAG_THRESHOLD 8.0

struct _ShoalMeshPicture
{
  GtkWidget parent_instance;

  ShoalMeshNodes *nodes;                          /* (owned) */
  GListModel *model;                              /* (owned) (nullable) */
  GtkExpression *expressions[SHOAL_MESH_N_ROLES]; /* (owned) (nullable) */
  GObject *selected;                              /* (owned) (nullable) */
  GObject *hovered;                               /* (owned) (nullable) */
  GskRenderNode *scene; /* (owned) (nullable): %NULL: something has changed */
  ShoalMeshView view;
  ShoalMeshColors colors;
  gint64 move_start_us; /* frame time; 0: everything is in its place */
  guint n_active;       /* edges along which bytes move */
  guint tick_id;        /* 0: nothing to do */
  guint pulse_id;       /* 0: no bytes move, or nobody looks */
  double drag_x, drag_y;
};

G_DEFINE_FINAL_TYPE (ShoalMeshPicture, shoal_mesh_picture, GTK_TYPE_WIDGET)

enum
{
  PROP_MODEL = 1,
  FIRST_EXPRESSION,
  PROP_SELECTED = FIRST_EXPRESSION + SHOAL_MESH_N_ROLES,
  PROP_SELECTED_TEXT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint activated_signal;

static void
redraw (ShoalMeshPicture *self)
{
  g_clear_pointer (&self->scene, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
is_animated (ShoalMeshPicture *self)
{
  gboolean is_enabled = FALSE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations",
                &is_enabled, NULL);
  return is_enabled;
}

static void
show_places (ShoalMeshPicture *self, double progress)
{
  double eased = 1.0 - pow (1.0 - progress, 3);

  for (guint i = 0; i < shoal_mesh_nodes_get_n_nodes (self->nodes); i++)
    {
      ShoalMeshNode *node = shoal_mesh_nodes_get_node (self->nodes, i);

      node->shown_x = node->old_x + (node->x - node->old_x) * eased;
      node->shown_y = node->old_y + (node->y - node->old_y) * eased;
    }
}

/* What is on its way somewhere goes on from where it is. */
static void
begin_move (ShoalMeshPicture *self, gint64 now_us)
{
  for (guint i = 0; i < shoal_mesh_nodes_get_n_nodes (self->nodes); i++)
    {
      ShoalMeshNode *node = shoal_mesh_nodes_get_node (self->nodes, i);

      node->old_x = node->shown_x;
      node->old_y = node->shown_y;
    }
  self->move_start_us = now_us;
}

static void
move (ShoalMeshPicture *self, gint64 now_us)
{
  double progress = 1.0;

  if (is_animated (self))
    progress = CLAMP ((double) (now_us - self->move_start_us) / MOVE_US, 0.0, 1.0);
  show_places (self, progress);
  if (progress >= 1.0)
    self->move_start_us = 0;
  redraw (self);
}

static void
count_active (ShoalMeshPicture *self)
{
  self->n_active = 0;
  for (guint i = 0; i < shoal_mesh_nodes_get_n_nodes (self->nodes); i++)
    if (shoal_mesh_nodes_get_node (self->nodes, i)->rate_bps > 0)
      self->n_active++;
}

static void
update_label (ShoalMeshPicture *self)
{
  ShoalMeshNode *node = shoal_mesh_nodes_find_item (self->nodes, self->selected);
  guint n_nodes = shoal_mesh_nodes_get_n_nodes (self->nodes);
  g_autofree char *text = NULL;

  if (node != NULL)
    text = shoal_mesh_nodes_dup_text (self->nodes, node, SHOAL_MESH_ROLE_TEXT);
  else
    text = g_strdup_printf (ngettext ("This computer, with %u peer around it",
                                      "This computer, with %u peers around it", n_nodes),
                            n_nodes);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
}

static void
set_selected (ShoalMeshPicture *self, GObject *item)
{
  if (!g_set_object (&self->selected, item))
    return;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  update_label (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED_TEXT]);
}

static void
forget_gone (ShoalMeshPicture *self)
{
  if (shoal_mesh_nodes_find_item (self->nodes, self->hovered) == NULL)
    g_clear_object (&self->hovered);
  if (shoal_mesh_nodes_find_item (self->nodes, self->selected) == NULL)
    set_selected (self, NULL);
}

static void
look_at_changes (ShoalMeshPicture *self, gint64 now_us)
{
  guint changes
      = shoal_mesh_nodes_update (self->nodes, SHOAL_MESH_PICTURE_NODES_PER_FRAME);

  forget_gone (self);
  if (changes & SHOAL_MESH_CHANGED_PLACES)
    {
      self->view.radius
          = shoal_mesh_layout_get_radius (shoal_mesh_nodes_get_layout (self->nodes));
      begin_move (self, now_us);
    }
  if (changes & (SHOAL_MESH_CHANGED_PLACES | SHOAL_MESH_CHANGED_LOOKS))
    {
      count_active (self);
      redraw (self);
    }
  update_label (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED_TEXT]);
}

static gboolean
pulse_cb (gpointer user_data)
{
  ShoalMeshPicture *self = user_data;

  if (self->n_active == 0 || !is_animated (self))
    self->pulse_id = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return self->pulse_id != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (widget);
  gint64 now_us = gdk_frame_clock_get_frame_time (clock);

  if (shoal_mesh_nodes_is_changed (self->nodes))
    look_at_changes (self, now_us);
  if (self->pulse_id == 0 && self->n_active > 0 && is_animated (self))
    self->pulse_id = g_timeout_add (PULSE_FRAME_MS, pulse_cb, self);
  if (self->move_start_us != 0)
    move (self, now_us);
  else if (!shoal_mesh_nodes_is_changed (self->nodes))
    {
      self->tick_id = 0;
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

/* Only while it is on the screen: what changes before is looked at when it comes there.
 */
static void
need_tick (ShoalMeshPicture *self)
{
  if (self->tick_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

static void
shoal_mesh_picture_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (shoal_mesh_picture_parent_class)->map (widget);
  need_tick (SHOAL_MESH_PICTURE (widget));
}

static void
shoal_mesh_picture_unmap (GtkWidget *widget)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (widget);

  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (widget, self->tick_id);
  self->tick_id = 0;
  g_clear_handle_id (&self->pulse_id, g_source_remove);
  GTK_WIDGET_CLASS (shoal_mesh_picture_parent_class)->unmap (widget);
}

/* Drawing */

static void
get_shown (ShoalMeshPicture *self, GObject *item, double *x, double *y)
{
  ShoalMeshNode *node = shoal_mesh_nodes_find_item (self->nodes, item);

  shoal_mesh_view_to_widget (&self->view, node != NULL ? node->shown_x : 0,
                             node != NULL ? node->shown_y : 0, x, y);
}

static double
get_shape_size (ShoalMeshPicture *self)
{
  return shoal_mesh_view_shape_size (&self->view,
                                     shoal_mesh_nodes_get_n_nodes (self->nodes));
}

static void
snapshot_ring (ShoalMeshPicture *self,
               GtkSnapshot *snapshot,
               GObject *item,
               const GdkRGBA *color)
{
  double size = get_shape_size (self) * (item != NULL ? 1.0 : 1.6) + 6;
  const float widths[] = { 2, 2, 2, 2 };
  GskRoundedRect outline;
  double x, y;

  get_shown (self, item, &x, &y);
  gsk_rounded_rect_init_from_rect (
      &outline,
      &GRAPHENE_RECT_INIT ((float) (x - size), (float) (y - size), (float) size * 2,
                           (float) size * 2),
      (float) size);
  gtk_snapshot_append_border (snapshot, &outline, widths,
                              (const GdkRGBA[]){ *color, *color, *color, *color });
}

static void
snapshot_dot (GtkSnapshot *snapshot, double x, double y, const GdkRGBA *color)
{
  GskRoundedRect dot;

  gsk_rounded_rect_init_from_rect (
      &dot, &GRAPHENE_RECT_INIT ((float) x - 2.5f, (float) y - 2.5f, 5, 5), 2.5f);
  gtk_snapshot_push_rounded_clip (snapshot, &dot);
  gtk_snapshot_append_color (snapshot, color, &dot.bounds);
  gtk_snapshot_pop (snapshot);
}

/* Dots that run along the edges on which bytes move; each begins at a time of its own. */
static void
snapshot_pulses (ShoalMeshPicture *self, GtkSnapshot *snapshot)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  guint n_pulses = 0;

  if (self->n_active == 0 || clock == NULL || !is_animated (self))
    return;
  for (guint i = 0; i < shoal_mesh_nodes_get_n_nodes (self->nodes)
                    && n_pulses < SHOAL_MESH_PICTURE_MAX_PULSES;
       i++)
    {
      ShoalMeshNode *node = shoal_mesh_nodes_get_node (self->nodes, i);
      gint64 since_us = gdk_frame_clock_get_frame_time (clock)
                        + (gint64) g_str_hash (node->id) % PULSE_US;
      double way = 1.0 - (double) (since_us % PULSE_US) / PULSE_US;
      double x, y;

      if (node->rate_bps == 0 || !node->is_placed)
        continue;
      n_pulses++;
      shoal_mesh_view_to_widget (&self->view, node->shown_x * way, node->shown_y * way,
                                 &x, &y);
      snapshot_dot (snapshot, x, y, &self->colors.accent);
    }
}

static void
shoal_mesh_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (widget);
  graphene_rect_t bounds
      = GRAPHENE_RECT_INIT (0, 0, (float) self->view.width, (float) self->view.height);
  GdkRGBA soft;

  if (self->view.width <= 0 || self->view.height <= 0)
    return;
  if (self->scene == NULL)
    {
      shoal_mesh_shapes_get_colors (&self->colors, widget);
      self->scene = shoal_mesh_scene_create (self->nodes, &self->view, &self->colors,
                                             gtk_widget_get_pango_context (widget));
    }
  gtk_snapshot_push_clip (snapshot, &bounds);
  gtk_snapshot_append_node (snapshot, self->scene);
  snapshot_pulses (self, snapshot);
  soft = self->colors.text;
  soft.alpha *= 0.4f;
  if (self->hovered != NULL && self->hovered != self->selected)
    snapshot_ring (self, snapshot, self->hovered, &soft);
  if (gtk_widget_has_visible_focus (widget))
    snapshot_ring (self, snapshot, self->selected, &self->colors.accent);
  else if (self->selected != NULL)
    snapshot_ring (self, snapshot, self->selected, &soft);
  gtk_snapshot_pop (snapshot);
}

static void
shoal_mesh_picture_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (widget);

  self->view.width = width;
  self->view.height = height;
  shoal_mesh_view_move (&self->view, 0, 0);
  redraw (self);
}

static void
shoal_mesh_picture_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (shoal_mesh_picture_parent_class)->css_changed (widget, change);
  redraw (SHOAL_MESH_PICTURE (widget));
}

static void
shoal_mesh_picture_state_flags_changed (GtkWidget *widget, GtkStateFlags old)
{
  gtk_widget_queue_draw (widget);
}

static void
shoal_mesh_picture_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 400;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 400;
}

/* Pointer and keys */

static GObject *
find_at (ShoalMeshPicture *self, double widget_x, double widget_y)
{
  ShoalMeshLayout *layout = shoal_mesh_nodes_get_layout (self->nodes);
  double scale = MIN (shoal_mesh_view_scale_x (&self->view),
                      shoal_mesh_view_scale_y (&self->view));
  ShoalMeshNode *node;
  const char *id;
  double x, y;

  shoal_mesh_view_to_layout (&self->view, widget_x, widget_y, &x, &y);
  id = shoal_mesh_layout_find (layout, x, y, REACH / scale);
  node = id != NULL ? shoal_mesh_nodes_find (self->nodes, id) : NULL;
  return node != NULL ? node->item : NULL;
}

static void
set_hovered (ShoalMeshPicture *self, GObject *item)
{
  ShoalMeshNode *node = shoal_mesh_nodes_find_item (self->nodes, item);
  g_autofree char *text = NULL;

  if (!g_set_object (&self->hovered, item))
    return;
  if (node != NULL)
    text = shoal_mesh_nodes_dup_text (self->nodes, node, SHOAL_MESH_ROLE_TEXT);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (ShoalMeshPicture *self, double x, double y)
{
  set_hovered (self, find_at (self, x, y));
}

static void
leave_cb (ShoalMeshPicture *self)
{
  set_hovered (self, NULL);
}

static gboolean
is_on_middle (ShoalMeshPicture *self, double x, double y)
{
  double middle_x, middle_y;

  shoal_mesh_view_to_widget (&self->view, 0, 0, &middle_x, &middle_y);
  return hypot (x - middle_x, y - middle_y) <= REACH + get_shape_size (self);
}

static void
released_cb (ShoalMeshPicture *self, int n_press, double x, double y)
{
  GObject *item = find_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  set_selected (self, item);
  if (item != NULL || is_on_middle (self, x, y))
    g_signal_emit (self, activated_signal, 0, item);
}

static void
drag_begin_cb (ShoalMeshPicture *self)
{
  self->drag_x = 0;
  self->drag_y = 0;
}

static void
drag_update_cb (ShoalMeshPicture *self, double x, double y, GtkGesture *gesture)
{
  if (self->view.zoom <= 1.0)
    return;
  if (self->drag_x == 0 && self->drag_y == 0 && hypot (x, y) < DRAG_THRESHOLD)
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  shoal_mesh_view_move (&self->view, x - self->drag_x, y - self->drag_y);
  self->drag_x = x;
  self->drag_y = y;
  redraw (self);
}

static void
zoom_at (ShoalMeshPicture *self, double factor, double x, double y)
{
  shoal_mesh_view_zoom_at (&self->view, factor, x, y);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mesh.zoom-in",
                                 self->view.zoom < SHOAL_MESH_VIEW_MAX_ZOOM);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mesh.zoom-out",
                                 self->view.zoom > 1.0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mesh.zoom-fit",
                                 self->view.zoom > 1.0);
  redraw (self);
}

/* With Control only: without it the page scrolls. */
static gboolean
scroll_cb (ShoalMeshPicture *self, double dx, double dy, GtkEventController *controller)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);

  if (!(state & GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  zoom_at (self, pow (ZOOM_STEP, -dy), self->view.width / 2, self->view.height / 2);
  return GDK_EVENT_STOP;
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (widget);
  double factor = g_str_equal (name, "mesh.zoom-in")    ? ZOOM_STEP
                  : g_str_equal (name, "mesh.zoom-out") ? 1 / ZOOM_STEP
                                                        : 1 / self->view.zoom;
  double x, y;

  get_shown (self, self->selected, &x, &y);
  zoom_at (self, factor, x, y);
}

static void
reveal_selected (ShoalMeshPicture *self)
{
  ShoalMeshNode *node = shoal_mesh_nodes_find_item (self->nodes, self->selected);

  if (shoal_mesh_view_reveal (&self->view, node != NULL ? node->x : 0,
                              node != NULL ? node->y : 0))
    redraw (self);
}

static gboolean
walk_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (widget);
  ShoalMeshNode *from = shoal_mesh_nodes_find_item (self->nodes, self->selected);
  ShoalMeshNode *to = NULL;
  const char *id;

  id = shoal_mesh_layout_walk (shoal_mesh_nodes_get_layout (self->nodes),
                               from != NULL ? from->id : NULL,
                               (ShoalMeshDirection) g_variant_get_int32 (args));
  if (id != NULL)
    to = shoal_mesh_nodes_find (self->nodes, id);
  set_selected (self, to != NULL ? to->item : NULL);
  reveal_selected (self);
  return GDK_EVENT_STOP;
}

static gboolean
home_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (widget);

  set_selected (self, NULL);
  reveal_selected (self);
  return GDK_EVENT_STOP;
}

static gboolean
activate_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (widget);

  reveal_selected (self);
  g_signal_emit (self, activated_signal, 0, self->selected);
  return GDK_EVENT_STOP;
}

static void
add_bindings (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    guint keypad_key;
    ShoalMeshDirection direction;
  } walks[] = {
    { GDK_KEY_Right, GDK_KEY_KP_Right, SHOAL_MESH_CLOCKWISE },
    { GDK_KEY_Left, GDK_KEY_KP_Left, SHOAL_MESH_ANTICLOCKWISE },
    { GDK_KEY_Up, GDK_KEY_KP_Up, SHOAL_MESH_OUTWARD },
    { GDK_KEY_Down, GDK_KEY_KP_Down, SHOAL_MESH_INWARD },
  };
  static const struct
  {
    guint key;
    const char *action;
  } zooms[] = {
    { GDK_KEY_plus, "mesh.zoom-in" },         { GDK_KEY_KP_Add, "mesh.zoom-in" },
    { GDK_KEY_equal, "mesh.zoom-in" },        { GDK_KEY_minus, "mesh.zoom-out" },
    { GDK_KEY_KP_Subtract, "mesh.zoom-out" }, { GDK_KEY_0, "mesh.zoom-fit" },
    { GDK_KEY_KP_0, "mesh.zoom-fit" },
  };
  static const guint activators[]
      = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter, GDK_KEY_space };

  for (gsize i = 0; i < G_N_ELEMENTS (walks); i++)
    {
      gtk_widget_class_add_binding (klass, walks[i].key, 0, walk_cb, "i",
                                    walks[i].direction);
      gtk_widget_class_add_binding (klass, walks[i].keypad_key, 0, walk_cb, "i",
                                    walks[i].direction);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (zooms); i++)
    gtk_widget_class_add_binding_action (klass, zooms[i].key, 0, zooms[i].action, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (activators); i++)
    gtk_widget_class_add_binding (klass, activators[i], 0, activate_cb, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Home, 0, home_cb, NULL);
}

/* The object */

static void
shoal_mesh_picture_get_property (GObject *object,
                                 guint prop_id,
                                 GValue *value,
                                 GParamSpec *pspec)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (object);
  ShoalMeshNode *node;

  if (prop_id == PROP_MODEL)
    g_value_set_object (value, self->model);
  else if (prop_id == PROP_SELECTED)
    g_value_set_object (value, self->selected);
  else if (prop_id == PROP_SELECTED_TEXT)
    {
      node = shoal_mesh_nodes_find_item (self->nodes, self->selected);
      if (node != NULL)
        g_value_take_string (
            value, shoal_mesh_nodes_dup_text (self->nodes, node, SHOAL_MESH_ROLE_TEXT));
      else
        g_value_set_string (value, _ ("This computer"));
    }
  else
    gtk_value_set_expression (value, self->expressions[prop_id - FIRST_EXPRESSION]);
}

static void
set_expression (ShoalMeshPicture *self, ShoalMeshRole role, GtkExpression *expression)
{
  g_clear_pointer (&self->expressions[role], gtk_expression_unref);
  if (expression != NULL)
    self->expressions[role] = gtk_expression_ref (expression);
  shoal_mesh_nodes_set_expression (self->nodes, role, expression);
}

static void
shoal_mesh_picture_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (object);

  if (prop_id == PROP_MODEL)
    {
      g_set_object (&self->model, g_value_get_object (value));
      shoal_mesh_nodes_set_model (self->nodes, self->model);
    }
  else if (prop_id == PROP_SELECTED)
    set_selected (self, g_value_get_object (value));
  else
    set_expression (self, prop_id - FIRST_EXPRESSION, gtk_value_get_expression (value));
}

static void
shoal_mesh_picture_dispose (GObject *object)
{
  ShoalMeshPicture *self = SHOAL_MESH_PICTURE (object);

  g_clear_handle_id (&self->pulse_id, g_source_remove);
  if (self->nodes != NULL)
    g_signal_handlers_disconnect_by_data (self->nodes, self);
  g_clear_object (&self->nodes);
  g_clear_object (&self->model);
  g_clear_object (&self->selected);
  g_clear_object (&self->hovered);
  g_clear_pointer (&self->scene, gsk_render_node_unref);
  for (guint i = 0; i < SHOAL_MESH_N_ROLES; i++)
    g_clear_pointer (&self->expressions[i], gtk_expression_unref);
  G_OBJECT_CLASS (shoal_mesh_picture_parent_class)->dispose (object);
}

static void
install_properties (GObjectClass *klass)
{
  static const char *const names[SHOAL_MESH_N_ROLES]
      = { "id-expression",   "kind-expression", "latency-expression",
          "rate-expression", "name-expression", "text-expression" };
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  props[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  for (guint i = 0; i < SHOAL_MESH_N_ROLES; i++)
    props[FIRST_EXPRESSION + i] = gtk_param_spec_expression (names[i], NULL, NULL, flags);
  props[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, G_TYPE_OBJECT,
                                              flags | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_SELECTED_TEXT] = g_param_spec_string (
      "selected-text", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static void
shoal_mesh_picture_class_init (ShoalMeshPictureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_mesh_picture_get_property;
  object_class->set_property = shoal_mesh_picture_set_property;
  object_class->dispose = shoal_mesh_picture_dispose;
  widget_class->map = shoal_mesh_picture_map;
  widget_class->unmap = shoal_mesh_picture_unmap;
  widget_class->snapshot = shoal_mesh_picture_snapshot;
  widget_class->measure = shoal_mesh_picture_measure;
  widget_class->size_allocate = shoal_mesh_picture_size_allocate;
  widget_class->css_changed = shoal_mesh_picture_css_changed;
  widget_class->state_flags_changed = shoal_mesh_picture_state_flags_changed;
  install_properties (object_class);
  activated_signal
      = g_signal_new ("activated", SHOAL_TYPE_MESH_PICTURE, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_OBJECT);
  gtk_widget_class_install_action (widget_class, "mesh.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "mesh.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "mesh.zoom-fit", NULL, zoom_action);
  add_bindings (widget_class);
  gtk_widget_class_set_css_name (widget_class, "meshpicture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_controllers (ShoalMeshPicture *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkWidget *widget = GTK_WIDGET (self);

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (released_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
}

static void
shoal_mesh_picture_init (ShoalMeshPicture *self)
{
  self->nodes = shoal_mesh_nodes_new ();
  self->view.zoom = 1.0;
  self->view.radius = SHOAL_MESH_LAYOUT_LAST_RING + 0.5;
  g_signal_connect_swapped (self->nodes, "changed", G_CALLBACK (need_tick), self);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mesh.zoom-out", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "mesh.zoom-fit", FALSE);
  add_controllers (self);
  update_label (self);
}

void
shoal_mesh_picture_get_selected_area (ShoalMeshPicture *self, GdkRectangle *area)
{
  int size = (int) ceil (get_shape_size (self)) + 4;
  double x, y;

  get_shown (self, self->selected, &x, &y);
  *area = (GdkRectangle){ (int) x - size, (int) y - size, size * 2, size * 2 };
}
