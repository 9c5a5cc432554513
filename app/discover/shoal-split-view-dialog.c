/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoal-split-view-dialog.h"

#include "widgets/shoal-copy-row.h"

struct _ShoalSplitViewDialog
{
  AdwWindow parent_instance;

  ShoalSplitView *split_view; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalSplitViewDialog, shoal_split_view_dialog, ADW_TYPE_WINDOW)

enum
{
  PROP_SPLIT_VIEW = 1,
};

static void
dismiss_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShoalSplitViewDialog *self = SHOAL_SPLIT_VIEW_DIALOG (widget);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL && self->split_view != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.dismiss-split-view", "s",
                                shoal_split_view_get_id (self->split_view));
  gtk_window_close (GTK_WINDOW (self));
}

static void
shoal_split_view_dialog_get_property (GObject *object,
                                      guint prop_id,
                                      GValue *value,
                                      GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_SPLIT_VIEW_DIALOG (object)->split_view);
}

static void
shoal_split_view_dialog_set_property (GObject *object,
                                      guint prop_id,
                                      const GValue *value,
                                      GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_SPLIT_VIEW_DIALOG (object)->split_view,
                    g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_split_view_dialog_dispose (GObject *object)
{
  g_clear_object (&SHOAL_SPLIT_VIEW_DIALOG (object)->split_view);
  G_OBJECT_CLASS (shoal_split_view_dialog_parent_class)->dispose (object);
}

static void
shoal_split_view_dialog_class_init (ShoalSplitViewDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_split_view_dialog_get_property;
  object_class->set_property = shoal_split_view_dialog_set_property;
  object_class->dispose = shoal_split_view_dialog_dispose;
  g_object_class_install_property (
      object_class, PROP_SPLIT_VIEW,
      g_param_spec_object ("split-view", NULL, NULL, SHOAL_TYPE_SPLIT_VIEW,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                               | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_COPY_ROW);
  gtk_widget_class_install_action (widget_class, "dialog.dismiss", NULL, dismiss_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/discover/shoal-split-view-dialog.ui");
}

static void
shoal_split_view_dialog_init (ShoalSplitViewDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
shoal_split_view_dialog_new (GtkWindow *parent, ShoalSplitView *split_view)
{
  return g_object_new (SHOAL_TYPE_SPLIT_VIEW_DIALOG, "transient-for", parent,
                       "split-view", split_view, NULL);
}
