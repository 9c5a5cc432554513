/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "apps/shoal-app-row.h"

#include "widgets/shoal-app-icon.h"
#include "apps/shoal-app-actions.h"

struct _ShoalAppRow
{
  AdwBin parent_instance;

  GtkWidget *menu_button; /* (unowned): of the template */
  ShoalApp *app;          /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalAppRow, shoal_app_row, ADW_TYPE_BIN)

enum
{
  PROP_APP = 1,
};

static void
create_popup_cb (GtkMenuButton *button, gpointer user_data)
{
  ShoalAppRow *self = user_data;
  g_autoptr (GMenuModel) menu = NULL;

  if (self->app == NULL)
    return;
  menu = shoal_app_actions_create_menu (self->app, shoal_app_get_update (self->app));
  gtk_menu_button_set_menu_model (button, menu);
}

static void
shoal_app_row_get_property (GObject *object,
                            guint prop_id,
                            GValue *value,
                            GParamSpec *pspec)
{
  g_value_set_object (value, SHOAL_APP_ROW (object)->app);
}

static void
shoal_app_row_set_property (GObject *object,
                            guint prop_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  if (g_set_object (&SHOAL_APP_ROW (object)->app, g_value_get_object (value)))
    g_object_notify_by_pspec (object, pspec);
}

static void
shoal_app_row_dispose (GObject *object)
{
  g_clear_object (&SHOAL_APP_ROW (object)->app);
  G_OBJECT_CLASS (shoal_app_row_parent_class)->dispose (object);
}

static void
shoal_app_row_class_init (ShoalAppRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = shoal_app_row_get_property;
  object_class->set_property = shoal_app_row_set_property;
  object_class->dispose = shoal_app_row_dispose;
  g_object_class_install_property (object_class, PROP_APP,
                                   g_param_spec_object ("app", NULL, NULL, SHOAL_TYPE_APP,
                                                        G_PARAM_READWRITE
                                                            | G_PARAM_STATIC_STRINGS
                                                            | G_PARAM_EXPLICIT_NOTIFY));
  g_type_ensure (SHOAL_TYPE_APP_ICON);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shoal/Shoal/apps/shoal-app-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalAppRow, menu_button);
}

static void
shoal_app_row_init (ShoalAppRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->menu_button),
                                         create_popup_cb, self, NULL);
}
