/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoal-warning-bar.h"

#include <glib/gi18n-lib.h>

struct _ShoalWarningBar
{
  AdwBin parent_instance;

  ShoalClient *client;        /* (owned) (nullable) */
  ShoalSplitView *split_view; /* (owned) (nullable) */
  guint n_more;
};

G_DEFINE_FINAL_TYPE (ShoalWarningBar, shoal_warning_bar, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
  PROP_SPLIT_VIEW,
  PROP_N_MORE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static gboolean
is_there (ShoalWarningBar *self, ShoalSplitView *split_view)
{
  return split_view != NULL;
}

static char *
bar_text (ShoalWarningBar *self, const char *summary, guint n_more)
{
  if (summary == NULL)
    return g_strdup ("");
  if (n_more == 0)
    return g_strdup (summary);
  /* Translators: a sentence about one app, and how many others there is one about */
  return g_strdup_printf (
      ngettext ("%s There is %u more warning.", "%s There are %u more warnings.", n_more),
      summary, n_more);
}

static void
activate (ShoalWarningBar *self, const char *action)
{
  if (self->split_view != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), action, "s",
                                shoal_split_view_get_id (self->split_view));
}

static void
details_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  activate (SHOAL_WARNING_BAR (widget), "win.show-split-view");
}

static void
dismiss_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  activate (SHOAL_WARNING_BAR (widget), "win.dismiss-split-view");
}

static void
items_changed_cb (ShoalWarningBar *self,
                  guint position,
                  guint n_removed,
                  guint n_added,
                  GListModel *list)
{
  g_autoptr (ShoalSplitView) first = g_list_model_get_item (list, 0);
  guint n_views = g_list_model_get_n_items (list);

  g_set_object (&self->split_view, first);
  self->n_more = n_views > 0 ? n_views - 1 : 0;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SPLIT_VIEW]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_MORE]);
}

static void
set_client (ShoalWarningBar *self, ShoalClient *client)
{
  GListModel *list;

  if (self->client == client || client == NULL)
    return;
  self->client = g_object_ref (client);
  list = shoal_node_get_split_views (shoal_client_get_node (client));
  g_signal_connect_object (list, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  items_changed_cb (self, 0, 0, 0, list);
}

static void
shoal_warning_bar_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  ShoalWarningBar *self = SHOAL_WARNING_BAR (object);

  if (prop_id == PROP_CLIENT)
    g_value_set_object (value, self->client);
  else if (prop_id == PROP_SPLIT_VIEW)
    g_value_set_object (value, self->split_view);
  else
    g_value_set_uint (value, self->n_more);
}

static void
shoal_warning_bar_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  set_client (SHOAL_WARNING_BAR (object), g_value_get_object (value));
}

static void
shoal_warning_bar_dispose (GObject *object)
{
  g_clear_object (&SHOAL_WARNING_BAR (object)->client);
  g_clear_object (&SHOAL_WARNING_BAR (object)->split_view);
  G_OBJECT_CLASS (shoal_warning_bar_parent_class)->dispose (object);
}

static void
shoal_warning_bar_class_init (ShoalWarningBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_warning_bar_get_property;
  object_class->set_property = shoal_warning_bar_set_property;
  object_class->dispose = shoal_warning_bar_dispose;
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, SHOAL_TYPE_CLIENT,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_SPLIT_VIEW]
      = g_param_spec_object ("split-view", NULL, NULL, SHOAL_TYPE_SPLIT_VIEW, flags);
  props[PROP_N_MORE] = g_param_spec_uint ("n-more", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_install_action (widget_class, "warning.details", NULL, details_action);
  gtk_widget_class_install_action (widget_class, "warning.dismiss", NULL, dismiss_action);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/discover/shoal-warning-bar.ui");
  gtk_widget_class_bind_template_callback (widget_class, is_there);
  gtk_widget_class_bind_template_callback (widget_class, bar_text);
}

static void
shoal_warning_bar_init (ShoalWarningBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
